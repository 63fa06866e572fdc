package io.github.dyconv.examples;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.util.Random;

/**
 * A layer and the shape of its input, with parameters and values that are the same at every run.
 *
 * @param name for people
 * @param config the layer
 * @param batch samples N
 * @param height input rows H
 * @param width input columns W
 */
record LayerShape(String name, DYConv2dConfig config, int batch, int height, int width) {
    private static final long SEED = 1912_03458;

    /** A new layer. */
    DYConv2d build() {
        return DYConv2d.of(Parameters.initial(config, NamedLayer.TEMPERATURE, true, SEED));
    }

    /** Standard normal values, {@code [N, C, H, W]}. */
    Tensor input() {
        Tensor input = Tensor.zeros(batch, config.geometry().inPlanes(), height, width);
        Tensor flat = input.reshape(input.size());
        Random random = new Random(SEED + 1);
        for (int i = 0; i < flat.size(); i++) {
            flat.set((float) random.nextGaussian(), i);
        }
        return input;
    }

    /** What a plan of the layer computes. */
    ForwardProblem problem(ForwardOptions options) {
        return new ForwardProblem(config, batch, height, width, options, true);
    }
}
