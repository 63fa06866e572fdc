package io.github.dyconv.spi;

import io.github.dyconv.Tensor;
import java.util.List;

/** Something made ready for one input shape on one device. Not thread-safe: the plan around it runs one call at a time. */
public interface Prepared extends AutoCloseable {
    /**
     * The attention of the last forward pass, whatever parameters and tensors hold by now. A device with memory of its own
     * copies it to the host only now, so that passes cost nothing for it. It is not asked for after {@link #close()}.
     *
     * @return {@code [N, K]}, a copy; ones for a plain convolution, zeros before the first pass of a dynamic one, undefined
     *     after a pass that failed
     * @throws io.github.dyconv.DeviceException if the device fails
     */
    Tensor attention();

    /**
     * The algorithms in order of preference, ending with one that takes everything: which was chosen, and why those before
     * it were not.
     *
     * @return at least the chosen one
     */
    List<AlgorithmChoice> algorithms();

    /**
     * Memory kept besides parameters, their gradients, and what each call is given.
     *
     * @return bytes
     */
    long scratchBytes();

    /** Frees what the device holds. */
    @Override
    void close();
}
