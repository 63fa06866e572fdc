package io.github.dyconv.examples;

import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Device;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedForward;

/**
 * Our own plain (static) convolution of a named layer's geometry, one kernel and no attention: the yardstick for what being
 * dynamic costs. Not thread-safe.
 */
public final class PlainConvolution implements AutoCloseable {
    private final Parameters parameters;
    private final PreparedForward prepared;
    private final Tensor attention;

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
        var config =
                new DYConv2dConfig(named.config().geometry(), named.config().ratio(), 1);
        parameters = Parameters.initial(config, 1, true, layer.batch());
        prepared =
                device.prepare(new ForwardProblem(config, layer.batch(), named.size(), named.size(), options, false));
        attention = Tensor.zeros(layer.batch(), 1);
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
     * Convolves.
     *
     * @param input {@code [N, C, H, W]} of the layer's size; not modified
     * @param output {@code [N, O, H', W']}, overwritten
     */
    public void run(Tensor input, Tensor output) {
        prepared.run(parameters, input, output, attention);
    }

    /** Frees what the device holds. */
    @Override
    public void close() {
        prepared.close();
    }
}
