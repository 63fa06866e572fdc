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
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    private final DYConv2d layer;
    private final TrainingPlan plan;
    private final Tensor input;
    private final Tensor output;
    private final Tensor outputGradient;
    private final Tensor inputGradient;
    private final Gradients gradients;
    private final Map<String, Tensor> parameters = new LinkedHashMap<>();
    private final int threads;
    private final Crew crew;

    private TrainingContender(LayerCase timed, Device device, ForwardOptions options, int threads, Tensor input) {
        this.layer = timed.build();
        this.input = input;
        this.threads = threads;
        plan = layer.trainingPlan(device, options, input.shape());
        output = Tensor.zeros(plan.outputShape());
        outputGradient = TrainingStep.outputGradient(timed);
        inputGradient = Tensor.zeros(input.shape());
        gradients = new Gradients(layer.config());
        layer.config()
                .parameterShapes()
                .keySet()
                .forEach(name -> parameters.put(name, layer.parameter(name).copy()));
        crew = new Crew(threads, this::descend);
    }

    /**
     * Makes it ready.
     *
     * @param options of the device, with its number of threads if it takes one
     * @param threads for the update
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

    /** One thread's part of the update. */
    private void descend(int part) {
        parameters.forEach((name, parameter) -> {
            int whole = SPECIES.loopBound(parameter.size());
            int vectors = whole / SPECIES.length();
            long begin = (long) vectors * part / threads * SPECIES.vectorByteSize();
            long end = (long) vectors * (part + 1) / threads * SPECIES.vectorByteSize();
            descend(parameter.segment(), gradients.get(name).segment(), begin, end);
            if (part == 0) {
                Tensor flat = parameter.reshape(parameter.size());
                Tensor gradient = gradients.get(name).reshape(parameter.size());
                for (int i = whole; i < parameter.size(); i++) {
                    flat.set(flat.get(i) - TrainingStep.LEARNING_RATE * gradient.get(i), i);
                }
            }
        });
    }

    private static void descend(MemorySegment parameter, MemorySegment gradient, long begin, long end) {
        FloatVector rate = FloatVector.broadcast(SPECIES, -TrainingStep.LEARNING_RATE);
        for (long at = begin; at < end; at += SPECIES.vectorByteSize()) {
            FloatVector.fromMemorySegment(SPECIES, gradient, at, ByteOrder.nativeOrder())
                    .fma(rate, FloatVector.fromMemorySegment(SPECIES, parameter, at, ByteOrder.nativeOrder()))
                    .intoMemorySegment(parameter, at, ByteOrder.nativeOrder());
        }
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
