package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The backward pass of {@link AttentionKernels}, and the small sums around it. */
public final class AttentionGradientKernels {
    /** Terms in one chain of roundings. */
    private static final int CHAIN = 128;

    private AttentionGradientKernels() {}

    /**
     * {@code sums[r] = Σ_i parts[r, i]}.
     *
     * <p>parts: {@code [rows, length]}, sums: {@code [rows]}.
     *
     * <p>One work-item sums one row.
     *
     * <p>Launch: rows. For all devices.
     *
     * @param parts what to add up
     * @param sums overwritten
     * @param rows number of sums
     * @param length terms of each
     */
    public static void sumParts(FloatArray parts, FloatArray sums, int rows, int length) {
        for (@Parallel int r = 0; r < rows; r++) {
            float sum = 0.0f;
            for (int begin = 0; begin < length; begin += CHAIN) {
                int end = Math.min(begin + CHAIN, length);
                float part = 0.0f;
                for (int i = begin; i < end; i++) {
                    part += parts.get(r * length + i);
                }
                sum += part;
            }
            sums.set(r, sum);
        }
    }

    /**
     * {@code attentionGradient[n, k] += pixels · Σ_oc means[n, oc] · biasBank[k, oc]}.
     *
     * <p>means: {@code [N, O]}, biasBank: {@code [K, O]}, attentionGradient: {@code [N, K]}.
     *
     * <p>One work-item adds to one element.
     *
     * <p>Launch: K x N. For all devices.
     *
     * @param means of the output's gradient over its pixels
     * @param biasBank K biases
     * @param attentionGradient added to
     * @param batch N
     * @param kernels K
     * @param outPlanes O
     * @param pixels H' · W'
     */
    public static void addBiases(
            FloatArray means,
            FloatArray biasBank,
            FloatArray attentionGradient,
            int batch,
            int kernels,
            int outPlanes,
            int pixels) {
        for (@Parallel int n = 0; n < batch; n++) {
            for (@Parallel int k = 0; k < kernels; k++) {
                float sum = 0.0f;
                for (int oc = 0; oc < outPlanes; oc++) {
                    sum += means.get(n * outPlanes + oc) * biasBank.get(k * outPlanes + oc);
                }
                int index = n * kernels + k;
                attentionGradient.set(index, attentionGradient.get(index) + sum * pixels);
            }
        }
    }

    /**
     * The gradients of softmax and second layer: {@code logits[n, k] = a[n, k] / T · Σ_j a[n, j] · (∂a[n, k] − ∂a[n, j])},
     * {@code hiddenGradient[n, h] = Σ_k fc2[k, h] · logits[n, k]} where {@code hidden[n, h] > 0}.
     *
     * <p>The differences are formed first: the ∂a often agree in most of their digits.
     *
     * <p>attention a, attentionGradient ∂a and logits: {@code [N, K]}, fc2: {@code [K, hidden]}, temperature T: {@code [1]},
     * hidden and hiddenGradient: {@code [N, hidden]}.
     *
     * <p>One work-item computes one sample's rows.
     *
     * <p>Launch: N. For all devices.
     *
     * @param attention of the forward pass
     * @param attentionGradient its gradient
     * @param fc2 weights of the second layer
     * @param temperature of the softmax
     * @param hidden outputs of the first layer
     * @param logits overwritten: gradient of the second layer's outputs
     * @param hiddenGradient overwritten: gradient of the first layer's outputs before the rectifier
     * @param batch N
     * @param hiddenPlanes hidden
     * @param kernels K
     */
    public static void softmaxAndHidden(
            FloatArray attention,
            FloatArray attentionGradient,
            FloatArray fc2,
            FloatArray temperature,
            FloatArray hidden,
            FloatArray logits,
            FloatArray hiddenGradient,
            int batch,
            int hiddenPlanes,
            int kernels) {
        for (@Parallel int n = 0; n < batch; n++) {
            for (int k = 0; k < kernels; k++) {
                float own = attentionGradient.get(n * kernels + k);
                float sum = 0.0f;
                for (int j = 0; j < kernels; j++) {
                    sum += attention.get(n * kernels + j) * (own - attentionGradient.get(n * kernels + j));
                }
                logits.set(n * kernels + k, attention.get(n * kernels + k) * sum / temperature.get(0));
            }
            for (int h = 0; h < hiddenPlanes; h++) {
                float sum = 0.0f;
                for (int k = 0; k < kernels; k++) {
                    sum += logits.get(n * kernels + k) * fc2.get(k * hiddenPlanes + h);
                }
                if (hidden.get(n * hiddenPlanes + h) <= 0.0f) { // NaN passes, as in PyTorch
                    sum = 0.0f;
                }
                hiddenGradient.set(n * hiddenPlanes + h, sum);
            }
        }
    }

