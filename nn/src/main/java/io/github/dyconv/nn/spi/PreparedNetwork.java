package io.github.dyconv.nn.spi;

import io.github.dyconv.Tensor;
import io.github.dyconv.Timings;
import io.github.dyconv.nn.Operation;
import java.util.Optional;

/** A network in evaluation, made ready on a device for fixed tensors of input and output. Not thread-safe. */
public interface PreparedNetwork extends AutoCloseable {
    /**
     * Computes the output, with the model's parameters, buffers and temperature as they are now.
     *
     * @throws io.github.dyconv.DeviceException if the device fails; the output is then undefined
     */
    void run();

    /**
     * The attention of the last run, fetched from the device.
     *
     * @param convolution one of the network's
     * @return {@code [N, K]}, a copy; ones for a plain convolution, zeros before the first run of a dynamic one
     * @throws io.github.dyconv.DeviceException if the device fails
     */
    Tensor attention(Operation.Convolution convolution);

    /**
     * What was measured of the last run.
     *
     * @return empty before the first run, and if {@link io.github.dyconv.ForwardOptions#profiling()} was not asked for
     */
    Optional<Timings> timings();

    /** Frees what the device holds. */
    @Override
    void close();
}
