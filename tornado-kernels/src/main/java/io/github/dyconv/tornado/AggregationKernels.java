package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The weighted sum of the K kernels, or of their biases, for each sample: a matrix product of {@code [N, K]} with a bank. */
public final class AggregationKernels {
    private AggregationKernels() {}

    /**
     * {@code aggregated[n, i] = Σ_k attention[n, k] · bank[k, i]}.
     *
     * <p>attention: {@code [N, K]}, bank: {@code [K, length]}, aggregated: {@code [N, length]}.
     *
     * <p>One work-item computes one element; neighbours read and write neighbouring addresses.
     *
     * <p>Launch: length x N. For all devices.
     *
     * @param attention weights of the sum
     * @param bank K kernels, or K biases
     * @param aggregated overwritten
     * @param batch N
     * @param kernels K
     * @param length elements of one kernel
     */
    public static void aggregate(
            FloatArray attention, FloatArray bank, FloatArray aggregated, int batch, int kernels, int length) {
        for (@Parallel int n = 0; n < batch; n++) {
            for (@Parallel int i = 0; i < length; i++) {
                float sum = 0.0f;
                for (int k = 0; k < kernels; k++) {
                    sum += attention.get(n * kernels + k) * bank.get(k * length + i);
                }
                aggregated.set(n * length + i, sum);
            }
        }
    }
}
