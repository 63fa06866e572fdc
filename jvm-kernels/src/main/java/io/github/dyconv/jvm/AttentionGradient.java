package io.github.dyconv.jvm;

import io.github.dyconv.Gradients;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The backward pass of {@link Attention}, from the gradient of the attention to those of its parameters and of the input's
 * means. In double, as the forward pass: a few thousand multiply-adds per sample.
 *
 * <pre>
 *   ∂logits[n, k] = a[n, k] · (∂a[n, k] − Σ_j a[n, j] · ∂a[n, j]) / T
 *   ∂hidden[n]    = fc2ᵀ · ∂logits[n], where hidden[n] &gt; 0
 *   ∂pooled[n]    = fc1ᵀ · ∂hidden[n]
 *   ∂fc2 = Σ_n ∂logits[n] · hidden[n]ᵀ,  ∂fc2.bias = Σ_n ∂logits[n],  ∂fc1 = Σ_n ∂hidden[n] · pooled[n]ᵀ
 * </pre>
 */
final class AttentionGradient {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final ForwardProblem problem;
    private final ThreadTeam team;
    private final Attention attention;
    private final double[] logits; // [N, K]
    private final double[][] hidden; // [N, hidden]
    private final float[] planes; // [N, C]
    private final float[][] rowOfWorker; // [C]
    private final double[][] sumsOfWorker; // [C]
    private MemorySegment fc1Gradient = MemorySegment.NULL;
    private final ThreadTeam.Body summingRows = this::sumRow;
    private final ThreadTeam.Body spreading = this::spread;

    AttentionGradient(ForwardProblem problem, ThreadTeam team, Attention attention) {
        int batch = problem.batch();
        int inPlanes = problem.geometry().inPlanes();
        this.problem = problem;
        this.team = team;
        this.attention = attention;
        this.logits = new double[batch * problem.config().kernels()];
        this.hidden = new double[batch][problem.config().hiddenPlanes()];
        this.planes = new float[batch * inPlanes];
        this.rowOfWorker = new float[team.threads()][inPlanes];
        this.sumsOfWorker = new double[team.threads()][inPlanes];
    }

    /**
     * Runs it, for the last run of the attention.
     *
     * @param weights the attention, {@code [N, K]}
     * @param gradient of the attention, {@code [N, K]}
     * @param temperature the softmax's
     * @param gradients those of the attention's parameters are overwritten
     * @return what the attention adds to the gradient of each pixel of an input plane, {@code [N, C]}; the same array at every
     *     call
     */
    float[] run(float[] weights, double[] gradient, double temperature, Gradients gradients) {
        if (!problem.dynamic()) {
            gradients.fc1Weight().segment().fill((byte) 0);
            gradients.fc2Weight().segment().fill((byte) 0);
            gradients.fc2Bias().segment().fill((byte) 0);
            return planes; // zeros
        }
        int kernels = problem.config().kernels();
        for (int n = 0; n < problem.batch(); n++) {
            softmax(weights, gradient, n * kernels, temperature);
            activations(n);
        }
        secondLayer(gradients.fc2Weight().segment(), gradients.fc2Bias().segment());
        fc1Gradient = gradients.fc1Weight().segment();
        team.run(hidden[0].length, summingRows);
        team.run(problem.batch(), spreading);
        return planes;
    }

    private void softmax(float[] weights, double[] gradient, int row, double temperature) {
        int kernels = problem.config().kernels();
        double mean = 0;
        for (int k = row; k < row + kernels; k++) {
            mean += weights[k] * gradient[k];
        }
        for (int k = row; k < row + kernels; k++) {
            logits[k] = weights[k] * (gradient[k] - mean) / temperature;
        }
    }

    private void activations(int sample) {
        double[] sums = hidden[sample];
        double[] forward = attention.hidden()[sample];
        double[] fc2 = attention.fc2();
        int kernels = problem.config().kernels();
        Arrays.fill(sums, 0);
        for (int k = 0; k < kernels; k++) {
            double logit = logits[sample * kernels + k];
            for (int h = 0; h < sums.length; h++) {
                sums[h] += logit * fc2[k * sums.length + h];
            }
        }
        for (int h = 0; h < sums.length; h++) {
            if (forward[h] <= 0) { // NaN passes, as in PyTorch
                sums[h] = 0;
            }
        }
    }

    private void secondLayer(MemorySegment fc2Gradient, MemorySegment biasGradient) {
        int kernels = problem.config().kernels();
        int width = hidden[0].length;
        double[][] forward = attention.hidden();
        for (int k = 0; k < kernels; k++) {
            for (int h = 0; h < width; h++) {
                double sum = 0;
                for (int n = 0; n < forward.length; n++) {
                    sum += logits[n * kernels + k] * forward[n][h];
                }
                fc2Gradient.setAtIndex(FLOAT, k * (long) width + h, (float) sum);
            }
            double sum = 0;
            for (int n = 0; n < forward.length; n++) {
                sum += logits[n * kernels + k];
            }
            biasGradient.setAtIndex(FLOAT, k, (float) sum);
        }
    }

    private void sumRow(int row, int worker) {
        double[] pooled = attention.pooled();
        double[] sums = sumsOfWorker[worker];
        float[] rounded = rowOfWorker[worker];
        Arrays.fill(sums, 0);
        for (int n = 0; n < hidden.length; n++) {
            double share = hidden[n][row];
            int base = n * sums.length;
            for (int c = 0; c < sums.length; c++) {
                sums[c] += share * pooled[base + c];
            }
        }
        for (int c = 0; c < sums.length; c++) {
            rounded[c] = (float) sums[c];
        }
        MemorySegment.copy(rounded, 0, fc1Gradient, FLOAT, (long) row * sums.length * Float.BYTES, sums.length);
    }

    private void spread(int sample, int worker) {
        double[] gradient = hidden[sample];
        int inPlanes = problem.geometry().inPlanes();
        double pixels = (double) problem.height() * problem.width();
        for (int c = 0; c < inPlanes; c++) {
            double[] row = attention.fc1()[c];
            double sum = 0;
            for (int h = 0; h < row.length; h++) {
                sum += gradient[h] * row[h];
            }
            planes[sample * inPlanes + c] = (float) (sum / pixels);
        }
    }

    long scratchBytes() {
        int inPlanes = problem.geometry().inPlanes();
        long doubles = logits.length + (long) hidden.length * hidden[0].length + (long) team.threads() * inPlanes;
        return doubles * Double.BYTES + (planes.length + (long) team.threads() * inPlanes) * Float.BYTES;
    }
}
