package io.github.dyconv;

import static io.github.dyconv.DYConv2dConfig.BIAS;
import static io.github.dyconv.DYConv2dConfig.FC1_WEIGHT;
import static io.github.dyconv.DYConv2dConfig.FC2_BIAS;
import static io.github.dyconv.DYConv2dConfig.FC2_WEIGHT;
import static io.github.dyconv.DYConv2dConfig.TEMPERATURE;
import static io.github.dyconv.DYConv2dConfig.WEIGHT;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleSupplier;

/**
 * All parameters of a layer and its temperature: an immutable snapshot, safe to share between threads.
 *
 * <p>A changed parameter makes a new snapshot that shares the unchanged tensors, so whoever keeps something derived from
 * one (packed weights, a device's copy) sees what changed by comparing identities.
 */
public final class Parameters {
    private final DYConv2dConfig config;
    private final Map<String, Tensor> tensors;
    private final float temperature;

    private Parameters(DYConv2dConfig config, Map<String, Tensor> tensors, double temperature) {
        if (!Temperature.isValid(temperature)) {
            throw new IllegalArgumentException("temperature: must be a positive finite number, got " + temperature);
        }
        this.config = config;
        this.tensors = Collections.unmodifiableMap(tensors);
        this.temperature = (float) temperature;
    }

    /**
     * The article's initialisation, reproducible from its seed on every machine.
     *
     * <p>Each kernel of the bank is Kaiming uniform with a = 0, that is ±√(6 / fan-in), or standard normal if switched off;
     * the attention's weights are Kaiming normal for fan-out and ReLU; all biases are 0. (The article's module sets the bias
     * of its second attention layer to 0 in its own initialisation, after PyTorch's.)
     *
     * @param config the layer
     * @param temperature positive
     * @param initWeight false leaves the bank standard normal
     * @param seed of {@link java.util.Random}, whose sequence is specified
     * @return the parameters
     * @throws IllegalArgumentException if the temperature is not positive
     */
    public static Parameters initial(DYConv2dConfig config, double temperature, boolean initWeight, long seed) {
        Conv2dGeometry geometry = config.geometry();
        Random random = new Random(seed);
        double bound = Math.sqrt(6.0 / ((double) geometry.inPlanesPerGroup() * geometry.taps()));
        double fc1Deviation = Math.sqrt(2.0 / config.hiddenPlanes());
        double fc2Deviation = Math.sqrt(2.0 / config.kernels());
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        config.parameterShapes()
                .forEach((name, shape) -> tensors.put(
                        name,
                        filled(
                                shape,
                                switch (name) {
                                    case WEIGHT ->
                                        initWeight ? () -> (2 * random.nextDouble() - 1) * bound : random::nextGaussian;
                                    case FC1_WEIGHT -> () -> random.nextGaussian() * fc1Deviation;
                                    case FC2_WEIGHT -> () -> random.nextGaussian() * fc2Deviation;
                                    default -> () -> 0;
                                })));
        return new Parameters(config, tensors, temperature);
    }

    private static Tensor filled(int[] shape, DoubleSupplier values) {
        Tensor tensor = Tensor.zeros(shape);
        Tensor flat = tensor.reshape(tensor.size());
        for (int i = 0; i < flat.size(); i++) {
            flat.set((float) values.getAsDouble(), i);
        }
        return tensor.asReadOnly();
    }

    /**
     * Parameters from a state_dict. The values are copied.
     *
     * @param config the layer they are for
     * @param stateDict a tensor for each of {@link DYConv2dConfig#parameterShapes()}, and {@code temperature} (one element);
     *     anything else in it is ignored
     * @return the parameters
     * @throws IllegalArgumentException if one is missing or misshapen, or the temperature is not positive
     */
    public static Parameters of(DYConv2dConfig config, Map<String, Tensor> stateDict) {
        Tensor temperature = stateDict.get(TEMPERATURE);
        if (temperature == null) {
            throw new IllegalArgumentException(
                    TEMPERATURE + ": missing; PyTorch's state_dict does not hold it, so it must be"
                            + " given: 34 is the article's start, 1 its end");
        }
        Map<String, Tensor> tensors = checked(config, stateDict);
        tensors.replaceAll((name, value) -> value.copy().asReadOnly());
        return new Parameters(config, tensors, scalar(temperature));
    }

    /**
     * Parameters in memory that the caller owns; nothing is copied. For optimizers: after a step has changed the tensors in
     * place, wrapping them again makes the snapshot that counts as changed, at no cost.
     *
     * <p>Such a snapshot is as immutable as its owner leaves it. The owner may write the tensors only while no pass runs, and
     * whoever computes with an older snapshot of the same tensors afterwards gets undefined results, until the layer is given a
     * new one.
     *
     * @param config the layer they are for
     * @param tensors one for each of {@link DYConv2dConfig#parameterShapes()}; anything else in it is ignored
     * @param temperature positive and finite, rounded to float32
     * @return the parameters
     * @throws IllegalArgumentException if one is missing or misshapen, or the temperature is not positive
     */
    public static Parameters wrap(DYConv2dConfig config, Map<String, Tensor> tensors, double temperature) {
        Map<String, Tensor> views = checked(config, tensors);
        views.replaceAll((name, value) -> value.asReadOnly());
        return new Parameters(config, views, temperature);
    }

