package io.github.dyconv.examples;

import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Device;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedForward;

/**
 * Our own plain (static) convolution of a named layer's geometry, one kernel and no attention: the yardstick for what being
 * dynamic costs. Not thread-safe.
 */
public final class PlainConvolution implements AutoCloseable {
    private final Parameters parameters;
    private final PreparedForward prepared;
    private final Tensor input;
    private final Tensor output;

    /**
     * Makes the convolution ready.
     *
     * @param layer the geometry and batch
     * @param device where to run
     * @param options how to compute
     * @throws io.github.dyconv.DeviceException if the device can't do what the options ask
     */
    public PlainConvolution(LayerCase layer, Device device, ForwardOptions options) {
        NamedLayer named = layer.layer();
        parameters = parameters(layer);
        prepared = device.prepare(
                new ForwardProblem(parameters.config(), layer.batch(), named.size(), named.size(), options, false));
        int inPlanes = named.config().geometry().inPlanes();
        input = prepared.ownInput().orElseGet(() -> Tensor.zeros(layer.batch(), inPlanes, named.size(), named.size()));
        output = prepared.ownOutput().orElseGet(() -> Tensor.zeros(layer.outputShape()));
    }

    /**
     * The one kernel of a layer's plain convolution, the same at every run, and an attention that is not used.
     *
     * @param layer the geometry and batch
     * @return the parameters
     */
    public static Parameters parameters(LayerCase layer) {
        DYConv2dConfig dynamic = layer.layer().config();
        return Parameters.initial(new DYConv2dConfig(dynamic.geometry(), dynamic.ratio(), 1), 1, true, layer.batch());
    }

    /**
     * The one kernel, and an attention that is not used.
     *
     * @return the parameters
     */
    public Parameters parameters() {
        return parameters;
    }

    /**
     * What {@link #run} convolves, to be written before it.
     *
     * @return {@code [N, C, H, W]}, live
     */
    public Tensor input() {
        return input;
    }

    /**
     * What {@link #run} writes.
     *
     * @return {@code [N, O, H', W']}, live
     */
    public Tensor output() {
        return output;
    }

    /**
     * Convolves.
     *
     * @return {@link #output()}
     */
    public Tensor run() {
        prepared.run(parameters, input, output);
        return output;
    }

    /**
     * The algorithm that the device chose.
     *
     * @return its name
     */
    public String algorithm() {
        return prepared.algorithms().stream()
                .filter(AlgorithmChoice::chosen)
                .map(AlgorithmChoice::name)
                .findFirst()
                .orElseThrow();
    }

    /**
     * Memory that the device keeps besides parameters, input and output.
     *
     * @return bytes
     */
    public long scratchBytes() {
        return prepared.scratchBytes();
    }

    /** Frees what the device holds. */
    @Override
    public void close() {
        prepared.close();
    }
}
