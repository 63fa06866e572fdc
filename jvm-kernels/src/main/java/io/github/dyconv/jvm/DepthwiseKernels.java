package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.VectorShape.SPECIES;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * One output channel: vectors lie along a row, and no output channel shares what is loaded with another.
 *
 * <p>Ladder: {@link ReferenceConvolution} is the plain loop nest; {@link #taps} takes any kernel over a packed band of input
 * ({@link PackedInput}), in tiles of four rows by a vector, so that a weight loaded serves four vectors; {@link #threeByThree}
 * needs no packing, and keeps sums of three rows and all weights in registers ({@link DepthwisePlanes}).
 *
 * <p>Sums gather in the order of input channels and taps, with one rounding per multiply-add, whatever the vectors' width.
 */
final class DepthwiseKernels {
    /** Rows of a tile of {@link #taps}. */
    static final int TILE_ROWS = 4;

    /** Floats that a row's last vector may run over the row. */
    static final int OVERRUN = LANES;

    private DepthwiseKernels() {}

    /**
     * Any kernel: {@code sums[r · width + j] = start + Σ_{c < planes, t} x[base + c · planeStride + taps[t] + r · rowStride + j] ·
     * w[wBase + c · |taps| + t]} for r below {@code rows} and j below {@code width}.
     *
     * <p>Rows are written in order: where a row's last vector runs over into the next row, that row is written afterwards;
     * behind the last row, and below it up to a multiple of {@link #TILE_ROWS}, up to {@link #OVERRUN} more floats than needed
     * are read and written.
     */
    static void taps(
            Floats x,
            int base,
            int planeStride,
            int planes,
            int[] taps,
            int rowStride,
            Floats w,
            int wBase,
            float start,
            Floats sums,
            int rows,
            int width) {
        for (int r = 0; r < rows; r += TILE_ROWS) {
            for (int j = 0; j < width; j += LANES) {
                int column = Math.max(0, Math.min(j, width - LANES)); // the last vector ends with the row
                tile(
                        x.array(),
                        x.base() + base + r * rowStride + column,
                        planeStride,
                        planes,
                        taps,
                        rowStride,
                        w.array(),
                        w.base() + wBase,
                        start,
                        sums.array(),
                        sums.base() + r * width + column,
                        width);
            }
        }
    }

    private static void tile(
            float[] x,
            int base,
            int planeStride,
            int planes,
            int[] taps,
            int rowStride,
            float[] w,
            int wBase,
            float start,
            float[] sums,
            int to,
            int width) {
        FloatVector a0 = FloatVector.broadcast(SPECIES, start);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        int next = wBase;
        for (int c = 0; c < planes; c++) {
            int plane = base + c * planeStride;
            for (int tap : taps) {
                int p = plane + tap;
                FloatVector weight = FloatVector.broadcast(SPECIES, w[next++]);
                a0 = FloatVector.fromArray(SPECIES, x, p).fma(weight, a0);
                a1 = FloatVector.fromArray(SPECIES, x, p + rowStride).fma(weight, a1);
                a2 = FloatVector.fromArray(SPECIES, x, p + 2 * rowStride).fma(weight, a2);
                a3 = FloatVector.fromArray(SPECIES, x, p + 3 * rowStride).fma(weight, a3);
            }
        }
        a0.intoArray(sums, to);
        a1.intoArray(sums, to + width);
        a2.intoArray(sums, to + 2 * width);
        a3.intoArray(sums, to + 3 * width);
    }

    /**
     * Three by three at stride 1: a vector of columns down the rows of one plane.
     *
     * <p>Each row's three loads serve three outputs. Columns left and right of the picture are masked by blending: a masked
     * load would be compiled twice, within bounds and beyond them, which is more than C2 takes in one method.
     *
     * @param x the input's memory
     * @param at of the first tap's vector in the first input row, in bytes
     * @param rowBytes from one input row to the next
     * @param above whether the kernel's first row, in the first output row, lies above the picture: it is passed over
     * @param below whether its last row, in the last output row, lies below the picture: it is passed over
     * @param leftLanes which lanes of the first tap's vectors lie inside the picture, a bit for each
     * @param rightLanes and of the last tap's
     * @param w weights
     * @param wBase of the nine
     * @param start what each sum begins with
     * @param y the output's memory
     * @param to of the first output row's vector, in bytes
     * @param outRowBytes from one output row to the next
     * @param rows output rows
     */
    static void threeByThree(
            MemorySegment x,
            long at,
            long rowBytes,
            boolean above,
            boolean below,
            long leftLanes,
            long rightLanes,
            float[] w,
            int wBase,
            float start,
            MemorySegment y,
            long to,
            long outRowBytes,
            int rows) {
        VectorMask<Float> insideLeft = VectorMask.fromLong(SPECIES, leftLanes);
        VectorMask<Float> insideRight = VectorMask.fromLong(SPECIES, rightLanes);
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector w00 = FloatVector.broadcast(SPECIES, w[wBase]);
        FloatVector w01 = FloatVector.broadcast(SPECIES, w[wBase + 1]);
        FloatVector w02 = FloatVector.broadcast(SPECIES, w[wBase + 2]);
        FloatVector w10 = FloatVector.broadcast(SPECIES, w[wBase + 3]);
        FloatVector w11 = FloatVector.broadcast(SPECIES, w[wBase + 4]);
        FloatVector w12 = FloatVector.broadcast(SPECIES, w[wBase + 5]);
        FloatVector w20 = FloatVector.broadcast(SPECIES, w[wBase + 6]);
        FloatVector w21 = FloatVector.broadcast(SPECIES, w[wBase + 7]);
        FloatVector w22 = FloatVector.broadcast(SPECIES, w[wBase + 8]);
        FloatVector zeroth = FloatVector.broadcast(SPECIES, start);
        FloatVector first = zeroth; // the sum of the output row two below, with the kernel's first row
        FloatVector second = zeroth; // of the one below, with its first two
        long p = at;
        long q = to;
        int end = below ? rows - 1 : rows;
        for (int r = above ? -1 : -2; r < end; r++) {
            FloatVector left = zero.blend(load(x, p), insideLeft);
            FloatVector middle = load(x, p + Float.BYTES);
            FloatVector right = zero.blend(load(x, p + 2 * Float.BYTES), insideRight);
            if (r >= 0) {
                right.fma(w22, middle.fma(w21, left.fma(w20, second))).intoMemorySegment(y, q, ByteOrder.nativeOrder());
                q += outRowBytes;
            }
            second = right.fma(w12, middle.fma(w11, left.fma(w10, first)));
            first = right.fma(w02, middle.fma(w01, left.fma(w00, zeroth)));
            p += rowBytes;
        }
        if (below) {
            second.intoMemorySegment(y, q, ByteOrder.nativeOrder());
        }
    }

    private static FloatVector load(MemorySegment x, long offset) {
        return FloatVector.fromMemorySegment(SPECIES, x, offset, ByteOrder.nativeOrder());
    }
}
