package io.github.dyconv.nn;

import io.github.dyconv.Tensor;
import org.jspecify.annotations.Nullable;

/** A linear operation; one task per sample, or per output for the weights' gradients. */
final class LinearStep implements Step {
    private final Tensor weight;
    private final Tensor bias;
    private final Tensor input;
    private final Tensor output;
    private final Tensor weightGradient;
    private final Tensor biasGradient;
    private final Parallel parallel;
    private final int batch;
    private final int inFeatures;
    private final int outFeatures;

    LinearStep(
            Tensor weight,
            Tensor bias,
            Tensor input,
            Tensor output,
            Tensor weightGradient,
            Tensor biasGradient,
            Parallel parallel) {
        this.weight = weight;
        this.bias = bias;
        this.input = input;
        this.output = output;
        this.weightGradient = weightGradient;
        this.biasGradient = biasGradient;
        this.parallel = parallel;
        this.batch = input.dim(0);
        this.outFeatures = weight.dim(0);
        this.inFeatures = weight.dim(1);
    }

    @Override
    public void forward() {
        parallel.run(batch, n -> {
            float[] x = Floats.read(input, n * inFeatures, inFeatures);
            float[] row = new float[inFeatures];
            for (int o = 0; o < outFeatures; o++) {
                Floats.read(weight, o * inFeatures, row, inFeatures);
                Floats.set(output, n * outFeatures + o, (float) (Floats.dot(row, x, inFeatures) + Floats.get(bias, o)));
            }
        });
    }

    @Override
    public void backward(Tensor outputGradient, @Nullable Tensor[] inputGradients) {
        parallel.run(outFeatures, o -> {
            float[] dw = new float[inFeatures];
            float[] x = new float[inFeatures];
            double sum = 0;
            for (int n = 0; n < batch; n++) {
                float g = Floats.get(outputGradient, n * outFeatures + o);
                Floats.read(input, n * inFeatures, x, inFeatures);
                Floats.addScaled(dw, g, x, inFeatures);
                sum += g;
            }
            Floats.write(dw, weightGradient, o * inFeatures, inFeatures);
            Floats.set(biasGradient, o, (float) sum);
        });
        Tensor inputGradient = inputGradients[0];
        if (inputGradient == null) {
            return;
        }
        parallel.run(batch, n -> {
            float[] dx = new float[inFeatures];
            float[] row = new float[inFeatures];
            for (int o = 0; o < outFeatures; o++) {
                Floats.read(weight, o * inFeatures, row, inFeatures);
                Floats.addScaled(dx, Floats.get(outputGradient, n * outFeatures + o), row, inFeatures);
            }
            Floats.write(dx, inputGradient, n * inFeatures, inFeatures);
        });
    }
}
