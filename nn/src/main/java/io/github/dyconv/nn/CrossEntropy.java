package io.github.dyconv.nn;

import io.github.dyconv.Tensor;

/**
 * The mean cross-entropy of a batch, with label smoothing (Szegedy et al., arXiv 1512.00567): with p = softmax(logits), C
 * classes and smoothing s, {@code −Σ_c q_c · log p_c}, where q is {@code 1 − s + s/C} for the label and {@code s/C} else.
 *
 * @param labelSmoothing s, at least 0 and less than 1
 */
public record CrossEntropy(double labelSmoothing) {
    /**
     * Checks the smoothing.
     *
     * @throws IllegalArgumentException if it is out of its range
     */
    public CrossEntropy {
        if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
            throw new IllegalArgumentException(
                    "labelSmoothing: must be at least 0 and less than 1, got " + labelSmoothing);
        }
    }

    /**
     * What a batch gave.
     *
     * @param loss the sum over the samples, not the mean
     * @param correct samples whose largest logit is the label's
     * @param samples how many there were
     */
    public record Score(double loss, int correct, int samples) {
        /** Of no samples. */
        public static final Score NONE = new Score(0, 0, 0);

        /**
         * Of both batches together.
         *
         * @param other another batch
         * @return the sums
         */
        public Score plus(Score other) {
            return new Score(loss + other.loss, correct + other.correct, samples + other.samples);
        }

        /**
         * The loss per sample.
         *
         * @return the mean; NaN of no samples
         */
        public double meanLoss() {
            return loss / samples;
        }

        /**
         * The share of correct samples.
         *
         * @return from 0 to 1; NaN of no samples
         */
        public double accuracy() {
            return (double) correct / samples;
        }
    }

    /**
     * Scores the first samples of a batch.
     *
     * @param logits {@code [N, C]}, or with further dimensions of 1
     * @param labels the class of each sample, from 0 to below C; those behind {@code samples} are not looked at
     * @param samples how many, at most N
     * @return the score
     */
    public Score score(Tensor logits, int[] labels, int samples) {
        return run(Floats.read(logits, 0, logits.size()), logits.size() / logits.dim(0), labels, samples);
    }

    /**
     * Scores a whole batch, and gives the gradient of its mean.
     *
     * @param logits {@code [N, C]}, or with further dimensions of 1
     * @param labels the class of each sample, from 0 to below C
     * @param gradient of the mean loss, of the logits' shape; overwritten
     * @return the score
     */
    public Score score(Tensor logits, int[] labels, Tensor gradient) {
        float[] values = Floats.read(logits, 0, logits.size());
        Score score = run(values, logits.size() / logits.dim(0), labels, logits.dim(0));
        Floats.write(values, gradient, 0, values.length);
        return score;
    }

    /** Replaces the logits in {@code values} by the mean's gradients: (p − q) / samples. */
    private Score run(float[] values, int classes, int[] labels, int samples) {
        double[] p = new double[classes];
        double loss = 0;
        int correct = 0;
        for (int n = 0; n < samples; n++) {
            int row = n * classes;
            int best = 0;
            for (int c = 1; c < classes; c++) {
                best = values[row + c] > values[row + best] ? c : best;
            }
            double largest = values[row + best];
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                p[c] = Math.exp(values[row + c] - largest);
                sum += p[c];
            }
            correct += best == labels[n] ? 1 : 0;
            for (int c = 0; c < classes; c++) {
                double q = labelSmoothing / classes + (c == labels[n] ? 1 - labelSmoothing : 0);
                loss -= q == 0 ? 0 : q * (values[row + c] - largest - Math.log(sum));
                values[row + c] = (float) ((p[c] / sum - q) / samples);
            }
        }
        return new Score(loss, correct, samples);
    }
}
