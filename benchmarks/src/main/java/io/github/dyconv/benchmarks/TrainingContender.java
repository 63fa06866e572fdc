package io.github.dyconv.benchmarks;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Gradients;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.TrainingPlan;
import io.github.dyconv.benchmarks.ContenderProvider.Loaded;
import io.github.dyconv.examples.LayerCase;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** A whole training step of the dynamic layer on a device of ours: forward, backward, and an update by gradient descent. */
final class TrainingContender implements Contender {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** Floats updated at a time. */
    private static final int PIECE = 32 << 10;

    /** Pieces that are worth waking a thread. */
    private static final int LEAST_PIECES = 2;

    private final DYConv2d layer;
    private final TrainingPlan plan;
    private final Tensor input;
    private final Tensor output;
    private final Tensor outputGradient;
    private final Tensor inputGradient;
    private final Gradients gradients;
    private final Map<String, Tensor> parameters = new LinkedHashMap<>();
    private final List<Piece> pieces = new ArrayList<>();
    private final Crew crew;

    /** Some floats of a parameter and their gradient. */
    private record Piece(MemorySegment parameter, MemorySegment gradient) {
        void descend() {
            ByteOrder order = ByteOrder.nativeOrder();
            FloatVector rate = FloatVector.broadcast(SPECIES, -TrainingStep.LEARNING_RATE);
            int size = (int) parameter.byteSize();
            int whole = size - size % SPECIES.vectorByteSize();
            for (int at = 0; at < whole; at += SPECIES.vectorByteSize()) {
                FloatVector.fromMemorySegment(SPECIES, gradient, at, order)
                        .fma(rate, FloatVector.fromMemorySegment(SPECIES, parameter, at, order))
                        .intoMemorySegment(parameter, at, order);
            }
            for (int at = whole; at < size; at += Float.BYTES) {
                float step = TrainingStep.LEARNING_RATE * gradient.get(FLOAT, at);
                parameter.set(FLOAT, at, parameter.get(FLOAT, at) - step);
            }
        }
    }

    private TrainingContender(LayerCase timed, Device device, ForwardOptions options, int threads, Tensor input) {
        this.layer = timed.build();
        this.input = input;
        plan = layer.trainingPlan(device, options, input.shape());
        output = Tensor.zeros(plan.outputShape());
        outputGradient = TrainingStep.outputGradient(timed);
        inputGradient = Tensor.zeros(input.shape());
        gradients = new Gradients(layer.config());
        layer.config()
                .parameterShapes()
                .keySet()
                .forEach(name -> parameters.put(name, layer.parameter(name).copy()));
        parameters.forEach((name, parameter) -> {
            Tensor gradient = gradients.get(name);
            for (int begin = 0; begin < parameter.size(); begin += PIECE) {
                int length = Math.min(PIECE, parameter.size() - begin);
                pieces.add(new Piece(slice(parameter, begin, length), slice(gradient, begin, length)));
            }
        });
        int most = Math.max(1, pieces.size() / LEAST_PIECES);
        crew = new Crew(
                Math.min(threads, most), pieces.size(), i -> pieces.get(i).descend());
    }

    private static MemorySegment slice(Tensor tensor, int begin, int length) {
        return tensor.segment().asSlice((long) begin * Float.BYTES, (long) length * Float.BYTES);
    }

    /**
     * Makes it ready.
     *
     * @param options of the device, with its number of threads if it takes one
     * @param threads for the update, at most
     */
    static Loaded load(LayerCase timed, Device device, ForwardOptions options, int threads) {
        Tensor input = timed.input();
        return new Loaded(
                device.name() + " (" + device.description() + ")",
                () -> new TrainingContender(timed, device, options, threads, input));
    }

    @Override
    public void run() {
        plan.forward(input, output);
        plan.backward(outputGradient, inputGradient, gradients);
        crew.run();
        layer.update(before -> Parameters.wrap(before.config(), parameters, before.temperature()));
    }

    @Override
    public Optional<Tensor> output() {
        return Optional.of(output);
    }

    @Override
    public List<Tensor> gradients() {
        List<Tensor> all = new ArrayList<>(List.of(inputGradient));
        all.addAll(gradients.tensors().values());
        return all;
    }

    @Override
    public String algorithm() {
        return plan.algorithm();
    }

    @Override
    public OptionalLong scratchBytes() {
        return OptionalLong.of(plan.scratchBytes());
    }

    @Override
    public void close() {
        crew.close();
        plan.close();
        layer.close();
    }
}
