package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.VectorShape.SPECIES;

import jdk.incubator.vector.FloatVector;

/** One sample's filter gradient, reduced into those of the K kernels and of the attention: aggregation the other way round. */
final class ReductionKernels {
    private ReductionKernels() {}

    /**
     * {@code gradient[k, i] += attention[k] · sums[i]} and {@code dots[k] = Σ_i sums[i] · bank[k, i]}, for i from {@code begin}
     * to below {@code end}.
     *
     * @param sums a block of a sample's gradient
     * @param begin the first of its floats to reduce
     * @param end behind the last
     * @param attention of all samples
     * @param attentionBase of the sample's row
     * @param kernels K
     * @param bank the same block of every kernel
     * @param gradient the same of every kernel's gradient, {@code [K, gradientStride]}
     * @param gradientStride from one kernel's to the next's
     * @param dots overwritten from {@code dotBase} on
     * @param dotBase of the first kernel's
     * @param scratch at least a vector's lanes, overwritten
     */
    static void reduce(
            Floats sums,
            int begin,
            int end,
            float[] attention,
            int attentionBase,
            int kernels,
            BlockLayout.Bank bank,
            Floats gradient,
            int gradientStride,
            double[] dots,
            int dotBase,
            float[] scratch) {
        int k = 0;
        for (; k + 2 <= kernels; k += 2) {
            two(
                    sums.array(),
                    sums.base() + begin,
                    sums.base() + end,
                    attention[attentionBase + k],
                    attention[attentionBase + k + 1],
                    bank.floats().array(),
                    bank.floats().base() + k * bank.stride() - sums.base(),
                    bank.stride(),
                    gradient.array(),
                    gradient.base() + k * gradientStride - sums.base(),
                    gradientStride,
                    dots,
                    dotBase + k,
                    scratch);
        }
        if (k < kernels) {
            one(
                    sums.array(),
                    sums.base() + begin,
                    sums.base() + end,
                    attention[attentionBase + k],
                    bank.floats().array(),
                    bank.floats().base() + k * bank.stride() - sums.base(),
                    gradient.array(),
                    gradient.base() + k * gradientStride - sums.base(),
                    dots,
                    dotBase + k,
                    scratch);
        }
    }

    private static void two(
            float[] sums,
            int begin,
            int end,
            float share0,
            float share1,
            float[] bank,
            int bank0,
            int bankStride,
            float[] gradient,
            int base0,
            int gradientStride,
            double[] dots,
            int dotBase,
            float[] scratch) {
        int bank1 = bank0 + bankStride;
        int base1 = base0 + gradientStride;
        FloatVector shares0 = FloatVector.broadcast(SPECIES, share0);
        FloatVector shares1 = FloatVector.broadcast(SPECIES, share1);
        FloatVector even0 = FloatVector.zero(SPECIES);
        FloatVector even1 = even0;
        FloatVector odd0 = even0;
        FloatVector odd1 = even0;
        int i = begin;
        for (; i + 2 * LANES <= end; i += 2 * LANES) {
            int j = i + LANES;
            FloatVector a = FloatVector.fromArray(SPECIES, sums, i);
            FloatVector b = FloatVector.fromArray(SPECIES, sums, j);
            even0 = FloatVector.fromArray(SPECIES, bank, bank0 + i).fma(a, even0);
            odd0 = FloatVector.fromArray(SPECIES, bank, bank0 + j).fma(b, odd0);
            even1 = FloatVector.fromArray(SPECIES, bank, bank1 + i).fma(a, even1);
            odd1 = FloatVector.fromArray(SPECIES, bank, bank1 + j).fma(b, odd1);
            a.fma(shares0, FloatVector.fromArray(SPECIES, gradient, base0 + i)).intoArray(gradient, base0 + i);
            b.fma(shares0, FloatVector.fromArray(SPECIES, gradient, base0 + j)).intoArray(gradient, base0 + j);
            a.fma(shares1, FloatVector.fromArray(SPECIES, gradient, base1 + i)).intoArray(gradient, base1 + i);
            b.fma(shares1, FloatVector.fromArray(SPECIES, gradient, base1 + j)).intoArray(gradient, base1 + j);
        }
        dots[dotBase] = total(even0.add(odd0), scratch);
        dots[dotBase + 1] = total(even1.add(odd1), scratch);
        for (; i < end; i++) {
            dots[dotBase] += (double) sums[i] * bank[bank0 + i];
            dots[dotBase + 1] += (double) sums[i] * bank[bank1 + i];
            gradient[base0 + i] = Math.fma(sums[i], share0, gradient[base0 + i]);
            gradient[base1 + i] = Math.fma(sums[i], share1, gradient[base1 + i]);
        }
    }

    private static void one(
            float[] sums,
            int begin,
            int end,
            float share,
            float[] bank,
            int bankBase,
            float[] gradient,
            int base,
            double[] dots,
            int dot,
            float[] scratch) {
        FloatVector shares = FloatVector.broadcast(SPECIES, share);
        FloatVector sum = FloatVector.zero(SPECIES);
        int i = begin;
        for (; i + LANES <= end; i += LANES) {
            FloatVector a = FloatVector.fromArray(SPECIES, sums, i);
            sum = FloatVector.fromArray(SPECIES, bank, bankBase + i).fma(a, sum);
            a.fma(shares, FloatVector.fromArray(SPECIES, gradient, base + i)).intoArray(gradient, base + i);
        }
        dots[dot] = total(sum, scratch);
        for (; i < end; i++) {
            dots[dot] += (double) sums[i] * bank[bankBase + i];
            gradient[base + i] = Math.fma(sums[i], share, gradient[base + i]);
        }
    }

    /** In the lanes' order: {@code reduceLanes} promises none. */
    private static double total(FloatVector lanes, float[] scratch) {
        lanes.intoArray(scratch, 0);
        double total = 0;
        for (int i = 0; i < LANES; i++) {
            total += scratch[i];
        }
        return total;
    }
}
