package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The attention over kernels, from the pooled input: two fully connected layers and a softmax with temperature. Tiny
 * matrices: a launch for each would cost more than they do, so a work-item computes all of a sample's.
 */
public final class AttentionKernels {
    /** Lower than any logit; infinities are not safe with the fast maths that TornadoVM asks of OpenCL compilers. */
    private static final float LOWEST = -3.0e38f;

    private AttentionKernels() {}

    /**
     * {@code attention[n] = softmax((fc2Bias + fc2 · max(0, fc1 · pooled[n])) / temperature[0])}.
     *
     * <p>pooled: {@code [N, C]}, fc1: {@code [hidden, C]}, fc2: {@code [K, hidden]}, fc2Bias: {@code [K]}, temperature:
     * {@code [1]}, an array because a scalar would be compiled into the kernel; hidden: {@code [N, hidden]}, attention:
     * {@code [N, K]}.
     *
     * <p>One work-item computes one sample's row.
     *
     * <p>Launch: N. For all devices.
     *
     * @param pooled input
     * @param fc1 weights of the first layer
     * @param fc2 weights of the second layer
     * @param fc2Bias its bias
     * @param temperature of the softmax
     * @param hidden overwritten: outputs of the first layer
     * @param attention overwritten
     * @param batch N
     * @param inPlanes C
     * @param hiddenPlanes hidden
     * @param kernels K
     */
    public static void attention(
            FloatArray pooled,
            FloatArray fc1,
            FloatArray fc2,
            FloatArray fc2Bias,
            FloatArray temperature,
            FloatArray hidden,
            FloatArray attention,
            int batch,
            int inPlanes,
            int hiddenPlanes,
            int kernels) {
        for (@Parallel int n = 0; n < batch; n++) {
            for (int h = 0; h < hiddenPlanes; h++) {
                float sum = product(pooled, n * inPlanes, fc1, h * inPlanes, inPlanes);
                // Not max(0, sum): that would turn NaN into 0, and a broken input into a plausible output.
                if (sum < 0.0f) {
                    sum = 0.0f;
                }
                hidden.set(n * hiddenPlanes + h, sum);
            }
            float largest = LOWEST;
            for (int k = 0; k < kernels; k++) {
                float sum = fc2Bias.get(k) + product(hidden, n * hiddenPlanes, fc2, k * hiddenPlanes, hiddenPlanes);
                float logit = sum / temperature.get(0);
                attention.set(n * kernels + k, logit);
                largest = TornadoMath.max(largest, logit);
            }
            float total = 0.0f;
            for (int k = 0; k < kernels; k++) {
                float value = TornadoMath.exp(attention.get(n * kernels + k) - largest);
                attention.set(n * kernels + k, value);
                total += value;
            }
            for (int k = 0; k < kernels; k++) {
                attention.set(n * kernels + k, attention.get(n * kernels + k) / total);
            }
        }
    }

    /** {@code Σ_i a[firstA + i] · b[firstB + i]}, in four sums that don't wait for each other. */
    static float product(FloatArray a, int firstA, FloatArray b, int firstB, int length) {
        float sum0 = 0.0f;
        float sum1 = 0.0f;
        float sum2 = 0.0f;
        float sum3 = 0.0f;
        int whole = length / 4 * 4;
        for (int i = 0; i < whole; i += 4) {
            sum0 += a.get(firstA + i) * b.get(firstB + i);
            sum1 += a.get(firstA + i + 1) * b.get(firstB + i + 1);
            sum2 += a.get(firstA + i + 2) * b.get(firstB + i + 2);
            sum3 += a.get(firstA + i + 3) * b.get(firstB + i + 3);
        }
        for (int i = whole; i < length; i++) {
            sum0 += a.get(firstA + i) * b.get(firstB + i);
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }
}
