package io.github.dyconv.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.testing.Float64Gradients.Gradient;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Shows that the float64 gradients are the slopes of the float64 forward pass, by central differences. */
class Float64GradientsTest {
    private static final int SWEEP = 300;

    /** A hidden unit may pass zero within one step, where the slope jumps, but hardly within a tenth of it too. */
    private static final double[] STEPS = {2e-6, 2e-7};

    private static final double TOLERANCE = 2e-5;

    @TestFactory
    Stream<DynamicTest> randomLayers() {
        return LongStream.range(0, SWEEP).mapToObj(seed -> {
            LayerCase layer = RandomLayers.of(seed);
            return dynamicTest(layer.toString(), () -> requireSlopes(layer));
        });
    }

    private static void requireSlopes(LayerCase layer) {
        Parameters parameters = layer.parameters();
        Tensor x = layer.x();
        Tensor yGradient = TrainingRun.outputGradient(layer);
        Float64Gradients.of(parameters, x, yGradient).forEach((name, gradient) -> {
            Random random = new Random(layer.seed());
            requireSlope(name, parameters, x, yGradient, gradient, i -> random.nextGaussian());
            requireSlope(name, parameters, x, yGradient, gradient, i -> gradient.values()[i]);
        });
    }

    private interface Direction {
        double along(int element);
    }

    /** The slope along one direction. */
    private static void requireSlope(
            String name, Parameters parameters, Tensor x, Tensor yGradient, Gradient gradient, Direction direction) {
        Tensor center = name.equals(Float64Gradients.X) ? x : parameters.get(name);
        double[] drawn = new double[center.size()];
        double norm = 0;
        for (int i = 0; i < drawn.length; i++) {
            drawn[i] = direction.along(i);
            norm += drawn[i] * drawn[i] / drawn.length;
        }
        if (norm == 0) {
            return; // a gradient of zeros gives no direction
        }
        double least = Double.MAX_VALUE;
        for (double step : STEPS) {
            least = Math.min(least, error(name, parameters, x, yGradient, gradient, drawn, step / Math.sqrt(norm)));
        }
        assertThat(least)
                .as("%s: what the loss changes by, less what its gradient says", name)
                .isLessThanOrEqualTo(TOLERANCE);
    }

    /** How far the change of the loss is from what the gradient says, relative to the step and the gradient's scale. */
    private static double error(
            String name,
            Parameters parameters,
            Tensor x,
            Tensor yGradient,
            Gradient gradient,
            double[] direction,
            double step) {
        Tensor center = name.equals(Float64Gradients.X) ? x : parameters.get(name);
        float[] values = center.toArray();
        float[] up = values.clone();
        float[] down = values.clone();
        double expected = 0;
        double length = 0;
        for (int i = 0; i < values.length; i++) {
            up[i] = (float) (values[i] + step * direction[i]);
            down[i] = (float) (values[i] - step * direction[i]);
            double difference = (double) up[i] - down[i];
            expected += gradient.values()[i] * difference;
            length += difference * difference;
        }
        double actual = loss(name, parameters, x, yGradient, Tensor.of(up, center.shape()))
                - loss(name, parameters, x, yGradient, Tensor.of(down, center.shape()));
        double divisor = Math.sqrt(length) * gradient.scale();
        return divisor == 0 ? Math.abs(actual - expected) : Math.abs(actual - expected) / divisor;
    }

    private static double loss(String name, Parameters parameters, Tensor x, Tensor yGradient, Tensor changed) {
        boolean input = name.equals(Float64Gradients.X);
        double[] y = Float64Reference.forward(input ? parameters : parameters.with(name, changed), input ? changed : x)
                .y();
        float[] slopes = yGradient.toArray();
        double sum = 0;
        for (int i = 0; i < y.length; i++) {
            sum += slopes[i] * y[i];
        }
        return sum;
    }
}
