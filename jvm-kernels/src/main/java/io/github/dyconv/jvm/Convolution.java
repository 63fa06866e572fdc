package io.github.dyconv.jvm;

import io.github.dyconv.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** A convolution algorithm made ready for one problem: aggregation and grouped convolution. */
interface Convolution {
    /**
     * {@code y[n] = conv2d(x[n], Σ_k attention[n, k] · weight_k) + biases[n]}.
     *
     * @param weight the kernel bank; what is derived from it is kept while it is the same object
     * @param attention {@code [N, K]}
     * @param biases what each output plane begins with, {@code [N, O]}
     * @param x {@code [N, C, H, W]}
     * @param y {@code [N, O, H', W']}, overwritten
     */
    void run(Tensor weight, float[] attention, float[] biases, MemorySegment x, MemorySegment y);

    /** The bank as the last run had it packed, if that is how this algorithm wants it. */
    default Optional<PackedBank> packedBank() {
        return Optional.empty();
    }
}
