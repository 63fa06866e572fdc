package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.ChannelKernels.CHANNELS;
import static io.github.dyconv.jvm.ChannelKernels.SPACING;
import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.VectorShape.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * {@link ChannelKernels} for 16 vector registers: a tile is two vectors of channels by six pixels, 12 accumulators, which leave
 * registers for two vectors of weights and one pixel.
 *
 * <p>The three methods differ in how they find their pixels alone. Six places are more than C2 has registers for, and each needs a
 * bounds check at each step; of three pixels a constant apart one place and two checks remain. (So it must be a constant, and each
 * a method of its own: they are too large for C2 to inline into one another.) Measured on AVX2, one thread: 0.73 of the FMA peak
 * with places of their own, 0.87 to 0.89 with two of three; a tile of four by four vectors, which spills, 0.54.
 */
final class NarrowChannelKernels {
    /** Pixels of a tile. */
    static final int PIXELS = 6;

    private NarrowChannelKernels() {}

    /** {@link ChannelKernels#run}. */
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
        for (int p = 0; p < pixelCount; p += PIXELS) {
            int from = startBase + p * startStride;
            int to = yBase + p * CHANNELS;
            tile(x, base, pixels, p, steps, firstStep, count, w, wBase, start, from, startStride, y, to);
        }
    }

    private static void tile(
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
        int pixel0 = base + pixels[firstPixel];
        int pixel3 = base + pixels[firstPixel + 3];
        if (evenly(pixels, firstPixel, 1)) {
            adjacent(x, pixel0, pixel3, steps, firstStep, count, w, wBase, start, startBase, startStride, y, yBase);
        } else if (evenly(pixels, firstPixel, SPACING)) {
            spaced(x, pixel0, pixel3, steps, firstStep, count, w, wBase, start, startBase, startStride, y, yBase);
        } else {
            scattered(
                    x,
                    pixel0,
                    base + pixels[firstPixel + 1],
                    base + pixels[firstPixel + 2],
                    pixel3,
                    base + pixels[firstPixel + 4],
                    base + pixels[firstPixel + 5],
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

    /** Whether both threes of pixels are so far apart from one another. */
    private static boolean evenly(int[] pixels, int first, int distance) {
        return pixels[first + 1] - pixels[first] == distance
                && pixels[first + 2] - pixels[first + 1] == distance
                && pixels[first + 4] - pixels[first + 3] == distance
                && pixels[first + 5] - pixels[first + 4] == distance;
    }

    /** Pixels anywhere. */
    private static void scattered(
            float[] x,
            int pixel0,
            int pixel1,
            int pixel2,
            int pixel3,
            int pixel4,
            int pixel5,
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
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector a0 = zero;
        FloatVector b0 = zero;
        FloatVector a1 = zero;
        FloatVector b1 = zero;
        FloatVector a2 = zero;
        FloatVector b2 = zero;
        FloatVector a3 = zero;
        FloatVector b3 = zero;
        FloatVector a4 = zero;
        FloatVector b4 = zero;
        FloatVector a5 = zero;
        FloatVector b5 = zero;
        int next = wBase;
        for (int i = firstStep; i < firstStep + count; i++) {
            int step = steps[i];
            FloatVector wa = FloatVector.fromArray(SPECIES, w, next);
            FloatVector wb = FloatVector.fromArray(SPECIES, w, next + LANES);
            next += CHANNELS;
            FloatVector value = FloatVector.broadcast(SPECIES, x[pixel0 + step]);
            a0 = wa.fma(value, a0);
            b0 = wb.fma(value, b0);
            value = FloatVector.broadcast(SPECIES, x[pixel1 + step]);
            a1 = wa.fma(value, a1);
            b1 = wb.fma(value, b1);
            value = FloatVector.broadcast(SPECIES, x[pixel2 + step]);
            a2 = wa.fma(value, a2);
            b2 = wb.fma(value, b2);
            value = FloatVector.broadcast(SPECIES, x[pixel3 + step]);
            a3 = wa.fma(value, a3);
            b3 = wb.fma(value, b3);
            value = FloatVector.broadcast(SPECIES, x[pixel4 + step]);
            a4 = wa.fma(value, a4);
            b4 = wb.fma(value, b4);
            value = FloatVector.broadcast(SPECIES, x[pixel5 + step]);
            a5 = wa.fma(value, a5);
            b5 = wb.fma(value, b5);
        }
        a0.add(FloatVector.fromArray(SPECIES, start, startBase)).intoArray(y, yBase);
        b0.add(FloatVector.fromArray(SPECIES, start, startBase + LANES)).intoArray(y, yBase + LANES);
        int s1 = startBase + startStride;
        int y1 = yBase + CHANNELS;
        a1.add(FloatVector.fromArray(SPECIES, start, s1)).intoArray(y, y1);
        b1.add(FloatVector.fromArray(SPECIES, start, s1 + LANES)).intoArray(y, y1 + LANES);
        int s2 = s1 + startStride;
        int y2 = y1 + CHANNELS;
        a2.add(FloatVector.fromArray(SPECIES, start, s2)).intoArray(y, y2);
        b2.add(FloatVector.fromArray(SPECIES, start, s2 + LANES)).intoArray(y, y2 + LANES);
        int s3 = s2 + startStride;
        int y3 = y2 + CHANNELS;
        a3.add(FloatVector.fromArray(SPECIES, start, s3)).intoArray(y, y3);
        b3.add(FloatVector.fromArray(SPECIES, start, s3 + LANES)).intoArray(y, y3 + LANES);
        int s4 = s3 + startStride;
        int y4 = y3 + CHANNELS;
        a4.add(FloatVector.fromArray(SPECIES, start, s4)).intoArray(y, y4);
        b4.add(FloatVector.fromArray(SPECIES, start, s4 + LANES)).intoArray(y, y4 + LANES);
        int s5 = s4 + startStride;
        int y5 = y4 + CHANNELS;
        a5.add(FloatVector.fromArray(SPECIES, start, s5)).intoArray(y, y5);
        b5.add(FloatVector.fromArray(SPECIES, start, s5 + LANES)).intoArray(y, y5 + LANES);
    }

    /** Two threes of adjacent pixels, of which these are the first. */
    private static void adjacent(
            float[] x,
            int pixel0,
            int pixel3,
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
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector a0 = zero;
        FloatVector b0 = zero;
        FloatVector a1 = zero;
        FloatVector b1 = zero;
        FloatVector a2 = zero;
        FloatVector b2 = zero;
        FloatVector a3 = zero;
        FloatVector b3 = zero;
        FloatVector a4 = zero;
        FloatVector b4 = zero;
        FloatVector a5 = zero;
        FloatVector b5 = zero;
        int next = wBase;
        for (int i = firstStep; i < firstStep + count; i++) {
            int x0 = pixel0 + steps[i];
            int x3 = pixel3 + steps[i];
            FloatVector wa = FloatVector.fromArray(SPECIES, w, next);
            FloatVector wb = FloatVector.fromArray(SPECIES, w, next + LANES);
            next += CHANNELS;
            FloatVector value = FloatVector.broadcast(SPECIES, x[x0]);
            a0 = wa.fma(value, a0);
            b0 = wb.fma(value, b0);
            value = FloatVector.broadcast(SPECIES, x[x0 + 1]);
            a1 = wa.fma(value, a1);
            b1 = wb.fma(value, b1);
            value = FloatVector.broadcast(SPECIES, x[x0 + 2]);
            a2 = wa.fma(value, a2);
            b2 = wb.fma(value, b2);
            value = FloatVector.broadcast(SPECIES, x[x3]);
            a3 = wa.fma(value, a3);
            b3 = wb.fma(value, b3);
            value = FloatVector.broadcast(SPECIES, x[x3 + 1]);
            a4 = wa.fma(value, a4);
            b4 = wb.fma(value, b4);
            value = FloatVector.broadcast(SPECIES, x[x3 + 2]);
            a5 = wa.fma(value, a5);
            b5 = wb.fma(value, b5);
        }
        a0.add(FloatVector.fromArray(SPECIES, start, startBase)).intoArray(y, yBase);
        b0.add(FloatVector.fromArray(SPECIES, start, startBase + LANES)).intoArray(y, yBase + LANES);
        int s1 = startBase + startStride;
        int y1 = yBase + CHANNELS;
        a1.add(FloatVector.fromArray(SPECIES, start, s1)).intoArray(y, y1);
        b1.add(FloatVector.fromArray(SPECIES, start, s1 + LANES)).intoArray(y, y1 + LANES);
        int s2 = s1 + startStride;
        int y2 = y1 + CHANNELS;
        a2.add(FloatVector.fromArray(SPECIES, start, s2)).intoArray(y, y2);
        b2.add(FloatVector.fromArray(SPECIES, start, s2 + LANES)).intoArray(y, y2 + LANES);
        int s3 = s2 + startStride;
        int y3 = y2 + CHANNELS;
        a3.add(FloatVector.fromArray(SPECIES, start, s3)).intoArray(y, y3);
        b3.add(FloatVector.fromArray(SPECIES, start, s3 + LANES)).intoArray(y, y3 + LANES);
        int s4 = s3 + startStride;
        int y4 = y3 + CHANNELS;
        a4.add(FloatVector.fromArray(SPECIES, start, s4)).intoArray(y, y4);
        b4.add(FloatVector.fromArray(SPECIES, start, s4 + LANES)).intoArray(y, y4 + LANES);
        int s5 = s4 + startStride;
        int y5 = y4 + CHANNELS;
        a5.add(FloatVector.fromArray(SPECIES, start, s5)).intoArray(y, y5);
        b5.add(FloatVector.fromArray(SPECIES, start, s5 + LANES)).intoArray(y, y5 + LANES);
    }

    /** Two threes of pixels {@link ChannelKernels#SPACING} from one another, of which these are the first. */
    private static void spaced(
            float[] x,
            int pixel0,
            int pixel3,
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
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector a0 = zero;
        FloatVector b0 = zero;
        FloatVector a1 = zero;
        FloatVector b1 = zero;
        FloatVector a2 = zero;
        FloatVector b2 = zero;
        FloatVector a3 = zero;
        FloatVector b3 = zero;
        FloatVector a4 = zero;
        FloatVector b4 = zero;
        FloatVector a5 = zero;
        FloatVector b5 = zero;
        int next = wBase;
        for (int i = firstStep; i < firstStep + count; i++) {
            int x0 = pixel0 + steps[i];
            int x3 = pixel3 + steps[i];
            FloatVector wa = FloatVector.fromArray(SPECIES, w, next);
            FloatVector wb = FloatVector.fromArray(SPECIES, w, next + LANES);
            next += CHANNELS;
            FloatVector value = FloatVector.broadcast(SPECIES, x[x0]);
            a0 = wa.fma(value, a0);
            b0 = wb.fma(value, b0);
            value = FloatVector.broadcast(SPECIES, x[x0 + SPACING]);
            a1 = wa.fma(value, a1);
            b1 = wb.fma(value, b1);
            value = FloatVector.broadcast(SPECIES, x[x0 + 2 * SPACING]);
            a2 = wa.fma(value, a2);
            b2 = wb.fma(value, b2);
            value = FloatVector.broadcast(SPECIES, x[x3]);
            a3 = wa.fma(value, a3);
            b3 = wb.fma(value, b3);
            value = FloatVector.broadcast(SPECIES, x[x3 + SPACING]);
            a4 = wa.fma(value, a4);
            b4 = wb.fma(value, b4);
            value = FloatVector.broadcast(SPECIES, x[x3 + 2 * SPACING]);
            a5 = wa.fma(value, a5);
            b5 = wb.fma(value, b5);
        }
        a0.add(FloatVector.fromArray(SPECIES, start, startBase)).intoArray(y, yBase);
        b0.add(FloatVector.fromArray(SPECIES, start, startBase + LANES)).intoArray(y, yBase + LANES);
        int s1 = startBase + startStride;
        int y1 = yBase + CHANNELS;
        a1.add(FloatVector.fromArray(SPECIES, start, s1)).intoArray(y, y1);
        b1.add(FloatVector.fromArray(SPECIES, start, s1 + LANES)).intoArray(y, y1 + LANES);
        int s2 = s1 + startStride;
        int y2 = y1 + CHANNELS;
        a2.add(FloatVector.fromArray(SPECIES, start, s2)).intoArray(y, y2);
        b2.add(FloatVector.fromArray(SPECIES, start, s2 + LANES)).intoArray(y, y2 + LANES);
        int s3 = s2 + startStride;
        int y3 = y2 + CHANNELS;
        a3.add(FloatVector.fromArray(SPECIES, start, s3)).intoArray(y, y3);
        b3.add(FloatVector.fromArray(SPECIES, start, s3 + LANES)).intoArray(y, y3 + LANES);
        int s4 = s3 + startStride;
        int y4 = y3 + CHANNELS;
        a4.add(FloatVector.fromArray(SPECIES, start, s4)).intoArray(y, y4);
        b4.add(FloatVector.fromArray(SPECIES, start, s4 + LANES)).intoArray(y, y4 + LANES);
        int s5 = s4 + startStride;
        int y5 = y4 + CHANNELS;
        a5.add(FloatVector.fromArray(SPECIES, start, s5)).intoArray(y, y5);
        b5.add(FloatVector.fromArray(SPECIES, start, s5 + LANES)).intoArray(y, y5 + LANES);
    }
}
