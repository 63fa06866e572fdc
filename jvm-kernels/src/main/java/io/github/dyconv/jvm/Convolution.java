package io.github.dyconv.jvm;

import io.github.dyconv.Parameters;
import java.lang.foreign.MemorySegment;

/** A convolution algorithm made ready for one problem: aggregation and grouped convolution. */
interface Convolution {
    /**
     * {@code y[n] = conv2d(x[n], Σ_k attention[n, k] · weight_k, Σ_k attention[n, k] · bias_k)}.
     *
     * @param parameters the layer's parameters
     * @param attention {@code [N, K]}
     * @param x {@code [N, C, H, W]}
     * @param y {@code [N, O, H', W']}, overwritten
     */
    void run(Parameters parameters, float[] attention, MemorySegment x, MemorySegment y);

    /** Memory kept between runs, packed parameters included. */
    long scratchBytes();
}
