package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The attention over kernels, from the pooled input: two fully connected layers and a softmax with temperature. Tiny
 * matrices: a launch for each would cost more than they do.
 *
 * <p>Ladder: {@link #attention} gives all of a sample to one work-item, which suits CPUs and FPGAs; {@link #attentionFromInput} and
 * {@link #attentionFromInputAndPad} have it pool the sample, too, which saves a launch; {@link #attentionByGroup} gives a sample
 * to a work-group: a GPU's work-item alone would wait for memory in nearly every step.
 */
public final class AttentionKernels {
    /** Lower than any logit; infinities are not safe with the fast maths that TornadoVM asks of OpenCL compilers. */
    private static final float LOWEST = -3.0e38f;

    /** Work-items of a group in {@link #attentionByGroup}: all that some GPUs take. */
    static final int GROUP = 256;

    /** Of these, how many share a row of a matrix: a power of two. */
    private static final int LANES = 32;

    private static final int ROWS = GROUP / LANES;

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
     * @param s all sizes
     */
    public static void attention(
            FloatArray pooled,
            FloatArray fc1,
            FloatArray fc2,
            FloatArray fc2Bias,
            FloatArray temperature,
            FloatArray hidden,
            FloatArray attention,
            AttentionShape s) {
        for (@Parallel int n = 0; n < s.batch(); n++) {
            hidden(pooled, fc1, hidden, n, s);
            weights(hidden, fc2, fc2Bias, temperature, attention, n, s);
        }
    }

    /**
     * Pooling and attention in one: {@code pooled[n, c] = mean over i of x[n, c, i]}, and {@link #attention} of that.
     *
     * <p>x: {@code [N, C, pixels]}, the others as there.
     *
     * <p>One work-item pools a sample, 16 pixels at a time, and computes its row.
     *
     * <p>Launch: N. For CPUs, where {@link LayerAttention#bySample} pays.
     *
     * @param x input
     * @param pooled overwritten
     * @param fc1 weights of the first layer
     * @param fc2 weights of the second layer
     * @param fc2Bias its bias
     * @param temperature of the softmax
     * @param hidden overwritten: outputs of the first layer
     * @param attention overwritten
     * @param s all sizes
     */
    public static void attentionFromInput(
            FloatArray x,
            FloatArray pooled,
            FloatArray fc1,
            FloatArray fc2,
            FloatArray fc2Bias,
            FloatArray temperature,
            FloatArray hidden,
            FloatArray attention,
            AttentionShape s) {
        for (@Parallel int n = 0; n < s.batch(); n++) {
            for (int c = 0; c < s.inPlanes(); c++) {
                int plane = n * s.inPlanes() + c;
                pooled.set(plane, PoolKernels.averageOfVectors(x, plane, s.pixels()));
            }
            hidden(pooled, fc1, hidden, n, s);
            weights(hidden, fc2, fc2Bias, temperature, attention, n, s);
        }
    }

    /**
     * The same as {@link #attentionFromInput}, and a copy of x with zeros around: {@code [N, C, paddedHeight, paddedWidth]}.
     *
     * <p>One work-item pools and copies a sample, and computes its row.
     *
     * <p>Launch: N. For CPUs, where {@link LayerAttention#bySample} pays.
     *
     * @param x input
     * @param pooled overwritten
     * @param padded overwritten
     * @param fc1 weights of the first layer
     * @param fc2 weights of the second layer
     * @param fc2Bias its bias
     * @param temperature of the softmax
     * @param hidden overwritten: outputs of the first layer
     * @param attention overwritten
     * @param s all sizes
     */
    public static void attentionFromInputAndPad(
            FloatArray x,
            FloatArray pooled,
            FloatArray padded,
            FloatArray fc1,
            FloatArray fc2,
            FloatArray fc2Bias,
            FloatArray temperature,
            FloatArray hidden,
            FloatArray attention,
            PaddedAttentionShape s) {
        AttentionShape a = s.attention();
        for (@Parallel int n = 0; n < a.batch(); n++) {
            for (int c = 0; c < a.inPlanes(); c++) {
                int plane = n * a.inPlanes() + c;
                pooled.set(plane, PoolKernels.averageOfVectors(x, plane, a.pixels()));
                PoolKernels.padPlane(x, plane, padded, plane, s.panels());
            }
            hidden(pooled, fc1, hidden, n, a);
            weights(hidden, fc2, fc2Bias, temperature, attention, n, a);
        }
    }

    /** A sample's row of the first layer. Two methods, since TornadoVM inlines none of more than 600 nodes. */
    static void hidden(FloatArray pooled, FloatArray fc1, FloatArray hidden, int n, AttentionShape s) {
        for (int h = 0; h < s.hiddenPlanes(); h++) {
            float sum = product(pooled, n * s.inPlanes(), fc1, h * s.inPlanes(), s.inPlanes());
            hidden.set(n * s.hiddenPlanes() + h, positive(sum));
        }
    }

    /** A sample's row of the second layer, and its softmax. */
    static void weights(
            FloatArray hidden,
            FloatArray fc2,
            FloatArray fc2Bias,
            FloatArray temperature,
            FloatArray attention,
            int n,
            AttentionShape s) {
        for (int k = 0; k < s.kernels(); k++) {
            float sum = product(hidden, n * s.hiddenPlanes(), fc2, k * s.hiddenPlanes(), s.hiddenPlanes());
            attention.set(n * s.kernels() + k, (fc2Bias.get(k) + sum) / temperature.get(0));
        }
        softmax(attention, n * s.kernels(), s.kernels());
    }

    /** Not max(0, value): that would turn NaN into 0, and a broken input into a plausible output. */
    private static float positive(float value) {
        float result = value;
        if (value < 0.0f) {
            result = 0.0f;
        }
        return result;
    }

    private static void softmax(FloatArray logits, int first, int kernels) {
        float largest = LOWEST;
        for (int k = 0; k < kernels; k++) {
            largest = TornadoMath.max(largest, logits.get(first + k));
        }
        float total = 0.0f;
        for (int k = 0; k < kernels; k++) {
            float value = TornadoMath.exp(logits.get(first + k) - largest);
            logits.set(first + k, value);
            total += value;
        }
        for (int k = 0; k < kernels; k++) {
            logits.set(first + k, logits.get(first + k) / total);
        }
    }

    /**
     * The same as {@link #attention}.
     *
     * <p>One work-group computes one sample's row. In both layers, {@value #LANES} work-items multiply neighbouring elements
     * of a row of the matrix, and halve their sums in local memory, a barrier between steps.
     *
     * <p>Launch: N · {@value #GROUP} in groups of {@value #GROUP}. For GPUs.
     *
     * @param context the work-item
     * @param pooled input
     * @param fc1 weights of the first layer
     * @param fc2 weights of the second layer
     * @param fc2Bias its bias
     * @param temperature of the softmax
     * @param hidden overwritten: outputs of the first layer
     * @param attention overwritten
     * @param inPlanes C
     * @param hiddenPlanes hidden
     * @param kernels K
     */
    public static void attentionByGroup(
            KernelContext context,
            FloatArray pooled,
            FloatArray fc1,
            FloatArray fc2,
            FloatArray fc2Bias,
            FloatArray temperature,
            FloatArray hidden,
            FloatArray attention,
            int inPlanes,
            int hiddenPlanes,
            int kernels) {
        int n = context.groupIdx;
        int item = context.localIdx;
        int lane = item % LANES;
        int row = item / LANES;
        float[] sums = context.allocateFloatLocalArray(GROUP);
        for (int first = 0; first < hiddenPlanes; first += ROWS) {
            int h = first + row;
            float sum = 0.0f;
            if (h < hiddenPlanes) {
                sum = partOfProduct(pooled, n * inPlanes, fc1, h * inPlanes, lane, inPlanes);
            }
            sums[item] = sum;
            for (int half = LANES / 2; half > 0; half /= 2) {
                context.localBarrier();
                if (lane < half) {
                    sums[item] += sums[item + half];
                }
            }
            if (lane == 0 && h < hiddenPlanes) {
                hidden.set(n * hiddenPlanes + h, positive(sums[item]));
            }
            context.localBarrier();
        }
        context.globalBarrier();
        for (int first = 0; first < kernels; first += ROWS) {
            int k = first + row;
            float sum = 0.0f;
            if (k < kernels) {
                sum = partOfProduct(hidden, n * hiddenPlanes, fc2, k * hiddenPlanes, lane, hiddenPlanes);
            }
            sums[item] = sum;
            for (int half = LANES / 2; half > 0; half /= 2) {
                context.localBarrier();
                if (lane < half) {
                    sums[item] += sums[item + half];
                }
            }
            if (lane == 0 && k < kernels) {
                attention.set(n * kernels + k, (fc2Bias.get(k) + sums[item]) / temperature.get(0));
            }
            context.localBarrier();
        }
        context.globalBarrier();
        if (item == 0) {
            softmax(attention, n * kernels, kernels);
        }
    }

    /** The sum of every {@value #LANES}th product, from the lane's on, in four sums that don't wait for each other. */
    private static float partOfProduct(FloatArray a, int firstA, FloatArray b, int firstB, int lane, int length) {
        float sum0 = 0.0f;
        float sum1 = 0.0f;
        float sum2 = 0.0f;
        float sum3 = 0.0f;
        int whole = length / (4 * LANES) * (4 * LANES);
        for (int i = 0; i < whole; i += 4 * LANES) {
            int inA = firstA + i + lane;
            int inB = firstB + i + lane;
            sum0 += a.get(inA) * b.get(inB);
            sum1 += a.get(inA + LANES) * b.get(inB + LANES);
            sum2 += a.get(inA + 2 * LANES) * b.get(inB + 2 * LANES);
            sum3 += a.get(inA + 3 * LANES) * b.get(inB + 3 * LANES);
        }
        for (int i = whole + lane; i < length; i += LANES) {
            sum0 += a.get(firstA + i) * b.get(firstB + i);
        }
        return (sum0 + sum1) + (sum2 + sum3);
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
