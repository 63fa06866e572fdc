package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.ChannelKernels.CHANNELS;
import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.VectorShape.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * {@link ChannelKernels} for 32 vector registers: a tile is four vectors of channels by six pixels, 24 accumulators, so that 10 loads
 * serve 24 multiply-adds. At most two tiles of four pixels make up the rest.
 *
 * <p>Measured on AVX-512, one thread: 0.96 of the FMA peak with tiles of six, 0.92 of four, 0.89 of five.
 */
final class WideChannelKernels {
    /** Pixels come in multiples of these. */
    static final int PIXELS = 4;

    private WideChannelKernels() {}

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
        int p = 0;
        while (p < pixelCount) {
            int from = startBase + p * startStride;
            int to = yBase + p * CHANNELS;
            int left = pixelCount - p;
            if (left > 8 || left == 5 || left == 6) {
                six(x, base, pixels, p, steps, firstStep, count, w, wBase, start, from, startStride, y, to);
                p += 6;
            } else {
                four(x, base, pixels, p, steps, firstStep, count, w, wBase, start, from, startStride, y, to);
                p += 4;
            }
        }
    }

    /** A tile of six pixels. */
    private static void six(
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
        int pixel1 = base + pixels[firstPixel + 1];
        int pixel2 = base + pixels[firstPixel + 2];
        int pixel3 = base + pixels[firstPixel + 3];
        int pixel4 = base + pixels[firstPixel + 4];
        int pixel5 = base + pixels[firstPixel + 5];
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector a0 = zero;
        FloatVector b0 = zero;
        FloatVector c0 = zero;
        FloatVector d0 = zero;
        FloatVector a1 = zero;
        FloatVector b1 = zero;
        FloatVector c1 = zero;
        FloatVector d1 = zero;
        FloatVector a2 = zero;
        FloatVector b2 = zero;
        FloatVector c2 = zero;
        FloatVector d2 = zero;
        FloatVector a3 = zero;
        FloatVector b3 = zero;
        FloatVector c3 = zero;
        FloatVector d3 = zero;
        FloatVector a4 = zero;
        FloatVector b4 = zero;
        FloatVector c4 = zero;
        FloatVector d4 = zero;
        FloatVector a5 = zero;
        FloatVector b5 = zero;
        FloatVector c5 = zero;
        FloatVector d5 = zero;
        int next = wBase;
        for (int i = firstStep; i < firstStep + count; i++) {
            int step = steps[i];
            FloatVector wa = FloatVector.fromArray(SPECIES, w, next);
            FloatVector wb = FloatVector.fromArray(SPECIES, w, next + LANES);
            FloatVector wc = FloatVector.fromArray(SPECIES, w, next + 2 * LANES);
            FloatVector wd = FloatVector.fromArray(SPECIES, w, next + 3 * LANES);
            next += CHANNELS;
            FloatVector value = FloatVector.broadcast(SPECIES, x[pixel0 + step]);
            a0 = wa.fma(value, a0);
            b0 = wb.fma(value, b0);
            c0 = wc.fma(value, c0);
            d0 = wd.fma(value, d0);
            value = FloatVector.broadcast(SPECIES, x[pixel1 + step]);
            a1 = wa.fma(value, a1);
            b1 = wb.fma(value, b1);
            c1 = wc.fma(value, c1);
            d1 = wd.fma(value, d1);
            value = FloatVector.broadcast(SPECIES, x[pixel2 + step]);
            a2 = wa.fma(value, a2);
            b2 = wb.fma(value, b2);
            c2 = wc.fma(value, c2);
            d2 = wd.fma(value, d2);
            value = FloatVector.broadcast(SPECIES, x[pixel3 + step]);
            a3 = wa.fma(value, a3);
            b3 = wb.fma(value, b3);
            c3 = wc.fma(value, c3);
            d3 = wd.fma(value, d3);
            value = FloatVector.broadcast(SPECIES, x[pixel4 + step]);
            a4 = wa.fma(value, a4);
            b4 = wb.fma(value, b4);
            c4 = wc.fma(value, c4);
            d4 = wd.fma(value, d4);
            value = FloatVector.broadcast(SPECIES, x[pixel5 + step]);
            a5 = wa.fma(value, a5);
            b5 = wb.fma(value, b5);
            c5 = wc.fma(value, c5);
            d5 = wd.fma(value, d5);
        }
        a0.add(FloatVector.fromArray(SPECIES, start, startBase)).intoArray(y, yBase);
        b0.add(FloatVector.fromArray(SPECIES, start, startBase + LANES)).intoArray(y, yBase + LANES);
        c0.add(FloatVector.fromArray(SPECIES, start, startBase + 2 * LANES)).intoArray(y, yBase + 2 * LANES);
        d0.add(FloatVector.fromArray(SPECIES, start, startBase + 3 * LANES)).intoArray(y, yBase + 3 * LANES);
        int s1 = startBase + startStride;
        int y1 = yBase + CHANNELS;
        a1.add(FloatVector.fromArray(SPECIES, start, s1)).intoArray(y, y1);
        b1.add(FloatVector.fromArray(SPECIES, start, s1 + LANES)).intoArray(y, y1 + LANES);
        c1.add(FloatVector.fromArray(SPECIES, start, s1 + 2 * LANES)).intoArray(y, y1 + 2 * LANES);
        d1.add(FloatVector.fromArray(SPECIES, start, s1 + 3 * LANES)).intoArray(y, y1 + 3 * LANES);
        int s2 = s1 + startStride;
        int y2 = y1 + CHANNELS;
        a2.add(FloatVector.fromArray(SPECIES, start, s2)).intoArray(y, y2);
        b2.add(FloatVector.fromArray(SPECIES, start, s2 + LANES)).intoArray(y, y2 + LANES);
        c2.add(FloatVector.fromArray(SPECIES, start, s2 + 2 * LANES)).intoArray(y, y2 + 2 * LANES);
        d2.add(FloatVector.fromArray(SPECIES, start, s2 + 3 * LANES)).intoArray(y, y2 + 3 * LANES);
        int s3 = s2 + startStride;
        int y3 = y2 + CHANNELS;
        a3.add(FloatVector.fromArray(SPECIES, start, s3)).intoArray(y, y3);
        b3.add(FloatVector.fromArray(SPECIES, start, s3 + LANES)).intoArray(y, y3 + LANES);
        c3.add(FloatVector.fromArray(SPECIES, start, s3 + 2 * LANES)).intoArray(y, y3 + 2 * LANES);
        d3.add(FloatVector.fromArray(SPECIES, start, s3 + 3 * LANES)).intoArray(y, y3 + 3 * LANES);
        int s4 = s3 + startStride;
        int y4 = y3 + CHANNELS;
        a4.add(FloatVector.fromArray(SPECIES, start, s4)).intoArray(y, y4);
        b4.add(FloatVector.fromArray(SPECIES, start, s4 + LANES)).intoArray(y, y4 + LANES);
        c4.add(FloatVector.fromArray(SPECIES, start, s4 + 2 * LANES)).intoArray(y, y4 + 2 * LANES);
        d4.add(FloatVector.fromArray(SPECIES, start, s4 + 3 * LANES)).intoArray(y, y4 + 3 * LANES);
        int s5 = s4 + startStride;
        int y5 = y4 + CHANNELS;
        a5.add(FloatVector.fromArray(SPECIES, start, s5)).intoArray(y, y5);
        b5.add(FloatVector.fromArray(SPECIES, start, s5 + LANES)).intoArray(y, y5 + LANES);
        c5.add(FloatVector.fromArray(SPECIES, start, s5 + 2 * LANES)).intoArray(y, y5 + 2 * LANES);
        d5.add(FloatVector.fromArray(SPECIES, start, s5 + 3 * LANES)).intoArray(y, y5 + 3 * LANES);
    }

    /** A tile of four pixels. */
    private static void four(
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
        int pixel1 = base + pixels[firstPixel + 1];
        int pixel2 = base + pixels[firstPixel + 2];
        int pixel3 = base + pixels[firstPixel + 3];
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector a0 = zero;
        FloatVector b0 = zero;
        FloatVector c0 = zero;
        FloatVector d0 = zero;
        FloatVector a1 = zero;
        FloatVector b1 = zero;
        FloatVector c1 = zero;
        FloatVector d1 = zero;
        FloatVector a2 = zero;
        FloatVector b2 = zero;
        FloatVector c2 = zero;
        FloatVector d2 = zero;
        FloatVector a3 = zero;
        FloatVector b3 = zero;
        FloatVector c3 = zero;
        FloatVector d3 = zero;
        int next = wBase;
        for (int i = firstStep; i < firstStep + count; i++) {
            int step = steps[i];
            FloatVector wa = FloatVector.fromArray(SPECIES, w, next);
            FloatVector wb = FloatVector.fromArray(SPECIES, w, next + LANES);
            FloatVector wc = FloatVector.fromArray(SPECIES, w, next + 2 * LANES);
            FloatVector wd = FloatVector.fromArray(SPECIES, w, next + 3 * LANES);
            next += CHANNELS;
            FloatVector value = FloatVector.broadcast(SPECIES, x[pixel0 + step]);
            a0 = wa.fma(value, a0);
            b0 = wb.fma(value, b0);
            c0 = wc.fma(value, c0);
            d0 = wd.fma(value, d0);
            value = FloatVector.broadcast(SPECIES, x[pixel1 + step]);
            a1 = wa.fma(value, a1);
            b1 = wb.fma(value, b1);
            c1 = wc.fma(value, c1);
            d1 = wd.fma(value, d1);
            value = FloatVector.broadcast(SPECIES, x[pixel2 + step]);
            a2 = wa.fma(value, a2);
            b2 = wb.fma(value, b2);
            c2 = wc.fma(value, c2);
            d2 = wd.fma(value, d2);
            value = FloatVector.broadcast(SPECIES, x[pixel3 + step]);
            a3 = wa.fma(value, a3);
            b3 = wb.fma(value, b3);
            c3 = wc.fma(value, c3);
            d3 = wd.fma(value, d3);
        }
        a0.add(FloatVector.fromArray(SPECIES, start, startBase)).intoArray(y, yBase);
        b0.add(FloatVector.fromArray(SPECIES, start, startBase + LANES)).intoArray(y, yBase + LANES);
        c0.add(FloatVector.fromArray(SPECIES, start, startBase + 2 * LANES)).intoArray(y, yBase + 2 * LANES);
        d0.add(FloatVector.fromArray(SPECIES, start, startBase + 3 * LANES)).intoArray(y, yBase + 3 * LANES);
        int s1 = startBase + startStride;
        int y1 = yBase + CHANNELS;
        a1.add(FloatVector.fromArray(SPECIES, start, s1)).intoArray(y, y1);
        b1.add(FloatVector.fromArray(SPECIES, start, s1 + LANES)).intoArray(y, y1 + LANES);
        c1.add(FloatVector.fromArray(SPECIES, start, s1 + 2 * LANES)).intoArray(y, y1 + 2 * LANES);
        d1.add(FloatVector.fromArray(SPECIES, start, s1 + 3 * LANES)).intoArray(y, y1 + 3 * LANES);
        int s2 = s1 + startStride;
        int y2 = y1 + CHANNELS;
        a2.add(FloatVector.fromArray(SPECIES, start, s2)).intoArray(y, y2);
        b2.add(FloatVector.fromArray(SPECIES, start, s2 + LANES)).intoArray(y, y2 + LANES);
        c2.add(FloatVector.fromArray(SPECIES, start, s2 + 2 * LANES)).intoArray(y, y2 + 2 * LANES);
        d2.add(FloatVector.fromArray(SPECIES, start, s2 + 3 * LANES)).intoArray(y, y2 + 3 * LANES);
        int s3 = s2 + startStride;
        int y3 = y2 + CHANNELS;
        a3.add(FloatVector.fromArray(SPECIES, start, s3)).intoArray(y, y3);
        b3.add(FloatVector.fromArray(SPECIES, start, s3 + LANES)).intoArray(y, y3 + LANES);
        c3.add(FloatVector.fromArray(SPECIES, start, s3 + 2 * LANES)).intoArray(y, y3 + 2 * LANES);
        d3.add(FloatVector.fromArray(SPECIES, start, s3 + 3 * LANES)).intoArray(y, y3 + 3 * LANES);
    }
}
