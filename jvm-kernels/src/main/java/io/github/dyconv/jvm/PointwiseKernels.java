package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.VectorShape.SPECIES;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/**
 * One tile of a pointwise convolution, a matrix product, straight on the tensor's memory.
 *
 * <p>Ladder: {@link ReferenceConvolution}; {@link PixelKernels}, the same tile on packed input, whose packing costs as
 * much as half of the products; {@link #tile}, which leaves the input where it is.
 */
final class PointwiseKernels {
    /** Output channels of a tile. */
    static final int CHANNELS = PixelKernels.CHANNELS;

    /** Pixels of a tile. */
    static final int PIXELS = PixelKernels.PIXELS;

    private PointwiseKernels() {}

    /**
     * {@code y[yBase + r · yStride + p] = start[startBase + r] + Σ_{c < planes} x[c · planeStride + p] · w[wBase + c · CHANNELS + r]}
     * for all r below {@link #CHANNELS} and p below {@link #PIXELS}, x being counted from {@code xOffset}; in the order of c with one
     * rounding per multiply-add.
     *
     * @param x the input's memory
     * @param xOffset of the tile's first pixel in the first plane, in bytes
     * @param planeStride from one input channel to the next, in bytes
     * @param planes input channels to sum
     * @param w panels of weights, as {@link PackedBank} has them
     * @param wBase of the panel's first plane
     * @param start what each output channel's sum begins with
     * @param startBase of the panel
     * @param y overwritten
     * @param yBase of the tile's first pixel
     * @param yStride from one output channel to the next
     */
    static void tile(
            MemorySegment x,
            long xOffset,
            long planeStride,
            int planes,
            float[] w,
            int wBase,
            float[] start,
            int startBase,
            float[] y,
            int yBase,
            int yStride) {
        if (VectorShape.MANY_REGISTERS) {
            wide(x, xOffset, planeStride, planes, w, wBase, start, startBase, y, yBase, yStride);
        } else {
            narrow(x, xOffset, planeStride, planes, w, wBase, start, startBase, y, yBase, yStride);
        }
    }

    /** {@link WidePixelKernels}'s tile. */
    private static void wide(
            MemorySegment x,
            long xOffset,
            long planeStride,
            int planes,
            float[] w,
            int wBase,
            float[] start,
            int startBase,
            float[] y,
            int yBase,
            int yStride) {
        FloatVector a0 = FloatVector.broadcast(SPECIES, start[startBase]);
        FloatVector a1 = FloatVector.broadcast(SPECIES, start[startBase + 1]);
        FloatVector a2 = FloatVector.broadcast(SPECIES, start[startBase + 2]);
        FloatVector a3 = FloatVector.broadcast(SPECIES, start[startBase + 3]);
        FloatVector a4 = FloatVector.broadcast(SPECIES, start[startBase + 4]);
        FloatVector a5 = FloatVector.broadcast(SPECIES, start[startBase + 5]);
        FloatVector a6 = FloatVector.broadcast(SPECIES, start[startBase + 6]);
        FloatVector a7 = FloatVector.broadcast(SPECIES, start[startBase + 7]);
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector b2 = a2;
        FloatVector b3 = a3;
        FloatVector b4 = a4;
        FloatVector b5 = a5;
        FloatVector b6 = a6;
        FloatVector b7 = a7;
        long at = xOffset;
        int next = wBase;
        for (int c = 0; c < planes; c++) {
            FloatVector xa = FloatVector.fromMemorySegment(SPECIES, x, at, ByteOrder.nativeOrder());
            FloatVector xb =
                    FloatVector.fromMemorySegment(SPECIES, x, at + SPECIES.vectorByteSize(), ByteOrder.nativeOrder());
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
            at += planeStride;
            next += CHANNELS;
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

    /** {@link NarrowPixelKernels}'s tile. */
    private static void narrow(
            MemorySegment x,
            long xOffset,
            long planeStride,
            int planes,
            float[] w,
            int wBase,
            float[] start,
            int startBase,
            float[] y,
            int yBase,
            int yStride) {
        FloatVector a0 = FloatVector.broadcast(SPECIES, start[startBase]);
        FloatVector a1 = FloatVector.broadcast(SPECIES, start[startBase + 1]);
        FloatVector a2 = FloatVector.broadcast(SPECIES, start[startBase + 2]);
        FloatVector b0 = a0;
        FloatVector b1 = a1;
        FloatVector b2 = a2;
        FloatVector c0 = a0;
        FloatVector c1 = a1;
        FloatVector c2 = a2;
        long at = xOffset;
        int next = wBase;
        for (int c = 0; c < planes; c++) {
            FloatVector xa = FloatVector.fromMemorySegment(SPECIES, x, at, ByteOrder.nativeOrder());
            FloatVector xb =
                    FloatVector.fromMemorySegment(SPECIES, x, at + SPECIES.vectorByteSize(), ByteOrder.nativeOrder());
            FloatVector xc = FloatVector.fromMemorySegment(
                    SPECIES, x, at + 2L * SPECIES.vectorByteSize(), ByteOrder.nativeOrder());
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
            at += planeStride;
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
