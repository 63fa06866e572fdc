package io.github.dyconv.jvm;

import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The attention over kernels: {@code softmax((fc2 · relu(fc1 · mean(x)) + fc2.bias) / T)} for each sample.
 *
 * <p>The pooling reads the whole input and is left to a {@link Pooling}; the rest is a few thousand multiply-adds per
 * sample, done in double: errors of the attention would be errors of every weight.
 */
final class Attention {
    /** Sums one plane. */
    interface Pooling {
        /**
         * The sum of consecutive floats.
         *
         * @param x memory
         * @param first index of the first
         * @param count how many
         * @param scratch at least a vector's lanes, overwritten
         * @return their sum
         */
        double sum(MemorySegment x, long first, int count, float[] scratch);
    }

    /** Pixels of one task: so many that what the tasks themselves cost, and their results' cache lines, does not show. */
    private static final int TASK_PIXELS = 32 << 10;

    /** Floats of scratch memory that a {@link Pooling} may use. */
    static final int SCRATCH_FLOATS = 64;

    private final ForwardProblem problem;
    private final Pooling pooling;
    private final int inPlanes;
    private final int planesPerTask;
    private final double[] pooled;
    private final float[][] scratchOfWorker;
    private final double[][] hidden; // [N, hidden]
    private final double[][] logitsOfWorker;
    private final float[] attention;
    private final double[][] fc1; // [C, hidden], a row an array: C2 vectorises loops over arrays at equal indices only
    private final double[] fc2; // [K, hidden]
    private final double[] fc2Bias;
    private double temperature;
    private @Nullable Tensor derivedFc1;
    private @Nullable Tensor derivedFc2;
    private @Nullable Tensor derivedFc2Bias;
    private MemorySegment x = MemorySegment.NULL;
    private final ThreadTeam.Body poolingPlanes = this::poolPlanes;

    Attention(ForwardProblem problem, int threads, Pooling pooling) {
        DYConv2dConfig config = problem.config();
        this.problem = problem;
        this.inPlanes = problem.geometry().inPlanes();
        this.pooling = pooling;
        this.planesPerTask = Math.max(1, TASK_PIXELS / Math.multiplyExact(problem.height(), problem.width()));
        this.pooled = new double[problem.batch() * inPlanes];
        this.scratchOfWorker = new float[threads][SCRATCH_FLOATS];
        this.hidden = new double[problem.batch()][config.hiddenPlanes()];
        this.logitsOfWorker = new double[threads][config.kernels()];
        this.attention = new float[problem.batch() * config.kernels()];
        if (!problem.dynamic()) {
            Arrays.fill(attention, 1);
        }
        this.fc1 = new double[inPlanes][config.hiddenPlanes()];
        this.fc2 = new double[config.kernels() * config.hiddenPlanes()];
        this.fc2Bias = new double[config.kernels()];
    }

    /** Begins a run: pooling, then {@link #attend} for each sample, are still to be done. */
    void begin(Parameters parameters, MemorySegment input) {
        x = input;
        if (problem.dynamic()) {
            derive(parameters);
        }
    }

    /** How many tasks the pooling of all samples has: of a plain convolution none. */
    int poolingTasks() {
        return problem.dynamic() ? Math.ceilDiv(pooled.length, planesPerTask) : 0;
    }

    /** Those tasks. */
    ThreadTeam.Body poolingPlanes() {
        return poolingPlanes;
    }

    private void derive(Parameters parameters) {
        temperature = parameters.temperature();
        if (derivedFc1 != parameters.fc1Weight()) {
            derivedFc1 = parameters.fc1Weight();
            MemorySegment values = derivedFc1.segment();
            int hiddenPlanes = problem.config().hiddenPlanes();
            for (int h = 0; h < hiddenPlanes; h++) {
                for (int c = 0; c < inPlanes; c++) {
                    fc1[c][h] = values.getAtIndex(ValueLayout.JAVA_FLOAT, (long) h * inPlanes + c);
                }
            }
        }
        if (derivedFc2 != parameters.fc2Weight()) {
            derivedFc2 = parameters.fc2Weight();
            widen(derivedFc2, fc2);
        }
        if (derivedFc2Bias != parameters.fc2Bias()) {
            derivedFc2Bias = parameters.fc2Bias();
            widen(derivedFc2Bias, fc2Bias);
        }
    }

    private static void widen(Tensor from, double[] to) {
        MemorySegment values = from.segment();
        for (int i = 0; i < to.length; i++) {
            to[i] = values.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        }
    }

    private void poolPlanes(int index, int worker) {
        pool(index * planesPerTask, Math.min(pooled.length, (index + 1) * planesPerTask), worker);
    }

    /** The pooling of one sample, which a plain convolution does without. */
    void pool(int sample, int worker) {
        if (problem.dynamic()) {
            pool(sample * inPlanes, (sample + 1) * inPlanes, worker);
        }
    }

    /** From the last to the first: of an input larger than the cache, the planes that are read first thereafter are still in it. */
    private void pool(int begin, int end, int worker) {
        int pixels = problem.height() * problem.width();
        for (int plane = end - 1; plane >= begin; plane--) {
            pooled[plane] = pooling.sum(x, (long) plane * pixels, pixels, scratchOfWorker[worker]) / pixels;
        }
    }

    /** The attention of a sample whose planes are pooled. A plain convolution's is 1 anyway. */
    void attend(int sample, int worker) {
        if (!problem.dynamic()) {
            return;
        }
        double[] activations = hidden[sample];
        Arrays.fill(activations, 0);
        for (int c = 0; c < inPlanes; c++) {
            double value = pooled[sample * inPlanes + c];
            double[] row = fc1[c];
            for (int h = 0; h < activations.length; h++) {
                activations[h] += value * row[h];
            }
        }
        for (int h = 0; h < activations.length; h++) {
            activations[h] = Math.max(activations[h], 0);
        }
        int kernels = fc2Bias.length;
        double largest = Double.NEGATIVE_INFINITY;
        double[] logits = logitsOfWorker[worker];
        for (int k = 0; k < kernels; k++) {
            double logit = fc2Bias[k];
            for (int h = 0; h < activations.length; h++) {
                logit += fc2[k * activations.length + h] * activations[h];
            }
            logits[k] = logit / temperature;
            largest = Math.max(largest, logits[k]);
        }
        double sum = 0;
        for (int k = 0; k < kernels; k++) {
            logits[k] = Math.exp(logits[k] - largest);
            sum += logits[k];
        }
        for (int k = 0; k < kernels; k++) {
            attention[sample * kernels + k] = (float) (logits[k] / sum);
        }
    }

    /** The attention of all samples, {@code [N, K]}, the same array in every run. */
    float[] weights() {
        return attention;
    }

    /** The means of the last run's input, {@code [N, C]}. */
    double[] pooled() {
        return pooled;
    }

    /** The hidden layer of the last run, {@code [N, hidden]}. */
    double[][] hidden() {
        return hidden;
    }

    /** The first layer's weights in the last run, {@code [C, hidden]}. */
    double[][] fc1() {
        return fc1;
    }

    /** The second layer's weights in the last run, {@code [K, hidden]}. */
    double[] fc2() {
        return fc2;
    }

    long scratchBytes() {
        long doubles = pooled.length
                + (long) (hidden.length + fc1.length) * hidden[0].length
                + (long) logitsOfWorker.length * fc2Bias.length
                + fc2.length
                + fc2Bias.length;
        long floats = attention.length + (long) scratchOfWorker.length * SCRATCH_FLOATS;
        return doubles * Double.BYTES + floats * Float.BYTES;
    }
}
