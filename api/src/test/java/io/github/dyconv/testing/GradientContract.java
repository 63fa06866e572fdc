package io.github.dyconv.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Device;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Parameters;
import io.github.dyconv.Precision;
import io.github.dyconv.Tensor;
import io.github.dyconv.testing.Float64Gradients.Gradient;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What every device that trains must compute: PyTorch's gradients, and those of the definition. */
public abstract class GradientContract {
    /** The device. */
    protected abstract Device device();

    /** The largest relative L2 error of each gradient. */
    protected abstract double tolerance();

    /**
     * The same for the gradients of the attention's parameters in layers drawn at random: where the first layer's products
     * cancel, what float32 rounds off the means is no longer small beside its output.
     */
    protected double attentionTolerance() {
        return tolerance();
    }

    /** How many random layers to try. */
    protected abstract int sweepSize();

    /** How many of the layers of awkward geometry to leave out after each one that is tried: on devices that compile slowly. */
    protected int awkwardLeftOut() {
        return 0;
    }

    /** Whether default precision is computed as the strict one, and need not be tried again. */
    protected boolean defaultIsStrict() {
        return false;
    }

    /** How many random plain convolutions to try. */
    protected int plainSweepSize() {
        return 20;
    }

    /** Whether gradients are bitwise the same at every run on as many threads. */
    protected boolean reproducible() {
        return false;
    }

    @TestFactory
    Stream<DynamicTest> goldenGradientsStrictly() {
        return golden(Precision.STRICT);
    }

    @TestFactory
    Stream<DynamicTest> goldenGradientsByDefault() {
        return defaultIsStrict() ? Stream.empty() : golden(Precision.DEFAULT);
    }

    private Stream<DynamicTest> golden(Precision precision) {
        return GoldenCase.all().stream()
                .map(golden -> dynamicTest(golden.name(), () -> requireGradients(golden, precision)));
    }

    private void requireGradients(GoldenCase golden, Precision precision) {
        Tensor yGradient = tensor(golden.array("grad_y"), yShape(golden));
        TrainingRun run = run(golden.parameters(), golden.x(), yGradient, precision, true);
        assertThat(Errors.relativeL2(golden.y64(), run.y())).as("y").isLessThanOrEqualTo(tolerance());
        run.gradients()
                .forEach((name, gradient) -> assertThat(Errors.relativeL2(golden.array("grad64." + name), gradient))
                        .as("gradient of %s by %s", name, run.algorithms())
                        .isLessThanOrEqualTo(tolerance()));
    }

    private static int[] yShape(GoldenCase golden) {
        var geometry = golden.config().geometry();
        return new int[] {
            golden.x().dim(0),
            geometry.outPlanes(),
            geometry.outHeight(golden.x().dim(2)),
            geometry.outWidth(golden.x().dim(3))
        };
    }

    private static Tensor tensor(double[] values, int... shape) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return Tensor.of(floats, shape);
    }

    @TestFactory
    Stream<DynamicTest> awkwardGeometry() {
        List<LayerCase> all = AwkwardLayers.all();
        return IntStream.range(0, all.size())
                .filter(i -> i % (1 + awkwardLeftOut()) == 0)
                .mapToObj(i -> comparison(all.get(i), Precision.DEFAULT));
    }

    @TestFactory
    Stream<DynamicTest> randomLayers() {
        return LongStream.range(0, sweepSize())
                .mapToObj(seed ->
                        comparison(RandomLayers.of(seed), seed % 2 == 0 ? Precision.STRICT : Precision.DEFAULT));
    }

    private DynamicTest comparison(LayerCase layer, Precision precision) {
        return dynamicTest(layer + ", " + precision, () -> {
            Tensor yGradient = TrainingRun.outputGradient(layer);
            TrainingRun run = run(layer.parameters(), layer.x(), yGradient, precision, true);
            requireClose(run, Float64Gradients.of(layer.parameters(), layer.x(), yGradient));
        });
    }

    /** Not a number, where one was expected, is no small error either. */
    private void requireClose(TrainingRun run, Map<String, Gradient> expected) {
        assertThat(run.gradients()).containsOnlyKeys(expected.keySet());
        expected.forEach(
                (name, gradient) -> assertThat(gradient.error(run.gradients().get(name)))
                        .as("gradient of %s by %s", name, run.algorithms())
                        .isLessThanOrEqualTo(name.startsWith("attention.") ? attentionTolerance() : tolerance()));
    }

    @Test
    void aPlainConvolutionIsTrainedWithoutTheAttention() {
        for (long seed = 0; seed < plainSweepSize(); seed++) {
            LayerCase drawn = RandomLayers.of(seed);
            LayerCase plain = new LayerCase(
                    "plain",
                    new DYConv2dConfig(drawn.config().geometry(), 0, 1),
                    1,
                    drawn.batch(),
                    drawn.height(),
                    drawn.width(),
                    seed);
            Tensor yGradient = TrainingRun.outputGradient(plain);
            TrainingRun run = run(plain.parameters(), plain.x(), yGradient, Precision.DEFAULT, false);
            requireClose(run, Float64Gradients.ofPlain(plain.parameters(), plain.x(), yGradient));
        }
    }

    @Test
    void gradientsAreTheSameAtEveryRun() {
        if (!reproducible()) {
            return;
        }
        for (long seed : List.of(1L, 2L, 3L, 4L, 5L, 6L)) {
            LayerCase layer = RandomLayers.of(seed);
            Tensor yGradient = TrainingRun.outputGradient(layer);
            TrainingRun once = run(layer.parameters(), layer.x(), yGradient, Precision.DEFAULT, true);
            TrainingRun again = run(layer.parameters(), layer.x(), yGradient, Precision.DEFAULT, true);
            once.gradients()
                    .forEach((name, gradient) -> assertThat(
                                    again.gradients().get(name).toArray())
                            .as(name)
                            .isEqualTo(gradient.toArray()));
        }
    }

    private TrainingRun run(Parameters parameters, Tensor x, Tensor yGradient, Precision precision, boolean dynamic) {
        ForwardOptions options = ForwardOptions.DEFAULT.withPrecision(precision);
        return TrainingRun.of(device(), options, parameters, x, yGradient, dynamic);
    }
}
