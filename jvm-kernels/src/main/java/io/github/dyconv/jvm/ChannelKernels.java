package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.LANES;

/**
 * The innermost loops with lanes along output channels: an implicit matrix product, which reads its left operand wherever a list
 * of steps says.
 *
 * <p>A tile is some vectors of channels by some pixels, as many as there are vector registers for: {@link WideChannelKernels} or
 * {@link NarrowChannelKernels}. Pixels stand anywhere, so no picture is too small to fill the vectors. Products are summed in the
 * order of the steps with one rounding per multiply-add, whatever the vectors' width and the tile. (The methods are about as large as
 * C2 will compile without making objects of vectors: see {@link PixelKernels}.)
 */
final class ChannelKernels {
    /** Output channels of a tile. */
    static final int CHANNELS = (VectorShape.MANY_REGISTERS ? 4 : 2) * LANES;

    /** Memory of pixels must hold a multiple of these. */
    static final int PIXELS = VectorShape.MANY_REGISTERS ? WideChannelKernels.PIXELS : NarrowChannelKernels.PIXELS;

    /** A distance from one pixel to the next at which they are read as fast as at 1. */
    static final int SPACING = 16;

    private ChannelKernels() {}

    /**
     * {@code y[p, r] = start[p, r] + Σ_{i < count} x[base + pixels[p] + steps[firstStep + i]] · w[wBase + i · CHANNELS + r]} for all p
     * below {@code pixelCount} and all r below {@link #CHANNELS}; the products are summed before the start is added, so that long sums
     * can be cut into chains.
     *
     * @param x the left operand
     * @param base where its places are counted from
     * @param pixels where each pixel's values are counted from, up to a multiple of {@link #PIXELS}; fastest where each three of a tile
     *     are 1 or {@link #SPACING} apart from one another
     * @param pixelCount pixels
     * @param steps what to add to that for each product
     * @param firstStep the first product's
     * @param count products
     * @param w a panel of weights, {@code [count, CHANNELS]}
     * @param wBase where it begins
     * @param start what to add to each sum
     * @param startBase of the first pixel
     * @param startStride from one pixel to the next; 0 if all have the same
     * @param y {@code [pixels, CHANNELS]} up to a multiple of {@link #PIXELS}, overwritten; may be {@code start}
     * @param yBase of the first pixel
     */
    static void run(
            float[] x,
            int base,
            int[] pixels,
            int pixelCount,
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
                    pixelCount,
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
                    pixelCount,
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
