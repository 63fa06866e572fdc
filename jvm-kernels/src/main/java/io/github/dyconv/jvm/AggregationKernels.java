package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.VectorShape.SPECIES;

import jdk.incubator.vector.FloatVector;

/** Weighted sums of packed kernels, and sums of chains. */
final class AggregationKernels {
    /** Products summed in one chain of roundings at most, about; more would cost precision. */
    static final int CHAIN = 320;

    private AggregationKernels() {}

    /** {@code y[first + i] += sums[i]} for i below {@code length}. */
    static void add(Floats sums, Floats y, int first, int length) {
        add(sums.array(), sums.base(), y.array(), y.base() + first, length);
    }

    /** {@code y[to + i] += sums[base + i]} for i below {@code length}. */
    static void add(float[] sums, int base, float[] y, int to, int length) {
        int whole = SPECIES.loopBound(length);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector.fromArray(SPECIES, y, to + i)
                    .add(FloatVector.fromArray(SPECIES, sums, base + i))
                    .intoArray(y, to + i);
        }
        for (int i = whole; i < length; i++) {
            y[to + i] += sums[base + i];
        }
    }

    /**
     * {@code panel[i] = Σ_k attention[attentionBase + k] · bank[bankBase + k · bankStride + i]} for i below {@code length}.
     *
     * @param attention of all samples, {@code [N, K]}
     * @param attentionBase of the sample's row
     * @param kernels K
     * @param bank K panels
     * @param bankBase of the first panel
     * @param bankStride from one panel to the next
     * @param length how much of a panel
     * @param panel overwritten
     */
    static void aggregate(
            float[] attention,
            int attentionBase,
            int kernels,
            float[] bank,
            int bankBase,
            int bankStride,
            int length,
            Floats panel) {
        sum(
                attention,
                attentionBase,
                1,
                kernels,
                bank,
                bankBase,
                bankStride,
                length,
                false,
                panel.array(),
                panel.base());
    }

    /**
     * {@code y[to + i] = (add ? y[to + i] : 0) + Σ_j shares[shareBase + j · shareStride] · x[xBase + j · xStride + i]} for i below
     * {@code length}, in the order of j.
     */
    static void sum(
            float[] shares,
            int shareBase,
            int shareStride,
            int count,
            float[] x,
            int xBase,
            int xStride,
            int length,
            boolean add,
            float[] y,
            int to) {
        int j = 0;
        for (; j + 4 <= count; j += 4) {
            int share = shareBase + j * shareStride;
            addFour(shares, share, shareStride, x, xBase + j * xStride, xStride, length, y, to, add || j > 0);
        }
        for (; j < count; j++) {
            addOne(shares[shareBase + j * shareStride], x, xBase + j * xStride, length, y, to, add || j > 0);
        }
    }

    /** Four summands at a time, written out: a loop over them within the one over floats costs more than the sums. */
    private static void addFour(
            float[] shares,
            int shareBase,
            int shareStride,
            float[] x,
            int base0,
            int xStride,
            int length,
            float[] y,
            int to,
            boolean add) {
        float share0 = shares[shareBase];
        float share1 = shares[shareBase + shareStride];
        float share2 = shares[shareBase + 2 * shareStride];
        float share3 = shares[shareBase + 3 * shareStride];
        int base1 = base0 + xStride;
        int base2 = base1 + xStride;
        int base3 = base2 + xStride;
        FloatVector shares0 = FloatVector.broadcast(SPECIES, share0);
        FloatVector shares1 = FloatVector.broadcast(SPECIES, share1);
        FloatVector shares2 = FloatVector.broadcast(SPECIES, share2);
        FloatVector shares3 = FloatVector.broadcast(SPECIES, share3);
        int whole = SPECIES.loopBound(length);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector sum = add ? FloatVector.fromArray(SPECIES, y, to + i) : FloatVector.zero(SPECIES);
            sum = FloatVector.fromArray(SPECIES, x, base0 + i).fma(shares0, sum);
            sum = FloatVector.fromArray(SPECIES, x, base1 + i).fma(shares1, sum);
            sum = FloatVector.fromArray(SPECIES, x, base2 + i).fma(shares2, sum);
            sum = FloatVector.fromArray(SPECIES, x, base3 + i).fma(shares3, sum);
            sum.intoArray(y, to + i);
        }
        for (int i = whole; i < length; i++) {
            float sum = Math.fma(x[base0 + i], share0, add ? y[to + i] : 0);
            sum = Math.fma(x[base1 + i], share1, sum);
            sum = Math.fma(x[base2 + i], share2, sum);
            y[to + i] = Math.fma(x[base3 + i], share3, sum);
        }
    }

    private static void addOne(float share, float[] bank, int base, int length, float[] panel, int to, boolean add) {
        FloatVector shares = FloatVector.broadcast(SPECIES, share);
        int whole = SPECIES.loopBound(length);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector sum = add ? FloatVector.fromArray(SPECIES, panel, to + i) : FloatVector.zero(SPECIES);
            FloatVector.fromArray(SPECIES, bank, base + i).fma(shares, sum).intoArray(panel, to + i);
        }
        for (int i = whole; i < length; i++) {
            panel[to + i] = Math.fma(bank[base + i], share, add ? panel[to + i] : 0);
        }
    }
}
