package io.github.dyconv.nn.optim;

import io.github.dyconv.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Adam (Kingma and Ba, arXiv 1412.6980) and AdamW (Loshchilov and Hutter, arXiv 1711.05101): at step t,
 * {@code m = β1·m + (1 − β1)·g; v = β2·v + (1 − β2)·g²; p −= lr · (m / (1 − β1ᵗ)) / (√(v / (1 − β2ᵗ)) + ε)}. Weight decay is
 * added to the gradient, or, in AdamW, {@code lr · weightDecay · p} is taken from the parameter first.
 */
public final class Adam extends Optimizer {
    private static final List<String> MOMENTS = List.of("exp_avg", "exp_avg_sq");

    private final double beta1;
    private final double beta2;
    private final double epsilon;
    private final double weightDecay;
    private final boolean decoupled;

    /**
     * An optimizer at its start.
     *
     * @param parameters what to change, by name
     * @param beta1 at least 0, less than 1
     * @param beta2 at least 0, less than 1
     * @param epsilon at least 0, less than 1
     * @param weightDecay at least 0, less than 1
     * @param decoupled true for AdamW
     * @throws IllegalArgumentException if an argument is out of its range
     */
    public Adam(
            Map<String, Tensor> parameters,
            double beta1,
            double beta2,
            double epsilon,
            double weightDecay,
            boolean decoupled) {
        super(parameters, MOMENTS);
        requireWithin("beta1", beta1, 0, 1);
        requireWithin("beta2", beta2, 0, 1);
        requireWithin("epsilon", epsilon, 0, 1);
        requireWithin("weightDecay", weightDecay, 0, 1);
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.epsilon = epsilon;
        this.weightDecay = weightDecay;
        this.decoupled = decoupled;
    }

    @Override
    List<String> moments() {
        return MOMENTS;
    }

    @Override
    Update update(double learningRate) {
        float kept = (float) (decoupled ? 1 - learningRate * weightDecay : 1);
        float added = (float) (decoupled ? 0 : weightDecay);
        float keep1 = (float) beta1;
        float take1 = (float) (1 - beta1);
        float keep2 = (float) beta2;
        float take2 = (float) (1 - beta2);
        float rate = (float) (learningRate / (1 - Math.pow(beta1, (double) steps())));
        float scale = (float) Math.sqrt(1 - Math.pow(beta2, (double) steps()));
        float floor = (float) epsilon;
        return (p, g, moments, length) -> {
            float[] m = moments[0];
            float[] v = moments[1];
            for (int i = 0; i < length; i++) {
                g[i] += added * p[i];
                m[i] = keep1 * m[i] + take1 * g[i];
                v[i] = keep2 * v[i] + take2 * g[i] * g[i];
                p[i] = kept * p[i] - rate * m[i] / ((float) Math.sqrt(v[i]) / scale + floor);
            }
        };
    }
}
