package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;

/**
 * The weighted sum of the K kernels, or of their biases, for each sample: a matrix product of {@code [N, K]} with a bank.
 *
 * <p>The bank is much larger than the attention, so a work-item reads its K weights once for up to {@value
 * AggregationShape#MOST_SAMPLES} samples. Their sums are variables, not an array, which TornadoVM would keep in memory.
 */
public final class AggregationKernels {
    private AggregationKernels() {}

    /**
     * {@code aggregated[n, i] = Σ_k attention[n, k] · bank[k, i]}.
     *
     * <p>attention: {@code [N, K]}, bank: {@code [K, length]}, aggregated: {@code [N, length]}.
     *
     * <p>One work-item computes one element of each sample of a block; neighbours read and write neighbouring addresses.
     *
     * <p>Launch: length x blocks. For all devices.
     *
     * @param attention weights of the sum
     * @param bank K kernels, or K biases
     * @param aggregated overwritten
     * @param a all sizes
     */
    public static void aggregate(FloatArray attention, FloatArray bank, FloatArray aggregated, AggregationShape a) {
        for (@Parallel int block = 0; block < a.blocks(); block++) {
            for (@Parallel int i = 0; i < a.length(); i++) {
                int n = block * a.samplesPerBlock();
                float sum0 = 0.0f;
                float sum1 = 0.0f;
                float sum2 = 0.0f;
                float sum3 = 0.0f;
                float sum4 = 0.0f;
                float sum5 = 0.0f;
                float sum6 = 0.0f;
                float sum7 = 0.0f;
                for (int k = 0; k < a.kernels(); k++) {
                    float weight = bank.get(k * a.length() + i);
                    sum0 = add(sum0, attention, weight, n, 0, k, a);
                    sum1 = add(sum1, attention, weight, n, 1, k, a);
                    sum2 = add(sum2, attention, weight, n, 2, k, a);
                    sum3 = add(sum3, attention, weight, n, 3, k, a);
                    sum4 = add(sum4, attention, weight, n, 4, k, a);
                    sum5 = add(sum5, attention, weight, n, 5, k, a);
                    sum6 = add(sum6, attention, weight, n, 6, k, a);
                    sum7 = add(sum7, attention, weight, n, 7, k, a);
                }
                store(aggregated, sum0, n, 0, i, a);
                store(aggregated, sum1, n, 1, i, a);
                store(aggregated, sum2, n, 2, i, a);
                store(aggregated, sum3, n, 3, i, a);
                store(aggregated, sum4, n, 4, i, a);
                store(aggregated, sum5, n, 5, i, a);
                store(aggregated, sum6, n, 6, i, a);
                store(aggregated, sum7, n, 7, i, a);
            }
        }
    }

    /**
     * The same rounded to FP16, for tensor cores.
     *
     * <p>Launch: length x blocks. For GPUs.
     *
     * @param attention weights of the sum
     * @param bank K kernels
     * @param aggregated overwritten
     * @param a all sizes
     */
    public static void aggregateToHalf(
            FloatArray attention, FloatArray bank, HalfFloatArray aggregated, AggregationShape a) {
        for (@Parallel int block = 0; block < a.blocks(); block++) {
            for (@Parallel int i = 0; i < a.length(); i++) {
                int n = block * a.samplesPerBlock();
                float sum0 = 0.0f;
                float sum1 = 0.0f;
                float sum2 = 0.0f;
                float sum3 = 0.0f;
                float sum4 = 0.0f;
                float sum5 = 0.0f;
                float sum6 = 0.0f;
                float sum7 = 0.0f;
                for (int k = 0; k < a.kernels(); k++) {
                    float weight = bank.get(k * a.length() + i);
                    sum0 = add(sum0, attention, weight, n, 0, k, a);
                    sum1 = add(sum1, attention, weight, n, 1, k, a);
                    sum2 = add(sum2, attention, weight, n, 2, k, a);
                    sum3 = add(sum3, attention, weight, n, 3, k, a);
                    sum4 = add(sum4, attention, weight, n, 4, k, a);
                    sum5 = add(sum5, attention, weight, n, 5, k, a);
                    sum6 = add(sum6, attention, weight, n, 6, k, a);
                    sum7 = add(sum7, attention, weight, n, 7, k, a);
                }
                store(aggregated, sum0, n, 0, i, a);
                store(aggregated, sum1, n, 1, i, a);
                store(aggregated, sum2, n, 2, i, a);
                store(aggregated, sum3, n, 3, i, a);
                store(aggregated, sum4, n, 4, i, a);
                store(aggregated, sum5, n, 5, i, a);
                store(aggregated, sum6, n, 6, i, a);
                store(aggregated, sum7, n, 7, i, a);
            }
        }
    }

    /** The sum of a sample of a block with a kernel's share; beyond the last sample, of that one, which nobody stores. */
    private static float add(
            float sum, FloatArray attention, float weight, int first, int offset, int k, AggregationShape a) {
        if (offset >= a.samplesPerBlock()) {
            return sum;
        }
        return sum + attention.get(Math.min(first + offset, a.batch() - 1) * a.kernels() + k) * weight;
    }

    private static void store(FloatArray aggregated, float sum, int first, int offset, int i, AggregationShape a) {
        if (offset < a.samplesPerBlock() && first + offset < a.batch()) {
            aggregated.set((first + offset) * a.length() + i, sum);
        }
    }

    private static void store(HalfFloatArray aggregated, float sum, int first, int offset, int i, AggregationShape a) {
        if (offset < a.samplesPerBlock() && first + offset < a.batch()) {
            aggregated.set((first + offset) * a.length() + i, new HalfFloat(sum));
        }
    }
}
