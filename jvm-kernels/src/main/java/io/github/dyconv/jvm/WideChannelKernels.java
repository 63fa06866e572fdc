package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.ChannelKernels.CHANNELS;
import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.VectorShape.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * {@link ChannelKernels} for 32 vector registers: a tile is four vectors of channels by four pixels, 16 accumulators: 8 loads serve
 * 16 multiply-adds.
 */
final class WideChannelKernels {
    /** Pixels of a tile. */
    static final int PIXELS = 4;

    private WideChannelKernels() {}

    /** {@link ChannelKernels#run}. */
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
        int pixel0 = base + pixels[firstPixel];
        int pixel1 = base + pixels[firstPixel + 1];
        int pixel2 = base + pixels[firstPixel + 2];
        int pixel3 = base + pixels[firstPixel + 3];
        int s1 = startBase + startStride;
        int s2 = s1 + startStride;
        int s3 = s2 + startStride;
        FloatVector a0 = FloatVector.fromArray(SPECIES, start, startBase);
        FloatVector b0 = FloatVector.fromArray(SPECIES, start, startBase + LANES);
        FloatVector c0 = FloatVector.fromArray(SPECIES, start, startBase + 2 * LANES);
        FloatVector d0 = FloatVector.fromArray(SPECIES, start, startBase + 3 * LANES);
        FloatVector a1 = FloatVector.fromArray(SPECIES, start, s1);
        FloatVector b1 = FloatVector.fromArray(SPECIES, start, s1 + LANES);
        FloatVector c1 = FloatVector.fromArray(SPECIES, start, s1 + 2 * LANES);
        FloatVector d1 = FloatVector.fromArray(SPECIES, start, s1 + 3 * LANES);
        FloatVector a2 = FloatVector.fromArray(SPECIES, start, s2);
        FloatVector b2 = FloatVector.fromArray(SPECIES, start, s2 + LANES);
        FloatVector c2 = FloatVector.fromArray(SPECIES, start, s2 + 2 * LANES);
        FloatVector d2 = FloatVector.fromArray(SPECIES, start, s2 + 3 * LANES);
        FloatVector a3 = FloatVector.fromArray(SPECIES, start, s3);
        FloatVector b3 = FloatVector.fromArray(SPECIES, start, s3 + LANES);
        FloatVector c3 = FloatVector.fromArray(SPECIES, start, s3 + 2 * LANES);
        FloatVector d3 = FloatVector.fromArray(SPECIES, start, s3 + 3 * LANES);
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
        a0.intoArray(y, yBase);
        b0.intoArray(y, yBase + LANES);
        c0.intoArray(y, yBase + 2 * LANES);
        d0.intoArray(y, yBase + 3 * LANES);
        int y1 = yBase + CHANNELS;
        a1.intoArray(y, y1);
        b1.intoArray(y, y1 + LANES);
        c1.intoArray(y, y1 + 2 * LANES);
        d1.intoArray(y, y1 + 3 * LANES);
        int y2 = y1 + CHANNELS;
        a2.intoArray(y, y2);
        b2.intoArray(y, y2 + LANES);
        c2.intoArray(y, y2 + 2 * LANES);
        d2.intoArray(y, y2 + 3 * LANES);
        int y3 = y2 + CHANNELS;
        a3.intoArray(y, y3);
        b3.intoArray(y, y3 + LANES);
        c3.intoArray(y, y3 + 2 * LANES);
        d3.intoArray(y, y3 + 3 * LANES);
    }
}
