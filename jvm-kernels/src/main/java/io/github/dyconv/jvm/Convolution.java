package io.github.dyconv.jvm;

import io.github.dyconv.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * A convolution algorithm made ready for one problem: aggregation and grouped convolution, {@code y[n] = conv2d(x[n], Σ_k
 * attention[n, k] · weight_k) + biases[n]}. As a {@link ThreadTeam.Body} it does one of its tasks; those of a run may be done in any
 * order and at the same time, each once.
 */
interface Convolution extends ThreadTeam.Body {
    /**
     * Begins a run; its tasks are still to be done. Attention and biases are read by the tasks only, each those of its samples.
     *
     * @param weight the kernel bank; what is derived from it is kept while it is the same object
     * @param attention {@code [N, K]}
     * @param biases what each output plane begins with, {@code [N, O]}
     * @param x {@code [N, C, H, W]}
     * @param y {@code [N, O, H', W']}, overwritten
     */
    void begin(Tensor weight, float[] attention, float[] biases, MemorySegment x, MemorySegment y);

    /** How many tasks a run has. */
    int tasks();

    /** Whether the first tasks are those of the first sample, then come as many of the second, and so on. */
    boolean bySample();

    /** The bank as the last run had it packed, if that is how this algorithm wants it. */
    default Optional<PackedBank> packedBank() {
        return Optional.empty();
    }
}
