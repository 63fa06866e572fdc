package io.github.dyconv.nn;

import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Tensor;
import org.jspecify.annotations.Nullable;

/** Batch normalization; one task per channel, sums in double. */
final class BatchNormStep implements Step {
    private final Operation.BatchNorm2d operation;
    private final boolean training;
    private final Parallel parallel;
    private final Tensor input;
    private final Tensor output;
    private final int batch;
    private final int plane;
    private final Tensor weight;
    private final Tensor bias;
    private final Tensor runningMean;
    private final Tensor runningVar;
    private final Tensor weightGradient;
    private final Tensor biasGradient;
    private final double[] mean;
    private final double[] deviation;

    BatchNormStep(
            Operation.BatchNorm2d operation,
            Model model,
            boolean training,
            Tensor input,
            Tensor output,
            Tensor weightGradient,
            Tensor biasGradient,
            Parallel parallel) {
        this.operation = operation;
        this.training = training;
        this.parallel = parallel;
        this.input = input;
        this.output = output;
        this.batch = input.dim(0);
        this.plane = input.dim(2) * input.dim(3);
        this.weight = model.parameter(operation, DYConv2dConfig.WEIGHT);
        this.bias = model.parameter(operation, DYConv2dConfig.BIAS);
        this.runningMean = model.parameter(operation, Operation.BatchNorm2d.RUNNING_MEAN);
        this.runningVar = model.parameter(operation, Operation.BatchNorm2d.RUNNING_VAR);
        this.weightGradient = weightGradient;
        this.biasGradient = biasGradient;
        this.mean = new double[operation.channels()];
        this.deviation = new double[operation.channels()];
    }

    private int offset(int n, int c) {
        return (n * operation.channels() + c) * plane;
    }

    @Override
    public void forward() {
        parallel.run(operation.channels(), c -> {
            float[] x = new float[plane];
            if (training) {
                measure(c, x);
            } else {
                mean[c] = Floats.get(runningMean, c);
                deviation[c] = Math.sqrt(Floats.get(runningVar, c) + operation.epsilon());
            }
            double scale = Floats.get(weight, c) / deviation[c];
            float factor = (float) scale;
            float shift = (float) (Floats.get(bias, c) - mean[c] * scale);
            for (int n = 0; n < batch; n++) {
                Floats.read(input, offset(n, c), x, plane);
                for (int i = 0; i < plane; i++) {
                    x[i] = x[i] * factor + shift;
                }
                Floats.write(x, output, offset(n, c), plane);
            }
        });
    }

    /** The batch's mean and deviation, and what they do to the running ones. */
    private void measure(int c, float[] x) {
        double sum = 0;
        double squares = 0;
        for (int n = 0; n < batch; n++) {
            Floats.read(input, offset(n, c), x, plane);
            sum += Floats.sum(x, plane);
            squares += Floats.dot(x, x, plane);
        }
        int count = batch * plane;
        mean[c] = sum / count;
        // Doubles have 29 bits more than the elements, so the difference loses nothing that matters.
        double variance = Math.max(0, squares / count - mean[c] * mean[c]);
        deviation[c] = Math.sqrt(variance + operation.epsilon());
        move(runningMean, c, mean[c]);
        move(runningVar, c, variance * count / (count - 1));
    }

    private void move(Tensor running, int c, double now) {
        Floats.set(
                running, c, (float) ((1 - operation.momentum()) * Floats.get(running, c) + operation.momentum() * now));
    }

    /**
     * With x̂ the normalized input and m its elements: {@code ∂bias = Σ g, ∂weight = Σ g·x̂, ∂x = weight / deviation · (g −
     * ∂bias/m − x̂·∂weight/m)}.
     */
    @Override
    public void backward(Tensor outputGradient, @Nullable Tensor[] inputGradients) {
        Tensor inputGradient = inputGradients[0];
        parallel.run(operation.channels(), c -> {
            float[] x = new float[plane];
            float[] g = new float[plane];
            double sum = 0;
            double product = 0;
            for (int n = 0; n < batch; n++) {
                Floats.read(input, offset(n, c), x, plane);
                Floats.read(outputGradient, offset(n, c), g, plane);
                sum += Floats.sum(g, plane);
                product += Floats.dot(g, x, plane);
            }
            double along = (product - mean[c] * sum) / deviation[c];
            Floats.set(biasGradient, c, (float) sum);
            Floats.set(weightGradient, c, (float) along);
            if (inputGradient == null) {
                return;
            }
            int count = batch * plane;
            double scale = Floats.get(weight, c) / deviation[c];
            double slope = scale * along / (count * deviation[c]);
            float ofGradient = (float) scale;
            float ofInput = (float) -slope;
            float constant = (float) (slope * mean[c] - scale * sum / count);
            for (int n = 0; n < batch; n++) {
                Floats.read(input, offset(n, c), x, plane);
                Floats.read(outputGradient, offset(n, c), g, plane);
                for (int i = 0; i < plane; i++) {
                    g[i] = g[i] * ofGradient + (x[i] * ofInput + constant);
                }
                Floats.write(g, inputGradient, offset(n, c), plane);
            }
        });
    }
}
