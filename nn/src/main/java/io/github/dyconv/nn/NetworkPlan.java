package io.github.dyconv.nn;

import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Device;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Size2D;
import io.github.dyconv.Tensor;
import io.github.dyconv.Timings;
import io.github.dyconv.nn.spi.NetworkDevice;
import io.github.dyconv.nn.spi.PreparedNetwork;
import io.github.dyconv.spi.ForwardProblem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model made ready for one batch size: all values, their gradients, and what its convolutions need are allocated once.
 * Convolutions run on a device, the rest on the JVM. Results do not depend on the timing of threads. Not thread-safe.
 *
 * <p>In evaluation, a device that takes whole networks ({@link NetworkDevice}: those of TornadoVM, and the simulator) runs all
 * operations. Then only the input goes there and the output comes back, and the values in between are not on the host.
 *
 * <p>In training, batch normalization uses and moves statistics as {@link Operation.BatchNorm2d} tells, and {@link #backward}
 * may follow {@link #forward}. In evaluation, each sample's output depends on that sample alone.
 */
public final class NetworkPlan implements AutoCloseable {
    private final Network network;
    private final boolean training;
    private final Parallel parallel;

    /** All values; on a device that takes the whole network, the input and the output alone. */
    private final @Nullable Tensor[] values;

    /** One for each operation; none if the device takes the whole network. */
    private final List<Step> steps = new ArrayList<>();

    private final @Nullable PreparedNetwork whole;

    /** The gradient of each value, where it is wanted; the input's is not. */
    private final @Nullable Tensor[] valueGradients;

    private final Map<String, Tensor> gradients = new LinkedHashMap<>();

    /** Where the gradient of a value goes that has one already, to be added to it; one for each size. */
    private final Map<Integer, Tensor> scratch = new LinkedHashMap<>();

    private NetworkPlan(Model model, Device device, ForwardOptions options, int batch, boolean training) {
        if (batch < 1) {
            throw new IllegalArgumentException("batch: must be at least 1, got " + batch);
        }
        this.network = model.network();
        this.training = training;
        this.parallel = new Parallel(options.threads());
        this.values = new @Nullable Tensor[network.operations().size() + 1];
        this.valueGradients = new @Nullable Tensor[values.length];
        values[0] = Tensor.zeros(network.input().batch(batch));
        if (!training && device instanceof NetworkDevice networks) {
            values[values.length - 1] = Tensor.zeros(network.output().batch(batch));
            whole = networks.prepareNetwork(model, options, input(), output());
            return;
        }
        whole = null;
        try {
            for (Operation operation : network.operations()) {
                int number = steps.size() + 1;
                Tensor output = Tensor.zeros(network.shape(number).batch(batch));
                steps.add(step(operation, model, device, options, output));
                values[number] = output;
                valueGradients[number] = training ? Tensor.zeros(output.shape()) : null;
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /**
     * Ready to train.
     *
     * @param model what to run; its numbers are read anew at each pass
     * @param device where its convolutions run
     * @param options how; threads count for the other operations too
     * @param batch samples of each pass
     * @return the plan; close it to free the device's buffers at once
     * @throws IllegalArgumentException if the batch is not positive, or gives batch normalization a single element
     * @throws io.github.dyconv.DeviceException if the device does not train, or can't do what the options ask
     */
    public static NetworkPlan training(Model model, Device device, ForwardOptions options, int batch) {
        return new NetworkPlan(model, device, options, batch, true);
    }

    /**
     * Ready to evaluate.
     *
     * @param model what to run; its numbers are read anew at each pass
     * @param device where its convolutions run, or all of it
     * @param options how; threads count for the other operations too
     * @param batch samples of each pass
     * @return the plan; close it to free the device's buffers at once
     * @throws IllegalArgumentException if the batch is not positive
     * @throws io.github.dyconv.DeviceException if the device can't do what the options ask, or the network is too large for it
     */
    public static NetworkPlan evaluation(Model model, Device device, ForwardOptions options, int batch) {
        return new NetworkPlan(model, device, options, batch, false);
    }

    private Step step(Operation operation, Model model, Device device, ForwardOptions options, Tensor output) {
        Tensor input = value(operation.inputs().getFirst());
        return switch (operation) {
            case Operation.Convolution convolution -> {
                ForwardProblem problem = new ForwardProblem(
                        convolution.layer(), input.dim(0), input.dim(2), input.dim(3), options, convolution.dynamic());
                var step = new ConvolutionStep(convolution, model, device, problem, training, input, output);
                step.gradients().forEach((name, tensor) -> gradients.put(Model.fullName(convolution, name), tensor));
                yield step;
            }
            case Operation.BatchNorm2d norm -> {
                if (training && input.size() == norm.channels()) {
                    throw new IllegalArgumentException("batch: of one element per channel, " + norm.name()
                            + " can't take the variance; take more samples");
                }
                yield new BatchNormStep(
                        norm,
                        model,
                        training,
                        input,
                        output,
                        gradient(norm, DYConv2dConfig.WEIGHT),
                        gradient(norm, DYConv2dConfig.BIAS),
                        parallel);
            }
            case Operation.Relu relu -> new ReluStep(relu, input, output, parallel);
            case Operation.MaxPool2d pool -> new MaxPoolStep(pool, input, output, parallel);
            case Operation.AvgPool2d pool ->
                new AvgPoolStep(pool.kernelSize(), pool.stride(), pool.padding(), input, output, parallel);
            case Operation.GlobalAvgPool pool ->
                new AvgPoolStep(
                        new Size2D(input.dim(2), input.dim(3)), Size2D.of(1), Size2D.of(0), input, output, parallel);
            case Operation.Add add -> new AddStep(input, value(add.right()), output, parallel);
            case Operation.Linear linear ->
                new LinearStep(
                        model.parameter(linear, DYConv2dConfig.WEIGHT),
                        model.parameter(linear, DYConv2dConfig.BIAS),
                        input,
                        output,
                        gradient(linear, DYConv2dConfig.WEIGHT),
                        gradient(linear, DYConv2dConfig.BIAS),
                        parallel);
        };
    }

    private Tensor gradient(Operation operation, String name) {
        Tensor gradient =
                Tensor.zeros(Objects.requireNonNull(operation.parameterShapes().get(name)));
        gradients.put(Model.fullName(operation, name), gradient);
        return gradient;
    }

    /**
     * The input of the next pass, to be written before it.
     *
     * @return {@code [N, C, H, W]}, live
     */
    public Tensor input() {
        return value(0);
    }

    /**
     * The output of the last pass.
     *
     * @return {@code [N, C, H, W]}, live
     */
    public Tensor output() {
        return value(values.length - 1);
    }

    /**
     * A value of the last pass.
     *
     * @param number as {@link Network#shape} takes it
     * @return {@code [N, C, H, W]}, live
     * @throws IllegalArgumentException if it is on the device alone, which runs the whole network
     */
    public Tensor value(int number) {
        Tensor value = values[number];
        if (value == null) {
            throw new IllegalArgumentException("number: value " + number + " stays on the device, which runs the whole"
                    + " network; the host has 0, the input, and " + (values.length - 1) + ", the output");
        }
        return value;
    }

    /**
     * Computes all values from the input.
     *
     * @return {@link #output()}
     * @throws io.github.dyconv.DeviceException if the device fails
     */
    public Tensor forward() {
        if (whole != null) {
            whole.run();
        }
        steps.forEach(Step::forward);
        return output();
    }

    /**
     * The gradients of the last forward pass.
     *
     * @param outputGradient of the output; not modified
     * @return {@link #gradients()}, overwritten
     * @throws IllegalArgumentException if the shape is not the output's
     * @throws IllegalStateException if the plan is one for evaluation
     * @throws io.github.dyconv.DeviceException if the device fails
     */
    public Map<String, Tensor> backward(Tensor outputGradient) {
        if (!training) {
            throw new IllegalStateException("backward: this plan is one for evaluation");
        }
        int last = steps.size();
        valueGradient(last).copyFrom(outputGradient);
        boolean[] written = new boolean[last + 1];
        for (int index = last - 1; index >= 0; index--) {
            backward(index, written);
        }
        return gradients();
    }

    private void backward(int index, boolean[] written) {
        List<Integer> inputs = network.operations().get(index).inputs();
        @Nullable Tensor[] targets = new @Nullable Tensor[inputs.size()];
        for (int i = 0; i < targets.length; i++) {
            int value = inputs.get(i);
            // A value that several operations take has the sum of what they give. Twice the same one needs two targets.
            boolean first = !written[value] && inputs.indexOf(value) == i;
            targets[i] = value == 0 ? null : first ? valueGradient(value) : scratch(valueGradient(value), i);
        }
        steps.get(index).backward(valueGradient(index + 1), targets);
        for (int i = 0; i < targets.length; i++) {
            int value = inputs.get(i);
            Tensor target = targets[i];
            if (target != null && target != valueGradients[value]) {
                Floats.addTo(valueGradient(value), target, parallel);
            }
            written[value] = true;
        }
    }

    /** The gradient of a value but the input, in the last backward pass. */
    Tensor valueGradient(int value) {
        Tensor gradient = valueGradients[value];
        if (gradient == null) {
            throw new IllegalStateException("no gradient of value " + value);
        }
        return gradient;
    }

    /** A tensor of the same shape for the moment; another one for each input of an operation. */
    private Tensor scratch(Tensor like, int input) {
        return scratch.computeIfAbsent(like.size() * 2 + input, key -> Tensor.zeros(like.size()))
                .reshape(like.shape());
    }

    /**
     * The gradients of the last backward pass.
     *
     * @return the live tensors, for the same names as {@link Model#parameters()} and in their order
     */
    public Map<String, Tensor> gradients() {
        return Collections.unmodifiableMap(gradients);
    }

    /**
     * The attention of a dynamic convolution in the last forward pass.
     *
     * @param operation its index in {@link Network#operations()}
     * @return {@code [N, K]}, a copy; ones for a plain convolution
     * @throws IllegalArgumentException if that is not a convolution
     * @throws io.github.dyconv.DeviceException if the device fails to tell
     */
    public Tensor attention(int operation) {
        if (!(network.operations().get(operation) instanceof Operation.Convolution convolution)) {
            throw new IllegalArgumentException(
                    "operation: " + network.operations().get(operation) + " is no convolution");
        }
        if (whole != null) {
            return whole.attention(convolution);
        }
        return ((ConvolutionStep) steps.get(operation)).attention();
    }

    /**
     * What a device that runs the whole network measured of the last forward pass, without the parameters that were sent
     * before it.
     *
     * @return empty before the first one, if {@link ForwardOptions#profiling()} was not asked for, and if operations are run
     *     one by one
     */
    public Optional<Timings> timings() {
        return Optional.ofNullable(whole).flatMap(PreparedNetwork::timings);
    }

    /** Frees the device's buffers. */
    @Override
    public void close() {
        if (whole != null) {
            whole.close();
        }
        steps.forEach(Step::close);
    }
}
