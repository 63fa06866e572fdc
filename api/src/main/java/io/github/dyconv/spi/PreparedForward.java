package io.github.dyconv.spi;

import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.Timings;
import java.util.Optional;

/** The forward pass of a layer, made ready for one input shape on one device. */
public interface PreparedForward extends Prepared {
    /**
     * Computes the output. Shapes are checked by the caller, and nothing overlaps.
     *
     * @param parameters the layer's parameters; what is derived from them is kept while they are the same objects
     * @param input {@code [N, C, H, W]}, not modified
     * @param output {@code [N, O, H', W']}, overwritten
     * @throws io.github.dyconv.DeviceException if the device fails; the output and {@link #attention()} are then undefined
     */
    void run(Parameters parameters, Tensor input, Tensor output);

    /**
     * The tensor from which a run sends its input without copying it first.
     *
     * @return {@code [N, C, H, W]}, always the same, which a run with another input overwrites; empty where every tensor is as
     *     good
     */
    default Optional<Tensor> ownInput() {
        return Optional.empty();
    }

    /**
     * The tensor to which a run fetches its output without copying it afterwards.
     *
     * @return {@code [N, O, H', W']}, always the same, which every run overwrites; empty where every tensor is as good
     */
    default Optional<Tensor> ownOutput() {
        return Optional.empty();
    }

    /**
     * What was measured of the last run.
     *
     * @return empty before the first run, if {@link io.github.dyconv.ForwardOptions#profiling()} was not asked for, and
     *     always on a device that can't tell kernels from copies
     */
    default Optional<Timings> timings() {
        return Optional.empty();
    }
}
