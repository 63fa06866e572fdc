package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The linear operation at the end of a network: a small matrix product. */
public final class LinearKernels {
    private LinearKernels() {}

    /**
     * {@code y[n, o] = b[o] + Σ_i w[o, i] · x[n, i]}.
     *
     * <p>x: {@code [N, I]}, numbers: at its offset {@code w [O, I]}, then {@code b [O]}, y: {@code [N, O]}.
     *
     * <p>One work-item computes one output.
     *
     * <p>Launch: O x N. For all devices.
     *
     * @param x input
     * @param numbers weights and biases
     * @param y overwritten
     * @param batch N
     * @param inFeatures I
     * @param outFeatures O
     * @param offset where the weights begin
     */
    public static void linear(
            FloatArray x, FloatArray numbers, FloatArray y, int batch, int inFeatures, int outFeatures, int offset) {
        for (@Parallel int n = 0; n < batch; n++) {
            for (@Parallel int o = 0; o < outFeatures; o++) {
                float sum = numbers.get(offset + outFeatures * inFeatures + o);
                sum += AttentionKernels.product(x, n * inFeatures, numbers, offset + o * inFeatures, inFeatures);
                y.set(n * outFeatures + o, sum);
            }
        }
    }
}
