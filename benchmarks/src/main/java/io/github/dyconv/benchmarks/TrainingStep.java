package io.github.dyconv.benchmarks;

import io.github.dyconv.Tensor;
import io.github.dyconv.examples.LayerCase;
import java.util.Random;

/** What a training step is, for all contenders alike: forward, backward from a given gradient of the output, plain descent. */
public final class TrainingStep {
    /** So small that parameters stay what they are over any number of steps. */
    public static final float LEARNING_RATE = 1e-12f;

    private static final long SEED = 3;

    private TrainingStep() {}

    /**
     * The gradient of the loss with respect to the output: standard normal, the same at every run.
     *
     * @param timed the layer
     * @return {@code [N, O, H', W']}
     */
    public static Tensor outputGradient(LayerCase timed) {
        Tensor gradient = Tensor.zeros(timed.outputShape());
        Tensor flat = gradient.reshape(gradient.size());
        Random random = new Random(SEED);
        for (int i = 0; i < flat.size(); i++) {
            flat.set((float) random.nextGaussian(), i);
        }
        return gradient;
    }
}
