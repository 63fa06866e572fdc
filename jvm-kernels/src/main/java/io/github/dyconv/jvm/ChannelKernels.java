package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.LANES;

/**
 * The innermost loop with lanes along output channels: an implicit matrix product, which reads its left operand wherever a
 * list of steps says.
 *
 * <p>A tile is some vectors of channels by some pixels, as many as there are vector registers for: {@link WideChannelKernels} or
 * {@link NarrowChannelKernels}. Pixels stand anywhere, so no picture is too small to fill the vectors. Each output is summed in the
 * order of the steps with one rounding per multiply-add, whatever the vectors' width. (The methods are about as large as C2 will
 * compile without making objects of vectors: see {@link PixelKernels}.)
 */
final class ChannelKernels {
    /** Output channels of a tile. */
    static final int CHANNELS = (VectorShape.MANY_REGISTERS ? 4 : 2) * LANES;

    /** Pixels of a tile. */
    static final int PIXELS = VectorShape.MANY_REGISTERS ? WideChannelKernels.PIXELS : NarrowChannelKernels.PIXELS;

    /** A distance from one pixel to the next at which they are read as fast as at 1. */
    static final int SPACING = 16;

    private ChannelKernels() {}

    /**
     * {@code y[p, r] = start[p, r] + Σ_{i < count} x[base + pixels[firstPixel + p] + steps[firstStep + i]] · w[wBase + i · CHANNELS + r]}
     * for all p below {@link #PIXELS} and all r below {@link #CHANNELS}.
     *
     * @param x the left operand
     * @param base where its places are counted from
     * @param pixels where each pixel's values are counted from; fastest where the first three and the next three are 1 or
     *     {@link #SPACING} apart from one another
     * @param firstPixel the tile's first
     * @param steps what to add to that for each product
     * @param firstStep the first product's
     * @param count products
     * @param w a panel of weights, {@code [count, CHANNELS]}
     * @param wBase where it begins
     * @param start what each sum begins with
     * @param startBase of the first pixel
     * @param startStride from one pixel to the next; 0 if all begin with the same
     * @param y {@code [PIXELS, CHANNELS]}, overwritten; may be {@code start}
     * @param yBase of the first pixel
     */
    static void run(
            float[] x,
            int base,
            int[] pixels,
            int firstPixel,
            int[] steps,
            int firstStep,
            int count,
            float[] w,
            int wBase,
            float[] start,
            int startBase,
            int startStride,
            float[] y,
            int yBase) {
        if (VectorShape.MANY_REGISTERS) {
            WideChannelKernels.run(
                    x,
                    base,
                    pixels,
                    firstPixel,
                    steps,
                    firstStep,
                    count,
                    w,
                    wBase,
                    start,
                    startBase,
                    startStride,
                    y,
                    yBase);
        } else {
            NarrowChannelKernels.run(
                    x,
                    base,
                    pixels,
                    firstPixel,
                    steps,
                    firstStep,
                    count,
                    w,
                    wBase,
                    start,
                    startBase,
                    startStride,
                    y,
                    yBase);
        }
    }
}
