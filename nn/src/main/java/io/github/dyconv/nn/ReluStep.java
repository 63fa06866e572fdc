package io.github.dyconv.nn;

import io.github.dyconv.Tensor;
import org.jspecify.annotations.Nullable;

/** ReLU and ReLU6; one task per piece. */
final class ReluStep implements Step {
    private final float ceiling;
    private final Tensor input;
    private final Tensor output;
    private final Parallel parallel;

    ReluStep(Operation.Relu operation, Tensor input, Tensor output, Parallel parallel) {
        this.ceiling = operation.ceiling();
        this.input = input;
        this.output = output;
        this.parallel = parallel;
    }

    @Override
    public void forward() {
        Floats.pieces(output.size(), parallel, (offset, length) -> {
            float[] x = Floats.read(input, offset, length);
            for (int i = 0; i < length; i++) {
                x[i] = Math.min(Math.max(x[i], 0), ceiling);
            }
            Floats.write(x, output, offset, length);
        });
    }

    @Override
    public void backward(Tensor outputGradient, @Nullable Tensor[] inputGradients) {
        Tensor inputGradient = inputGradients[0];
        if (inputGradient == null) {
            return;
        }
        Floats.pieces(output.size(), parallel, (offset, length) -> {
            float[] y = Floats.read(output, offset, length);
            float[] g = Floats.read(outputGradient, offset, length);
            for (int i = 0; i < length; i++) {
                // A product instead of a condition, which no processor could predict.
                g[i] *= Math.signum(y[i]) * Math.signum(ceiling - y[i]);
            }
            Floats.write(g, inputGradient, offset, length);
        });
    }
}
