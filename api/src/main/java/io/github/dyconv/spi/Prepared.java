package io.github.dyconv.spi;

import java.util.List;

/** Something made ready for one input shape on one device. Not thread-safe: the plan around it runs one call at a time. */
public interface Prepared extends AutoCloseable {
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
