package io.github.dyconv;

import io.github.dyconv.spi.ForwardProblem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Dynamic convolution: each sample is convolved with its own weighted sum of K kernels.
 *
 * <p>For x {@code [N, C, H, W]} and each sample n:
 *
 * <pre>
 *   pooled    = mean of x[n] over H and W                              [C]
 *   hidden    = relu(fc1 · pooled)                                     [hidden]
 *   attention = softmax((fc2 · hidden + fc2.bias) / temperature)       [K]
 *   y[n]      = conv2d(x[n], Σ_k attention_k · weight_k, Σ_k attention_k · bias_k)
 * </pre>
 *
 * <p>Meanings and defaults are those of the PyTorch module of the same name. Source: Chen et al., arXiv 1912.03458,
 * section 3.
 *
 * <p>Safe for many threads: a forward pass works on the parameters as they were when it began. Changing parameters makes a
 * new snapshot, which later passes and all plans see.
 */
public final class DYConv2d implements AutoCloseable {
    /** As many plans as {@link #forward} keeps, one per input shape. */
    private static final int CACHED_PLANS = 4;

    private final DYConv2dConfig config;
    private final AtomicReference<Parameters> parameters;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Device device;
    private final SequencedMap<List<Integer>, ForwardPlan> plans = new LinkedHashMap<>(16, 0.75f, true);

    private DYConv2d(Parameters parameters, @Nullable Device device) {
        this.config = parameters.config();
        this.parameters = new AtomicReference<>(parameters);
        this.device = device;
    }

    /**
     * A layer with square kernels.
     *
     * @param inPlanes input channels C
     * @param outPlanes output channels O
     * @param kernelSize taps along both axes
     * @return its builder
     */
    public static Builder builder(int inPlanes, int outPlanes, int kernelSize) {
        return new Builder(inPlanes, outPlanes, Size2D.of(kernelSize));
    }

    /**
     * A layer with kernels of any size.
     *
     * @param inPlanes input channels C
     * @param outPlanes output channels O
     * @param kernelHeight taps along H
     * @param kernelWidth taps along W
     * @return its builder
     */
    public static Builder builder(int inPlanes, int outPlanes, int kernelHeight, int kernelWidth) {
        return new Builder(inPlanes, outPlanes, new Size2D(kernelHeight, kernelWidth));
    }

    /**
     * A layer with given parameters.
     *
     * @param parameters its parameters, which hold its configuration
     * @return the layer, on the device that {@code auto} selects
     */
    public static DYConv2d of(Parameters parameters) {
        return new DYConv2d(parameters, null);
    }

    /**
     * What fixes the layer.
     *
     * @return its configuration
     */
    public DYConv2dConfig config() {
        return config;
    }

    /**
     * The parameters as they are now.
     *
     * @return an immutable snapshot
     */
    public Parameters parameters() {
        return parameters.get();
    }

    /**
     * Replaces the parameters by a function of the present ones, atomically.
     *
     * @param change for example {@code p -> p.withTemperature(31)}; called again if another thread was faster
     * @throws IllegalArgumentException if the result belongs to another configuration
     */
    public void update(UnaryOperator<Parameters> change) {
        parameters.updateAndGet(before -> {
            Parameters after = change.apply(before);
            if (!after.config().equals(config)) {
                throw new IllegalArgumentException(
                        "parameters: are for " + after.config() + ", this layer is " + config);
            }
            return after;
        });
    }

    /**
     * All parameters under their state_dict names, and {@code temperature}.
     *
     * @return an unmodifiable ordered map of read-only tensors
     */
    public Map<String, Tensor> stateDict() {
        return parameters().stateDict();
    }

    /**
     * Replaces all parameters and the temperature, or none if one does not fit.
     *
     * @param stateDict as {@link Parameters#of} takes it; the values are copied
     * @throws IllegalArgumentException if a parameter is missing or misshapen
     */
    public void loadStateDict(Map<String, Tensor> stateDict) {
        parameters.set(Parameters.of(config, stateDict));
    }

    /**
     * One parameter.
     *
     * @param name its state_dict name
     * @return a read-only tensor
     * @throws IllegalArgumentException if there is no such parameter
     */
    public Tensor parameter(String name) {
        return parameters().get(name);
    }

