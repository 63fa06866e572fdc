package io.github.dyconv.jvm;

/**
 * The innermost loop with lanes along pixels, over packed input and weights ({@link PackedInput}, {@link PackedBank}).
 *
 * <p>Ladder: {@link ReferenceConvolution} is the plain loop nest; vectors along pixels with one output channel are what a
 * depthwise convolution can use ({@link DepthwiseKernels}); here a tile is some output channels by some vectors of pixels, as many
 * as there are registers for ({@link WidePixelKernels}, {@link NarrowPixelKernels}), so that each vector loaded serves all the
 * channels, and each weight all the vectors.
 *
 * <p>The methods are kept small on purpose: past some 60 vector operations in one method C2 stops inlining, and every vector then
 * becomes an object on the heap.
 *
 * <p>An output is always summed in the same order (channel, tap) with one rounding per multiply-add, whatever the vectors' width
 * and wherever a tile begins: results don't depend on batch or threads.
 */
final class PixelKernels {
    /** Output channels of a tile. */
    static final int CHANNELS = VectorShape.MANY_REGISTERS ? WidePixelKernels.CHANNELS : NarrowPixelKernels.CHANNELS;

    /** Pixels of a tile. */
    static final int PIXELS = VectorShape.MANY_REGISTERS ? WidePixelKernels.PIXELS : NarrowPixelKernels.PIXELS;

    private PixelKernels() {}

    /**
     * {@code y[r, p] = start[r] + Σ_{c < planes, t} x[xBase + c · planeStride + taps[t] + p] · w[wBase + (c · |taps| + t) · CHANNELS + r]}
     * for all r below {@link #CHANNELS} and p below {@link #PIXELS}.
     *
     * @param x packed input
     * @param xBase of the tile's first pixel in the first plane
     * @param planeStride from one input channel's plane to the next
     * @param planes input channels to sum
     * @param taps offset of each tap
     * @param w a panel of weights
     * @param wBase of the first plane's first tap
     * @param start what each output channel's sum begins with
     * @param y a strip of outputs, overwritten
     * @param yBase of the tile's first pixel
     * @param yStride from one output channel to the next
     */
    static void run(
            float[] x,
            int xBase,
            int planeStride,
            int planes,
            int[] taps,
            float[] w,
            int wBase,
            float[] start,
            float[] y,
            int yBase,
            int yStride) {
        if (VectorShape.MANY_REGISTERS) {
            WidePixelKernels.run(x, xBase, planeStride, planes, taps, w, wBase, start, y, yBase, yStride);
        } else {
            NarrowPixelKernels.run(x, xBase, planeStride, planes, taps, w, wBase, start, y, yBase, yStride);
        }
    }
}
