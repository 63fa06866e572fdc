package io.github.dyconv.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2d;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Gradients;
import io.github.dyconv.Size2D;
import io.github.dyconv.Tensor;
import io.github.dyconv.TrainingPlan;
import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.testing.Float64Gradients;
import io.github.dyconv.testing.LayerCase;
import io.github.dyconv.testing.TrainingRun;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Strided layers with many input channels, which the random layers of all devices lack. */
class PhasedDataGradientTest {
    private static final int SWEEP = 80;

    private static int pick(Random random, int... values) {
        return values[random.nextInt(values.length)];
    }

    /** Of any geometry whose columns have two phases, with input channels enough for panels of any width. */
    private static LayerCase layer(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        int groups = pick(random, 1, 1, 1, 2);
        Conv2dGeometry geometry = new Conv2dGeometry(
                groups * pick(random, 48, 61, 64, 100, 128),
                groups * pick(random, 1, 3, 16, 40, 70),
                new Size2D(pick(random, 1, 3, 3, 4, 5), pick(random, 2, 3, 3, 4, 5)),
                new Size2D(pick(random, 1, 2, 2, 3), 2),
                new Size2D(pick(random, 0, 1, 1, 2, 5), pick(random, 0, 1, 1, 2, 5)),
                new Size2D(pick(random, 1, 1, 1, 2, 3), pick(random, 1, 1, 1, 3)),
                groups,
                random.nextBoolean());
        DYConv2dConfig config = new DYConv2dConfig(geometry, 0.25, pick(random, 1, 2, 4));
        int batch = pick(random, 1, 2, 3);
        return new LayerCase(
                "seed " + seed,
                config,
                30,
                batch,
                pick(random, 13, 14, 19, 40),
                pick(random, 13, 14, 31, 32, 33, 47, 70),
                seed);
    }

    private static boolean isPhased(LayerCase layer) {
        ForwardProblem problem = new ForwardProblem(
                layer.config(), layer.batch(), layer.height(), layer.width(), ForwardOptions.DEFAULT, true);
        return PhasedDataGradient.refusal(problem).isEmpty();
    }

    private static List<LayerCase> layers() {
        return LongStream.range(0, SWEEP)
                .mapToObj(PhasedDataGradientTest::layer)
                .filter(PhasedDataGradientTest::isPhased)
                .toList();
    }

    private static Tensor xGradient(LayerCase layer, int threads) {
        Tensor x = layer.x();
        float[] before = new float[x.size()];
        Arrays.fill(before, Float.NaN);
        Tensor gradient = Tensor.of(before, x.shape());
        ForwardOptions options = ForwardOptions.DEFAULT.withThreads(threads);
        try (DYConv2d module = DYConv2d.of(layer.parameters());
                TrainingPlan plan = module.trainingPlan(Devices.select("jvm"), options, x.shape())) {
            assertThat(plan.algorithms())
                    .extracting(AlgorithmChoice::name)
                    .contains("data gradient: blocked by phases");
            plan.forward(x, Tensor.zeros(plan.outputShape()));
            plan.backward(TrainingRun.outputGradient(layer), gradient, new Gradients(layer.config()));
        }
        return gradient;
    }

    @TestFactory
    Stream<DynamicTest> itAgreesWithFloat64() {
        List<LayerCase> layers = layers();
        assertThat(layers).hasSizeGreaterThan(SWEEP / 2);
        return layers.stream()
                .map(layer -> dynamicTest(layer.toString(), () -> {
                    var expected =
                            Float64Gradients.of(layer.parameters(), layer.x(), TrainingRun.outputGradient(layer));
                    assertThat(expected.get(Float64Gradients.X).error(xGradient(layer, 2)))
                            .isLessThanOrEqualTo(2e-6);
                }));
    }

    @Test
    void itDoesNotDependOnTheNumberOfThreads() {
        List<LayerCase> layers = layers();
        IntStream.range(0, 12)
                .mapToObj(layers::get)
                .forEach(layer -> assertThat(xGradient(layer, 3).toArray())
                        .as("%s", layer)
                        .isEqualTo(xGradient(layer, 1).toArray()));
    }
}
