package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.VectorShape.SPECIES;

import jdk.incubator.vector.FloatVector;

/** {@link PixelKernels} for 32 vector registers: a tile is 8 output channels by two vectors of pixels, 16 accumulators. */
final class WidePixelKernels {
    /** Output channels of a tile. */
    static final int CHANNELS = 8;

    /** Pixels of a tile. */
    static final int PIXELS = 2 * LANES;

    private WidePixelKernels() {}

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
        FloatVector a3 = FloatVector.broadcast(SPECIES, start[3]);
        FloatVector a4 = FloatVector.broadcast(SPECIES, start[4]);
        FloatVector a5 = FloatVector.broadcast(SPECIES, start[5]);
        FloatVector a6 = FloatVector.broadcast(SPECIES, start[6]);
        FloatVector a7 = FloatVector.broadcast(SPECIES, start[7]);
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector b2 = a2;
        FloatVector b3 = a3;
        FloatVector b4 = a4;
        FloatVector b5 = a5;
        FloatVector b6 = a6;
        FloatVector b7 = a7;
        int next = wBase;
        for (int c = 0; c < planes; c++) {
            int plane = xBase + c * planeStride;
            for (int tap : taps) {
                int p = plane + tap;
                FloatVector xa = FloatVector.fromArray(SPECIES, x, p);
                FloatVector xb = FloatVector.fromArray(SPECIES, x, p + LANES);
                FloatVector weight = FloatVector.broadcast(SPECIES, w[next]);
                a0 = xa.fma(weight, a0);
                b0 = xb.fma(weight, b0);
                weight = FloatVector.broadcast(SPECIES, w[next + 1]);
                a1 = xa.fma(weight, a1);
                b1 = xb.fma(weight, b1);
                weight = FloatVector.broadcast(SPECIES, w[next + 2]);
                a2 = xa.fma(weight, a2);
                b2 = xb.fma(weight, b2);
                weight = FloatVector.broadcast(SPECIES, w[next + 3]);
                a3 = xa.fma(weight, a3);
                b3 = xb.fma(weight, b3);
                weight = FloatVector.broadcast(SPECIES, w[next + 4]);
                a4 = xa.fma(weight, a4);
                b4 = xb.fma(weight, b4);
                weight = FloatVector.broadcast(SPECIES, w[next + 5]);
                a5 = xa.fma(weight, a5);
                b5 = xb.fma(weight, b5);
                weight = FloatVector.broadcast(SPECIES, w[next + 6]);
                a6 = xa.fma(weight, a6);
                b6 = xb.fma(weight, b6);
                weight = FloatVector.broadcast(SPECIES, w[next + 7]);
                a7 = xa.fma(weight, a7);
                b7 = xb.fma(weight, b7);
                next += 8;
            }
        }
        a0.intoArray(y, yBase);
        b0.intoArray(y, yBase + LANES);
        a1.intoArray(y, yBase + yStride);
        b1.intoArray(y, yBase + yStride + LANES);
        a2.intoArray(y, yBase + 2 * yStride);
        b2.intoArray(y, yBase + 2 * yStride + LANES);
        a3.intoArray(y, yBase + 3 * yStride);
        b3.intoArray(y, yBase + 3 * yStride + LANES);
        a4.intoArray(y, yBase + 4 * yStride);
        b4.intoArray(y, yBase + 4 * yStride + LANES);
        a5.intoArray(y, yBase + 5 * yStride);
        b5.intoArray(y, yBase + 5 * yStride + LANES);
        a6.intoArray(y, yBase + 6 * yStride);
        b6.intoArray(y, yBase + 6 * yStride + LANES);
        a7.intoArray(y, yBase + 7 * yStride);
        b7.intoArray(y, yBase + 7 * yStride + LANES);
    }
}
