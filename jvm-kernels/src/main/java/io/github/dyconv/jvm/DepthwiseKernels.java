package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.VectorShape.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * One output channel over a packed band of input ({@link PackedInput}): vectors lie along a row, and no output channel
 * shares what is loaded with another.
 *
 * <p>Ladder: {@link ReferenceConvolution} is the plain loop nest; {@link #taps} takes any kernel, in tiles of four rows by
 * a vector, so that a weight loaded serves four vectors; {@link #threeByThree} walks down the rows with nine weights in
 * registers, where each of a row's three loads serves three outputs.
 *
 * <p>Both compute {@code sums[r · width + j] = start + Σ_{c < planes, t} x[base + c · planeStride + taps[t] + r · rowStride + j] ·
 * w[wBase + c · |taps| + t]} for r below {@code rows} and j below {@code width}, in the order of c and t with one rounding
 * per multiply-add, whatever the vectors' width. Rows are written in order: where a row's last vector runs over into the
 * next row, that row is written afterwards; behind the last row, and below it up to a multiple of {@link #TILE_ROWS}, up to
 * {@link #OVERRUN} more floats than needed are read and written.
 */
final class DepthwiseKernels {
    /** Rows of a tile of {@link #taps}. */
    static final int TILE_ROWS = 4;

    /** Floats that a row's last vector may run over the row. */
    static final int OVERRUN = LANES;

    private DepthwiseKernels() {}

    /** Any kernel. */
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
     * One plane, and a kernel of three by three whose rows lie next to each other: tap (kh, kw) at {@code kh · rowStride + kw
     * · step}.
     */
    static void threeByThree(
            Floats x, int step, int rowStride, Floats w, int wBase, float start, Floats sums, int rows, int width) {
        for (int j = 0; j < width; j += LANES) {
            int column = Math.max(0, Math.min(j, width - LANES)); // the last vector ends with the row
            column(
                    x.array(),
                    x.base() + column,
                    step,
                    rowStride,
                    w.array(),
                    w.base() + wBase,
                    start,
                    sums.array(),
                    sums.base() + column,
                    rows,
                    width);
        }
    }

    private static void column(
            float[] x,
            int from,
            int step,
            int rowStride,
            float[] w,
            int wBase,
            float start,
            float[] sums,
            int to,
            int rows,
            int width) {
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
        int p = from;
        FloatVector left = FloatVector.fromArray(SPECIES, x, p);
        FloatVector middle = FloatVector.fromArray(SPECIES, x, p + step);
        FloatVector right = FloatVector.fromArray(SPECIES, x, p + 2 * step);
        // Sums that lack the kernel's last row, and its last two.
        FloatVector first = right.fma(w02, middle.fma(w01, left.fma(w00, zeroth)));
        p += rowStride;
        left = FloatVector.fromArray(SPECIES, x, p);
        middle = FloatVector.fromArray(SPECIES, x, p + step);
        right = FloatVector.fromArray(SPECIES, x, p + 2 * step);
        FloatVector second = right.fma(w12, middle.fma(w11, left.fma(w10, first)));
        first = right.fma(w02, middle.fma(w01, left.fma(w00, zeroth)));
        int at = to;
        for (int r = 0; r < rows; r++) {
            p += rowStride;
            left = FloatVector.fromArray(SPECIES, x, p);
            middle = FloatVector.fromArray(SPECIES, x, p + step);
            right = FloatVector.fromArray(SPECIES, x, p + 2 * step);
            right.fma(w22, middle.fma(w21, left.fma(w20, second))).intoArray(sums, at);
            second = right.fma(w12, middle.fma(w11, left.fma(w10, first)));
            first = right.fma(w02, middle.fma(w01, left.fma(w00, zeroth)));
            at += width;
        }
    }
}
