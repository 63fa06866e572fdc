package io.github.dyconv.benchmarks;

import io.github.dyconv.Device;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Tensor;
import io.github.dyconv.benchmarks.ContenderProvider.Loaded;
import io.github.dyconv.examples.LayerCase;
import io.github.dyconv.examples.PlainConvolution;
import java.util.Optional;
import java.util.OptionalLong;

/** The plain convolution of a layer's geometry on a device of ours. */
final class PlainContender implements Contender {
    private final PlainConvolution convolution;

    private PlainContender(LayerCase timed, Device device, ForwardOptions options, Tensor input) {
        convolution = new PlainConvolution(timed, device, options);
        convolution.input().copyFrom(input);
    }

    static Loaded load(LayerCase timed, Device device, ForwardOptions options) {
        Tensor input = timed.input();
        return new Loaded(
                device.name() + " (" + device.description() + ")",
                () -> new PlainContender(timed, device, options, input));
    }

    @Override
    public void run() {
        convolution.run();
    }

    @Override
    public Optional<Tensor> output() {
        return Optional.of(convolution.output());
    }

    @Override
    public String algorithm() {
        return convolution.algorithm();
    }

    @Override
    public OptionalLong scratchBytes() {
        return OptionalLong.of(convolution.scratchBytes());
    }

    @Override
    public void close() {
        convolution.close();
    }
}
