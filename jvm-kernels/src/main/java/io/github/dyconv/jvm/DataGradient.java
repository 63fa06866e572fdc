package io.github.dyconv.jvm;

import io.github.dyconv.Tensor;
import java.lang.foreign.MemorySegment;

/** The gradient of a convolution with respect to its input, made ready for one problem. */
interface DataGradient {
    /**
     * {@code dx[n, ic, ih, iw] = planes[n, ic] + Σ dy[n, oc, oh, ow] · weight_n[oc, ic, kh, kw]} over all outputs and taps that
     * read this pixel, with {@code weight_n = Σ_k attention[n, k] · weight_k}.
     *
     * @param weight the kernel bank; what is derived from it is kept while it is the same object
     * @param attention {@code [N, K]}
     * @param planes what each plane's pixels begin with, {@code [N, C]}
     * @param dy {@code [N, O, H', W']}
     * @param dx {@code [N, C, H, W]}, overwritten
     */
    void run(Tensor weight, float[] attention, float[] planes, MemorySegment dy, MemorySegment dx);

    /** How it is computed, in a few words. */
    String algorithm();
}
