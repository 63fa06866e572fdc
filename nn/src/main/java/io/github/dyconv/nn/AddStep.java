package io.github.dyconv.nn;

import io.github.dyconv.Tensor;
import org.jspecify.annotations.Nullable;

/** The sum of two values; one task per piece. */
final class AddStep implements Step {
    private final Tensor left;
    private final Tensor right;
    private final Tensor output;
    private final Parallel parallel;

    AddStep(Tensor left, Tensor right, Tensor output, Parallel parallel) {
        this.left = left;
        this.right = right;
        this.output = output;
        this.parallel = parallel;
    }

    @Override
    public void forward() {
        Floats.pieces(output.size(), parallel, (offset, length) -> {
            float[] sum = Floats.read(left, offset, length);
            Floats.addScaled(sum, 1, Floats.read(right, offset, length), length);
            Floats.write(sum, output, offset, length);
        });
    }

    @Override
    public void backward(Tensor outputGradient, @Nullable Tensor[] inputGradients) {
        for (Tensor inputGradient : inputGradients) {
            if (inputGradient != null) {
                inputGradient.copyFrom(outputGradient);
            }
        }
    }
}
