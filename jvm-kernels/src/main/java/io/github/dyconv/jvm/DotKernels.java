package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.VectorShape.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * Scalar products of rows, with lanes along them: {@code sums[i, j, lane] += Σ a[i, lane + p] · b[j, lane + p]}. The lanes are
 * added up at the end of a chain only, by {@link #addTotals}.
 *
 * <p>A tile is four rows of a by four of b, so that 8 loads serve 16 multiply-adds; where a has one row, as a depthwise
 * convolution has one output channel, it is one by four. (As large as C2 will keep in registers: see {@link PixelKernels}.)
 */
final class DotKernels {
    /** Rows of a tile. */
    static final int ROWS = 4;

    private DotKernels() {}

    /**
     * One row by four.
     *
     * @param a rows
     * @param aBase of the row
     * @param b rows
     * @param b0 of the first of four rows
     * @param b1 of the second
     * @param b2 of the third
     * @param b3 of the fourth
     * @param length of the rows, a multiple of the lanes
     * @param sums added to
     * @param base of the first row's sums, a vector; the others follow
     */
    static void oneByFour(
            float[] a, int aBase, float[] b, int b0, int b1, int b2, int b3, int length, float[] sums, int base) {
        FloatVector s0 = FloatVector.fromArray(SPECIES, sums, base);
        FloatVector s1 = FloatVector.fromArray(SPECIES, sums, base + LANES);
        FloatVector s2 = FloatVector.fromArray(SPECIES, sums, base + 2 * LANES);
        FloatVector s3 = FloatVector.fromArray(SPECIES, sums, base + 3 * LANES);
        for (int p = 0; p < length; p += LANES) {
            FloatVector value = FloatVector.fromArray(SPECIES, a, aBase + p);
            s0 = FloatVector.fromArray(SPECIES, b, b0 + p).fma(value, s0);
            s1 = FloatVector.fromArray(SPECIES, b, b1 + p).fma(value, s1);
            s2 = FloatVector.fromArray(SPECIES, b, b2 + p).fma(value, s2);
            s3 = FloatVector.fromArray(SPECIES, b, b3 + p).fma(value, s3);
        }
        s0.intoArray(sums, base);
        s1.intoArray(sums, base + LANES);
        s2.intoArray(sums, base + 2 * LANES);
        s3.intoArray(sums, base + 3 * LANES);
    }

    /**
     * Four rows by four.
     *
     * @param a rows
     * @param aBase of the first of four rows
     * @param aStride from one to the next
     * @param b rows
     * @param b0 of the first of four rows
     * @param b1 of the second
     * @param b2 of the third
     * @param b3 of the fourth
     * @param length of the rows, a multiple of the lanes
     * @param sums added to
     * @param base of the sums of the first rows, a vector; those of the other rows of b follow
     * @param stride from the sums of one row of a to those of the next
     */
    static void fourByFour(
            float[] a,
            int aBase,
            int aStride,
            float[] b,
            int b0,
            int b1,
            int b2,
            int b3,
            int length,
            float[] sums,
            int base,
            int stride) {
        int base1 = base + stride;
        int base2 = base1 + stride;
        int base3 = base2 + stride;
        FloatVector s00 = FloatVector.fromArray(SPECIES, sums, base);
        FloatVector s01 = FloatVector.fromArray(SPECIES, sums, base + LANES);
        FloatVector s02 = FloatVector.fromArray(SPECIES, sums, base + 2 * LANES);
        FloatVector s03 = FloatVector.fromArray(SPECIES, sums, base + 3 * LANES);
        FloatVector s10 = FloatVector.fromArray(SPECIES, sums, base1);
        FloatVector s11 = FloatVector.fromArray(SPECIES, sums, base1 + LANES);
        FloatVector s12 = FloatVector.fromArray(SPECIES, sums, base1 + 2 * LANES);
        FloatVector s13 = FloatVector.fromArray(SPECIES, sums, base1 + 3 * LANES);
        FloatVector s20 = FloatVector.fromArray(SPECIES, sums, base2);
        FloatVector s21 = FloatVector.fromArray(SPECIES, sums, base2 + LANES);
        FloatVector s22 = FloatVector.fromArray(SPECIES, sums, base2 + 2 * LANES);
        FloatVector s23 = FloatVector.fromArray(SPECIES, sums, base2 + 3 * LANES);
        FloatVector s30 = FloatVector.fromArray(SPECIES, sums, base3);
        FloatVector s31 = FloatVector.fromArray(SPECIES, sums, base3 + LANES);
        FloatVector s32 = FloatVector.fromArray(SPECIES, sums, base3 + 2 * LANES);
        FloatVector s33 = FloatVector.fromArray(SPECIES, sums, base3 + 3 * LANES);
        int a1 = aBase + aStride;
        int a2 = a1 + aStride;
        int a3 = a2 + aStride;
        for (int p = 0; p < length; p += LANES) {
            FloatVector x0 = FloatVector.fromArray(SPECIES, b, b0 + p);
            FloatVector x1 = FloatVector.fromArray(SPECIES, b, b1 + p);
            FloatVector x2 = FloatVector.fromArray(SPECIES, b, b2 + p);
            FloatVector x3 = FloatVector.fromArray(SPECIES, b, b3 + p);
            FloatVector value = FloatVector.fromArray(SPECIES, a, aBase + p);
            s00 = x0.fma(value, s00);
            s01 = x1.fma(value, s01);
            s02 = x2.fma(value, s02);
            s03 = x3.fma(value, s03);
            value = FloatVector.fromArray(SPECIES, a, a1 + p);
            s10 = x0.fma(value, s10);
            s11 = x1.fma(value, s11);
            s12 = x2.fma(value, s12);
            s13 = x3.fma(value, s13);
            value = FloatVector.fromArray(SPECIES, a, a2 + p);
            s20 = x0.fma(value, s20);
            s21 = x1.fma(value, s21);
            s22 = x2.fma(value, s22);
            s23 = x3.fma(value, s23);
            value = FloatVector.fromArray(SPECIES, a, a3 + p);
            s30 = x0.fma(value, s30);
            s31 = x1.fma(value, s31);
            s32 = x2.fma(value, s32);
            s33 = x3.fma(value, s33);
        }
        s00.intoArray(sums, base);
        s01.intoArray(sums, base + LANES);
        s02.intoArray(sums, base + 2 * LANES);
        s03.intoArray(sums, base + 3 * LANES);
        s10.intoArray(sums, base1);
        s11.intoArray(sums, base1 + LANES);
        s12.intoArray(sums, base1 + 2 * LANES);
        s13.intoArray(sums, base1 + 3 * LANES);
        s20.intoArray(sums, base2);
        s21.intoArray(sums, base2 + LANES);
        s22.intoArray(sums, base2 + 2 * LANES);
        s23.intoArray(sums, base2 + 3 * LANES);
        s30.intoArray(sums, base3);
        s31.intoArray(sums, base3 + LANES);
        s32.intoArray(sums, base3 + 2 * LANES);
        s33.intoArray(sums, base3 + 3 * LANES);
    }

    /** {@code totals[to + i] += Σ_lane sums[base + i · LANES + lane]} for i below {@code count}. */
    static void addTotals(float[] sums, int base, int count, float[] totals, int to) {
        for (int i = 0; i < count; i++) {
            totals[to + i] += total(sums, base + i * LANES);
        }
    }

    /**
     * {@code Σ_lane sums[base + lane]}, always in the same order, of which {@code reduceLanes} promises none: one half of the lanes
     * to the other, as long as there are two.
     */
    static float total(float[] sums, int base) {
        FloatVector lanes = FloatVector.fromArray(SPECIES, sums, base);
        if (LANES == 16) {
            lanes = lanes.add(lanes.rearrange(Transposition.SWAP_8));
        }
        if (LANES >= 8) {
            lanes = lanes.add(lanes.rearrange(Transposition.SWAP_4));
        }
        if (LANES >= 4) {
            lanes = lanes.add(lanes.rearrange(Transposition.SWAP_2));
        }
        return lanes.lane(0) + lanes.lane(1);
    }
}
