package io.github.dyconv.spi;

import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import java.util.List;

/** A layer made ready for one input shape on one device. Not thread-safe: the plan around it runs one call at a time. */
public interface PreparedForward extends AutoCloseable {
    /**
     * Computes the output and the attention. Shapes are checked by the caller, and nothing overlaps.
     *
     * @param parameters the layer's parameters; what is derived from them is kept while they are the same objects
     * @param input {@code [N, C, H, W]}, not modified
     * @param output {@code [N, O, H', W']}, overwritten
     * @param attention {@code [N, K]}, overwritten; all ones for a plain convolution
     * @throws io.github.dyconv.DeviceException if the device fails; output and attention are then undefined
     */
    void run(Parameters parameters, Tensor input, Tensor output, Tensor attention);

    /**
     * The algorithms in order of preference, ending with one that takes everything: which was chosen, and why those before
     * it were not.
     *
     * @return at least the chosen one
     */
    List<AlgorithmChoice> algorithms();

    /**
     * Memory kept besides parameters, input and output.
     *
     * @return bytes
     */
    long scratchBytes();

    /** Frees what the device holds. */
    @Override
    void close();
}
