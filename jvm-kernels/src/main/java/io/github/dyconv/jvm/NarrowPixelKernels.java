package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.VectorShape.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * {@link PixelKernels} for 16 vector registers: a tile is three output channels by three vectors of pixels, 9 accumulators. (C2 loads
 * weights ahead: with 12 accumulators it runs out of registers. Measured on AVX2, one thread, in parts of the FMA peak: 0.62;
 * 4 by 3 vectors 0.38; 6 by 2 0.42; 8 by 2, the tile for 32 registers, 0.32.)
 */
final class NarrowPixelKernels {
    /** Output channels of a tile. */
    static final int CHANNELS = 3;

    /** Pixels of a tile. */
    static final int PIXELS = 3 * LANES;

    private NarrowPixelKernels() {}

    /** {@link PixelKernels#run}. */
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
        FloatVector a0 = FloatVector.broadcast(SPECIES, start[0]);
        FloatVector a1 = FloatVector.broadcast(SPECIES, start[1]);
        FloatVector a2 = FloatVector.broadcast(SPECIES, start[2]);
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector b2 = a2;
        FloatVector c0 = a0;
        FloatVector c1 = a1;
        FloatVector c2 = a2;
        int next = wBase;
        for (int c = 0; c < planes; c++) {
            int plane = xBase + c * planeStride;
            for (int tap : taps) {
                int p = plane + tap;
                FloatVector xa = FloatVector.fromArray(SPECIES, x, p);
                FloatVector xb = FloatVector.fromArray(SPECIES, x, p + LANES);
                FloatVector xc = FloatVector.fromArray(SPECIES, x, p + 2 * LANES);
                FloatVector weight = FloatVector.broadcast(SPECIES, w[next]);
                a0 = xa.fma(weight, a0);
                b0 = xb.fma(weight, b0);
                c0 = xc.fma(weight, c0);
                weight = FloatVector.broadcast(SPECIES, w[next + 1]);
                a1 = xa.fma(weight, a1);
                b1 = xb.fma(weight, b1);
                c1 = xc.fma(weight, c1);
                weight = FloatVector.broadcast(SPECIES, w[next + 2]);
                a2 = xa.fma(weight, a2);
                b2 = xb.fma(weight, b2);
                c2 = xc.fma(weight, c2);
                next += CHANNELS;
            }
        }
        a0.intoArray(y, yBase);
        b0.intoArray(y, yBase + LANES);
        c0.intoArray(y, yBase + 2 * LANES);
        a1.intoArray(y, yBase + yStride);
        b1.intoArray(y, yBase + yStride + LANES);
        c1.intoArray(y, yBase + yStride + 2 * LANES);
        a2.intoArray(y, yBase + 2 * yStride);
        b2.intoArray(y, yBase + 2 * yStride + LANES);
        c2.intoArray(y, yBase + 2 * yStride + 2 * LANES);
    }
}