    /**
     * Replaces one parameter.
     *
     * @param name its state_dict name
     * @param value of the parameter's shape; copied
     * @throws IllegalArgumentException if there is no such parameter, or the shape differs
     */
    public void setParameter(String name, Tensor value) {
        update(before -> before.with(name, value));
    }

    /**
     * The softmax temperature.
     *
     * @return positive
     */
    public float temperature() {
        return parameters().temperature();
    }

    /**
     * Changes the softmax temperature.
     *
     * @param temperature positive and finite
     * @throws IllegalArgumentException if it is not
     */
    public void setTemperature(double temperature) {
        update(before -> before.withTemperature(temperature));
    }

    /**
     * The output's shape.
     *
     * @param inputShape {@code [N, C, H, W]}
     * @return {@code [N, O, H', W']}
     * @throws IllegalArgumentException if the input does not fit the layer
     */
    public int[] outputShape(int... inputShape) {
        requireInput(inputShape);
        Conv2dGeometry geometry = config.geometry();
        return new int[] {
            inputShape[0], geometry.outPlanes(), geometry.outHeight(inputShape[2]), geometry.outWidth(inputShape[3])
        };
    }

    private void requireInput(int... shape) {
        int channels = config.geometry().inPlanes();
        if (shape.length != 4 || shape[1] != channels) {
            throw new IllegalArgumentException(
                    "input: expected [N, " + channels + ", H, W], got " + Shapes.text(shape));
        }
        Shapes.elements("input", shape);
    }

    /**
     * Makes the layer ready for one input shape on one device.
     *
     * @param device where to run
     * @param options how to compute
     * @param inputShape {@code [N, C, H, W]}
     * @return the plan; close it to free the device's buffers at once
     * @throws IllegalArgumentException if the input does not fit the layer
     * @throws DeviceException if the device can't do what the options ask, or fails
     */
    public ForwardPlan plan(Device device, ForwardOptions options, int... inputShape) {
        requireInput(inputShape);
        return new ForwardPlan(
                this, device, new ForwardProblem(config, inputShape[0], inputShape[2], inputShape[3], options, true));
    }

    /**
     * Makes the forward and the backward pass ready for one input shape on one device.
     *
     * @param device where to run
     * @param options how to compute; {@link FailurePolicy#FAIL} only
     * @param inputShape {@code [N, C, H, W]}
     * @return the plan; close it to free the device's buffers at once
     * @throws IllegalArgumentException if the input does not fit the layer, or the options ask to fall back
     * @throws DeviceException if the device does not train, can't do what the options ask, or fails
     */
    public TrainingPlan trainingPlan(Device device, ForwardOptions options, int... inputShape) {
        requireInput(inputShape);
        return new TrainingPlan(
                this, device, new ForwardProblem(config, inputShape[0], inputShape[2], inputShape[3], options, true));
    }