    /**
     * What the attention adds to the gradient of each pixel of an input plane: {@code planes[n, c] = Σ_h fc1[h, c] ·
     * hiddenGradient[n, h] / pixels}.
     *
     * <p>hiddenGradient: {@code [N, hidden]}, fc1: {@code [hidden, C]}, planes: {@code [N, C]}.
     *
     * <p>One work-item computes one element.
     *
     * <p>Launch: C x N. For all devices.
     *
     * @param hiddenGradient gradient of the first layer's outputs before the rectifier
     * @param fc1 weights of the first layer
     * @param planes overwritten
     * @param batch N
     * @param hiddenPlanes hidden
     * @param inPlanes C
     * @param pixels H · W
     */
    public static void planes(
            FloatArray hiddenGradient,
            FloatArray fc1,
            FloatArray planes,
            int batch,
            int hiddenPlanes,
            int inPlanes,
            int pixels) {
        for (@Parallel int n = 0; n < batch; n++) {
            for (@Parallel int c = 0; c < inPlanes; c++) {
                float sum = 0.0f;
                for (int h = 0; h < hiddenPlanes; h++) {
                    sum += hiddenGradient.get(n * hiddenPlanes + h) * fc1.get(h * inPlanes + c);
                }
                planes.set(n * inPlanes + c, sum / pixels);
            }
        }
    }

    /**
     * The gradient of a matrix that every sample was multiplied with: {@code gradient[i, j] = scale · Σ_n a[n, i] · b[n, j]}.
     *
     * <p>a: {@code [N, rows]}, b: {@code [N, columns]}, gradient: {@code [rows, columns]}.
     *
     * <p>One work-item computes one element.
     *
     * <p>Launch: columns x rows. For all devices.
     *
     * @param a gradients of the products
     * @param b what was multiplied
     * @param gradient overwritten
     * @param batch N
     * @param rows of the matrix
     * @param columns of the matrix
     * @param scale factor of all elements
     */
    public static void outerProducts(
            FloatArray a, FloatArray b, FloatArray gradient, int batch, int rows, int columns, int scale) {
        for (@Parallel int i = 0; i < rows; i++) {
            for (@Parallel int j = 0; j < columns; j++) {
                float sum = 0.0f;
                for (int n = 0; n < batch; n++) {
                    sum += a.get(n * rows + i) * b.get(n * columns + j);
                }
                gradient.set(i * columns + j, sum * scale);
            }
        }
    }

    /**
     * {@code sums[i] = Σ_n a[n, i]}.
     *
     * <p>a: {@code [N, columns]}, sums: {@code [columns]}.
     *
     * <p>One work-item computes one sum.
     *
     * <p>Launch: columns. For all devices.
     *
     * @param a what to add up
     * @param sums overwritten
     * @param batch N
     * @param columns number of sums
     */
    public static void sumSamples(FloatArray a, FloatArray sums, int batch, int columns) {
        for (@Parallel int i = 0; i < columns; i++) {
            float sum = 0.0f;
            for (int n = 0; n < batch; n++) {
                sum += a.get(n * columns + i);
            }
            sums.set(i, sum);
        }
    }
}
