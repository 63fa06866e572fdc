package io.github.dyconv;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Gradients of a layer's parameters, one writable tensor for each, of the parameter's shape and under its state_dict name.
 *
 * <p>A backward pass overwrites them; it does not add to them as PyTorch's does. Not thread-safe while one is under way.
 */
public final class Gradients {
    private final DYConv2dConfig config;
    private final Map<String, Tensor> tensors;

    /**
     * Zeros.
     *
     * @param config the layer
     */
    public Gradients(DYConv2dConfig config) {
        Map<String, Tensor> zeros = new LinkedHashMap<>();
        config.parameterShapes().forEach((name, shape) -> zeros.put(name, Tensor.zeros(shape)));
        this.config = config;
        this.tensors = Collections.unmodifiableMap(zeros);
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
     * All gradients under the parameters' state_dict names, in PyTorch's order.
     *
     * @return an unmodifiable map of the live tensors
     */
    public Map<String, Tensor> tensors() {
        return tensors;
    }

    /**
     * One gradient.
     *
     * @param name the parameter's state_dict name
     * @return the live tensor
     * @throws IllegalArgumentException if there is no such parameter
     */
    public Tensor get(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException(name + ": no such parameter; there are " + tensors.keySet());
        }
        return tensor;
    }

    /**
     * The kernel bank's.
     *
     * @return {@code [K, O, C/G, kh, kw]}
     */
    public Tensor weight() {
        return get(DYConv2dConfig.WEIGHT);
    }

    /**
     * The bias bank's.
     *
     * @return {@code [K, O]}; empty for a layer without bias
     */
    public Optional<Tensor> bias() {
        return Optional.ofNullable(tensors.get(DYConv2dConfig.BIAS));
    }

    /**
     * That of the attention's first layer.
     *
     * @return {@code [hidden, C, 1, 1]}
     */
    public Tensor fc1Weight() {
        return get(DYConv2dConfig.FC1_WEIGHT);
    }

    /**
     * That of the attention's second layer.
     *
     * @return {@code [K, hidden, 1, 1]}
     */
    public Tensor fc2Weight() {
        return get(DYConv2dConfig.FC2_WEIGHT);
    }

    /**
     * That of the second layer's bias.
     *
     * @return {@code [K]}
     */
    public Tensor fc2Bias() {
        return get(DYConv2dConfig.FC2_BIAS);
    }
}
