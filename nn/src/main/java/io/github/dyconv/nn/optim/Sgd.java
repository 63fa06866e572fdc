package io.github.dyconv.nn.optim;

import io.github.dyconv.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Stochastic gradient descent with momentum: {@code g += weightDecay · p; v = momentum · v + g; p −= lr · v}, or, by Nesterov,
 * {@code p −= lr · (g + momentum · v)}.
 */
public final class Sgd extends Optimizer {
    private static final List<String> MOMENTS = List.of("momentum_buffer");

    private final float momentum;
    private final float weightDecay;
    private final boolean nesterov;

    /**
     * An optimizer without momentum yet.
     *
     * @param parameters what to change, by name
     * @param momentum at least 0, less than 1
     * @param weightDecay at least 0, less than 1
     * @param nesterov whether to look ahead
     * @throws IllegalArgumentException if an argument is out of its range
     */
    public Sgd(Map<String, Tensor> parameters, double momentum, double weightDecay, boolean nesterov) {
        super(parameters, MOMENTS);
        requireWithin("momentum", momentum, 0, 1);
        requireWithin("weightDecay", weightDecay, 0, 1);
        this.momentum = (float) momentum;
        this.weightDecay = (float) weightDecay;
        this.nesterov = nesterov;
    }

    @Override
    List<String> moments() {
        return MOMENTS;
    }

    @Override
    Update update(double learningRate) {
        float rate = (float) learningRate;
        return (p, g, moments, length) -> {
            float[] v = moments[0];
            for (int i = 0; i < length; i++) {
                g[i] += weightDecay * p[i];
                v[i] = momentum * v[i] + g[i];
            }
            if (nesterov) {
                for (int i = 0; i < length; i++) {
                    p[i] -= rate * (g[i] + momentum * v[i]);
                }
            } else {
                for (int i = 0; i < length; i++) {
                    p[i] -= rate * v[i];
                }
            }
        };
    }
}