    private static Map<String, Tensor> checked(DYConv2dConfig config, Map<String, Tensor> stateDict) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        config.parameterShapes().forEach((name, shape) -> {
            Tensor value = stateDict.get(name);
            if (value == null) {
                throw new IllegalArgumentException(
                        name + ": missing; expected " + Shapes.text(shape) + ", found only " + stateDict.keySet());
            }
            requireShape(config, name, shape, value);
            tensors.put(name, value);
        });
        return tensors;
    }

    private static void requireShape(DYConv2dConfig config, String name, int[] shape, Tensor value) {
        if (value.hasShape(shape)) {
            return; // without putting words together, as this happens at every step of training
        }
        Shapes.require(
                name,
                shape,
                value,
                "for " + config.kernels() + " kernels of "
                        + config.geometry().kernelSize().height() + "x"
                        + config.geometry().kernelSize().width());
    }

    private static double scalar(Tensor temperature) {
        if (temperature.size() != 1) {
            throw new IllegalArgumentException(TEMPERATURE + ": expected one element, got " + temperature);
        }
        return temperature.toArray()[0];
    }

    /**
     * The same with one parameter replaced by a copy of {@code value}.
     *
     * @param name a state_dict name, or {@code temperature}
     * @param value of the parameter's shape
     * @return a new snapshot
     * @throws IllegalArgumentException if there is no such parameter, or the shape differs
     */
    public Parameters with(String name, Tensor value) {
        if (name.equals(TEMPERATURE)) {
            return withTemperature(scalar(value));
        }
        int[] shape = config.parameterShapes().get(name);
        if (shape == null) {
            throw unknown(name);
        }
        requireShape(config, name, shape, value);
        Map<String, Tensor> changed = new LinkedHashMap<>(tensors);
        changed.put(name, value.copy().asReadOnly());
        return new Parameters(config, changed, temperature);
    }

    /**
     * The same at another temperature.
     *
     * @param newTemperature positive and finite, rounded to float32
     * @return a new snapshot that shares all tensors
     * @throws IllegalArgumentException if it is not
     */
    public Parameters withTemperature(double newTemperature) {
        return new Parameters(config, tensors, newTemperature);
    }

    private IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException(
                name + ": no such parameter; there are " + stateDict().keySet());
    }

    /**
     * The layer that these belong to.
     *
     * @return its configuration
     */
    public DYConv2dConfig config() {
        return config;
    }

    /**
     * All parameters under their state_dict names, and {@code temperature}.
     *
     * @return an unmodifiable ordered map of read-only tensors
     */
    public Map<String, Tensor> stateDict() {
        Map<String, Tensor> all = new LinkedHashMap<>(tensors);
        all.put(TEMPERATURE, Tensor.of(new float[] {temperature}, 1).asReadOnly());
        return Collections.unmodifiableMap(all);
    }

    /**
     * One parameter.
     *
     * @param name its state_dict name, or {@code temperature}
     * @return a read-only tensor
     * @throws IllegalArgumentException if there is no such parameter
     */
    public Tensor get(String name) {
        Tensor tensor = stateDict().get(name);
        if (tensor == null) {
            throw unknown(name);
        }
        return tensor;
    }

    private Tensor own(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw unknown(name);
        }
        return tensor;
    }

    /**
     * The kernel bank.
     *
     * @return {@code [K, O, C/G, kh, kw]}, read-only
     */
    public Tensor weight() {
        return own(WEIGHT);
    }

    /**
     * The bias bank.
     *
     * @return {@code [K, O]}, read-only; empty for a layer without bias
     */
    public Optional<Tensor> bias() {
        return Optional.ofNullable(tensors.get(BIAS));
    }

    /**
     * The attention's first layer.
     *
     * @return {@code [hidden, C, 1, 1]}, read-only
     */
    public Tensor fc1Weight() {
        return own(FC1_WEIGHT);
    }

    /**
     * The attention's second layer.
     *
     * @return {@code [K, hidden, 1, 1]}, read-only
     */
    public Tensor fc2Weight() {
        return own(FC2_WEIGHT);
    }

    /**
     * The second layer's bias.
     *
     * @return {@code [K]}, read-only
     */
    public Tensor fc2Bias() {
        return own(FC2_BIAS);
    }

    /**
     * The softmax temperature.
     *
     * @return positive
     */
    public float temperature() {
        return temperature;
    }
}
