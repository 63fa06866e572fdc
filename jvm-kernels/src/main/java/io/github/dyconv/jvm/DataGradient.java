package io.github.dyconv.jvm;

import io.github.dyconv.Parameters;
import java.lang.foreign.MemorySegment;

/** The gradient of a convolution with respect to its input, made ready for one problem. */
interface DataGradient {
    /**
     * {@code dx[n, ic, ih, iw] = planes[n, ic] + Σ dy[n, oc, oh, ow] · weight_n[oc, ic, kh, kw]} over all outputs and taps that
     * read this pixel, with {@code weight_n = Σ_k attention[n, k] · weight_k}.
     *
     * @param parameters the layer's parameters
     * @param attention {@code [N, K]}
     * @param dy {@code [N, O, H', W']}
     * @param planes what each plane's pixels begin with, {@code [N, C]}
     * @param dx {@code [N, C, H, W]}, overwritten
     */
    void run(Parameters parameters, float[] attention, MemorySegment dy, float[] planes, MemorySegment dx);

    /** Memory kept between runs, packed parameters included. */
    long scratchBytes();
}