    /**
     * Runs the layer on its device, with default options. Plans for the last {@value #CACHED_PLANS} input shapes are kept.
     * Calls from several threads run one after another; plans of their own run at the same time.
     *
     * @param input {@code [N, C, H, W]}; not modified
     * @return {@code [N, O, H', W']}
     * @throws IllegalArgumentException if the input does not fit the layer
     * @throws DeviceException if there is no device, or it fails
     */
    public Tensor forward(Tensor input) {
        int[] shape = input.shape();
        requireInput(shape);
        lock.lock();
        try {
            List<Integer> key = IntStream.of(shape).boxed().toList();
            ForwardPlan plan = plans.get(key);
            if (plan == null) {
                plan = plan(device(), ForwardOptions.DEFAULT, shape);
                plans.put(key, plan);
                if (plans.size() > CACHED_PLANS) {
                    plans.pollFirstEntry().getValue().close();
                }
            }
            return plan.forward(input);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The device that {@link #forward} uses.
     *
     * @return the builder's, else what {@code auto} selects
     * @throws DeviceException if there is none
     */
    public Device device() {
        lock.lock();
        try {
            if (device == null) {
                device = Devices.select("auto");
            }
            return device;
        } finally {
            lock.unlock();
        }
    }

    /** Frees the plans that {@link #forward} kept. The layer can still be used. */
    @Override
    public void close() {
        lock.lock();
        try {
            plans.values().forEach(ForwardPlan::close);
            plans.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Builds a layer; every setting has PyTorch's default. Not thread-safe. */
    public static final class Builder {
        private final int inPlanes;
        private final int outPlanes;
        private final Size2D kernelSize;
        private double ratio = DYConv2dConfig.DEFAULT_RATIO;
        private Size2D stride = Size2D.of(1);
        private Size2D padding = Size2D.of(0);
        private Size2D dilation = Size2D.of(1);
        private int groups = 1;
        private boolean bias = true;
        private int kernels = 4;
        private double temperature = 34;
        private boolean initWeight = true;
        private long seed;
        private @Nullable Device device;

        private Builder(int inPlanes, int outPlanes, Size2D kernelSize) {
            this.inPlanes = inPlanes;
            this.outPlanes = outPlanes;
            this.kernelSize = kernelSize;
        }

        /**
         * Width of the attention's hidden layer relative to the input channels; 0.25 unless set.
         *
         * @param value finite and at least 0
         * @return this
         */
        public Builder ratio(double value) {
            ratio = value;
            return this;
        }

        /**
         * Step along both axes; 1 unless set.
         *
         * @param size at least 1
         * @return this
         */
        public Builder stride(int size) {
            return stride(size, size);
        }

        /**
         * Step along each axis.
         *
         * @param height at least 1
         * @param width at least 1
         * @return this
         */
        public Builder stride(int height, int width) {
            stride = new Size2D(height, width);
            return this;
        }

        /**
         * Zeros on all four sides; 0 unless set.
         *
         * @param size at least 0
         * @return this
         */
        public Builder padding(int size) {
            return padding(size, size);
        }

        /**
         * Zeros on both sides of each axis.
         *
         * @param height at least 0
         * @param width at least 0
         * @return this
         */
        public Builder padding(int height, int width) {
            padding = new Size2D(height, width);
            return this;
        }

        /**
         * Distance between taps along both axes; 1, which means none, unless set.
         *
         * @param size at least 1
         * @return this
         */
        public Builder dilation(int size) {
            return dilation(size, size);
        }

        /**
         * Distance between taps along each axis.
         *
         * @param height at least 1
         * @param width at least 1
         * @return this
         */
        public Builder dilation(int height, int width) {
            dilation = new Size2D(height, width);
            return this;
        }

        /**
         * Number of groups; 1 unless set.
         *
         * @param value must divide both channel counts
         * @return this
         */
        public Builder groups(int value) {
            groups = value;
            return this;
        }

        /**
         * Whether there is a bias bank; true unless set.
         *
         * @param value false for none
         * @return this
         */
        public Builder bias(boolean value) {
            bias = value;
            return this;
        }

        /**
         * Number of kernels K; 4 unless set.
         *
         * @param value at least 1
         * @return this
         */
        public Builder kernels(int value) {
            kernels = value;
            return this;
        }

        /**
         * Softmax temperature; 34 unless set.
         *
         * @param value positive and finite
         * @return this
         */
        public Builder temperature(double value) {
            temperature = value;
            return this;
        }

        /**
         * Whether the bank is initialised (Kaiming uniform) or left standard normal; true unless set.
         *
         * @param value false to leave it
         * @return this
         */
        public Builder initWeight(boolean value) {
            initWeight = value;
            return this;
        }

        /**
         * Seed of the initialisation; 0 unless set.
         *
         * @param value equal seeds give equal parameters
         * @return this
         */
        public Builder seed(long value) {
            seed = value;
            return this;
        }

        /**
         * The device of {@link DYConv2d#forward}; what {@code auto} selects unless set.
         *
         * @param value from {@link Devices}
         * @return this
         */
        public Builder device(Device value) {
            device = Objects.requireNonNull(value, "device");
            return this;
        }

        /**
         * The configuration alone, without parameters.
         *
         * @return what the settings fix
         * @throws IllegalArgumentException if a setting is out of its range
         */
        public DYConv2dConfig config() {
            return new DYConv2dConfig(
                    new Conv2dGeometry(inPlanes, outPlanes, kernelSize, stride, padding, dilation, groups, bias),
                    ratio,
                    kernels);
        }

        /**
         * Builds the layer with freshly initialised parameters.
         *
         * @return the layer
         * @throws IllegalArgumentException if a setting is out of its range
         */
        public DYConv2d build() {
            return new DYConv2d(Parameters.initial(config(), temperature, initWeight, seed), device);
        }
    }
}
