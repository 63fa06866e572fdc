package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The attention over kernels, from the pooled input: two fully connected layers and a softmax with temperature. Tiny
 * matrices, one work-item per output; what they cost is their launches.
 */
public final class AttentionKernels {
    /** Lower than any logit; infinities are not safe with the fast maths that TornadoVM asks of OpenCL compilers. */
    private static final float LOWEST = -3.0e38f;

    private AttentionKernels() {}

    /**
     * {@code hidden[n, h] = max(0, Σ_c pooled[n, c] · fc1[h, c])}.
     *
     * <p>pooled: {@code [N, C]}, fc1: {@code [hidden, C]}, hidden: {@code [N, hidden]}.
     *
     * <p>One work-item computes one hidden value.
     *
     * <p>Launch: hidden x N. For all devices.
     *
     * @param pooled input
     * @param fc1 weights of the first layer
     * @param hidden overwritten
     * @param batch N
     * @param inPlanes C
     * @param hiddenPlanes hidden
     */
    public static void hidden(
            FloatArray pooled, FloatArray fc1, FloatArray hidden, int batch, int inPlanes, int hiddenPlanes) {
        for (@Parallel int n = 0; n < batch; n++) {
            for (@Parallel int h = 0; h < hiddenPlanes; h++) {
                float sum = 0.0f;
                for (int c = 0; c < inPlanes; c++) {
                    sum += pooled.get(n * inPlanes + c) * fc1.get(h * inPlanes + c);
                }
                // Not max(0, sum): that would turn NaN into 0, and a broken input into a plausible output.
                if (sum < 0.0f) {
                    sum = 0.0f;
                }
                hidden.set(n * hiddenPlanes + h, sum);
            }
        }
    }

    /**
     * {@code logits[n, k] = (fc2Bias[k] + Σ_h hidden[n, h] · fc2[k, h]) / temperature[0]}.
     *
     * <p>hidden: {@code [N, hidden]}, fc2: {@code [K, hidden]}, fc2Bias: {@code [K]}, temperature: {@code [1]}, an array
     * because a scalar would be compiled into the kernel; logits: {@code [N, K]}.
     *
     * <p>One work-item computes one logit.
     *
     * <p>Launch: K x N. For all devices.
     *
     * @param hidden input
     * @param fc2 weights of the second layer
     * @param fc2Bias its bias
     * @param temperature of the softmax
     * @param logits overwritten
     * @param batch N
     * @param hiddenPlanes hidden
     * @param kernels K
     */
    public static void logits(
            FloatArray hidden,
            FloatArray fc2,
            FloatArray fc2Bias,
            FloatArray temperature,
            FloatArray logits,
            int batch,
            int hiddenPlanes,
            int kernels) {
        for (@Parallel int n = 0; n < batch; n++) {
            for (@Parallel int k = 0; k < kernels; k++) {
                float sum = fc2Bias.get(k);
                for (int h = 0; h < hiddenPlanes; h++) {
                    sum += hidden.get(n * hiddenPlanes + h) * fc2.get(k * hiddenPlanes + h);
                }
                logits.set(n * kernels + k, sum / temperature.get(0));
            }
        }
    }

    /**
     * {@code attention[n, k] = exp(logits[n, k] − max) / Σ_j exp(logits[n, j] − max)}.
     *
     * <p>logits and attention: {@code [N, K]}.
     *
     * <p>One work-item computes one sample's row.
     *
     * <p>Launch: N. For all devices.
     *
     * @param logits input
     * @param attention overwritten
     * @param batch N
     * @param kernels K
     */
    public static void softmax(FloatArray logits, FloatArray attention, int batch, int kernels) {
        for (@Parallel int n = 0; n < batch; n++) {
            float largest = LOWEST;
            for (int k = 0; k < kernels; k++) {
                largest = TornadoMath.max(largest, logits.get(n * kernels + k));
            }
            float sum = 0.0f;
            for (int k = 0; k < kernels; k++) {
                float value = TornadoMath.exp(logits.get(n * kernels + k) - largest);
                attention.set(n * kernels + k, value);
                sum += value;
            }
            for (int k = 0; k < kernels; k++) {
                attention.set(n * kernels + k, attention.get(n * kernels + k) / sum);
            }
        }
    }
}
