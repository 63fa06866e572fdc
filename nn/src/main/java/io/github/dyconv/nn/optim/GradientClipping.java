package io.github.dyconv.nn.optim;

import io.github.dyconv.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;

/** Gradient clipping by the norm of all gradients together (Pascanu et al., arXiv 1211.5063). */
public final class GradientClipping {
    /** What PyTorch adds to the norm, lest it divide by 0. */
    private static final double EPSILON = 1e-6;

    private GradientClipping() {}

    /**
     * Scales all gradients down if their norm is larger than allowed: PyTorch's {@code clip_grad_norm_}.
     *
     * @param gradients changed in place
     * @param maxNorm positive
     * @return the Euclidean norm before
     */
    public static double byNorm(Map<String, Tensor> gradients, double maxNorm) {
        double squares = 0;
        for (Tensor gradient : gradients.values()) {
            for (float value : gradient.toArray()) {
                squares += (double) value * value;
            }
        }
        double norm = Math.sqrt(squares);
        float factor = (float) (maxNorm / (norm + EPSILON));
        if (factor < 1) {
            for (Tensor gradient : gradients.values()) {
                float[] values = gradient.toArray();
                for (int i = 0; i < values.length; i++) {
                    values[i] *= factor;
                }
                MemorySegment.copy(values, 0, gradient.segment(), ValueLayout.JAVA_FLOAT, 0, values.length);
            }
        }
        return norm;
    }
}
