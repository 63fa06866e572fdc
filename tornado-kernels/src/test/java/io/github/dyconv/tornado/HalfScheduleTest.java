package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Parameters;
import io.github.dyconv.Precision;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedForward;
import io.github.dyconv.testing.AwkwardLayers;
import io.github.dyconv.testing.Errors;
import io.github.dyconv.testing.Float64Reference;
import io.github.dyconv.testing.GoldenCase;
import io.github.dyconv.testing.LayerCase;
import io.github.dyconv.testing.RandomLayers;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Half precision, on simulated tensor cores; other devices refuse it. */
class HalfScheduleTest {
    private static final ForwardOptions HALF = ForwardOptions.DEFAULT.withPrecision(Precision.HALF);
    private static final double TOLERANCE = 2e-3;
    private static final int H100_UNITS = 132;
    private static final TornadoVmDevice DEVICE = TestDevices.all().getFirst();

    private static void assumeTensorCores() {
        assumeTrue(TestDevices.simulated(), "only the simulator has tensor cores here");
    }

    private static boolean taken(DYConv2dConfig config) {
        return config.geometry().outPlanesPerGroup() >= HalfSchedule.FEWEST_CHANNELS;
    }

    private static float[] forward(Parameters parameters, Tensor x) {
        try (DYConv2d layer = DYConv2d.of(parameters);
                ForwardPlan plan = layer.plan(DEVICE, HALF, x.shape())) {
            assertThat(plan.algorithm()).isEqualTo("half");
            return plan.forward(x).toArray();
        }
    }

    @TestFactory
    Stream<DynamicTest> goldenCases() {
        assumeTensorCores();
        return GoldenCase.all().stream()
                .map(golden -> dynamicTest(golden.name(), () -> {
                    Tensor x = golden.x();
                    if (taken(golden.config())) {
                        float[] y = forward(golden.parameters(), x);
                        double error = Errors.relativeL2(golden.y64(), Tensor.of(y, y.length));
                        assertThat(error).isLessThanOrEqualTo(TOLERANCE);
                    } else {
                        assertThatExceptionOfType(DeviceException.class)
                                .isThrownBy(() -> forward(golden.parameters(), x))
                                .withMessageStartingWith(
                                        "precision half: needs at least 8 output channels per group, the layer has ");
                    }
                }));
    }

    /** Small integers are exact in FP16, and so are their sums in FP32. */
    @TestFactory
    Stream<DynamicTest> integersExactly() {
        assumeTensorCores();
        return AwkwardLayers.all().stream()
                .filter(layer -> taken(layer.config()))
                .filter(layer -> Integer.bitCount(layer.config().kernels()) == 1)
                .map(layer -> dynamicTest(layer.toString(), () -> {
                    double[] expected = Float64Reference.forward(layer.integerParameters(), layer.integerX())
                            .y();
                    float[] y = forward(layer.integerParameters(), layer.integerX());
                    assertThat(y).containsExactly(floats(expected));
                }));
    }

    private static float[] floats(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    @TestFactory
    Stream<DynamicTest> randomLayers() {
        assumeTensorCores();
        return LongStream.range(0, 150)
                .mapToObj(RandomLayers::of)
                .filter(layer -> taken(layer.config()))
                .map(layer -> dynamicTest(layer.toString(), () -> requireAccurate(layer)));
    }

    private static void requireAccurate(LayerCase layer) {
        Float64Reference.Result expected = Float64Reference.forward(layer.parameters(), layer.x());
        float[] y = forward(layer.parameters(), layer.x());
        assertThat(Errors.relativeL2(expected, Tensor.of(y, y.length))).isLessThanOrEqualTo(TOLERANCE);
    }

    /** The named layers, with sums divided as for a large GPU. */
    @ParameterizedTest
    @CsvSource({
        "D, 3, 16, 3, 1, 1, 1, 64, 1, 2",
        "R1, 64, 64, 3, 1, 1, 1, 56, 1, 4",
        "R2, 128, 128, 3, 1, 1, 1, 28, 1, 9",
        "R3, 256, 256, 3, 1, 1, 1, 14, 2, 8", // 16 groups: 9 parts would give some units two
        "R4, 512, 512, 3, 1, 1, 1, 7, 1, 29",
        "S, 64, 128, 3, 2, 1, 1, 56, 1, 4",
        "P, 96, 24, 1, 1, 1, 1, 56, 2, 1",
        "G, 64, 64, 3, 1, 1, 4, 56, 1, 2",
        "L, 64, 64, 3, 1, 2, 1, 56, 1, 4",
    })
    void namedLayers(
            String name,
            int inPlanes,
            int outPlanes,
            int kernel,
            int stride,
            int dilation,
            int groups,
            int size,
            int batch,
            int splits) {
        assumeTensorCores();
        DYConv2dConfig config = DYConv2d.builder(inPlanes, outPlanes, kernel)
                .stride(stride)
                .padding(kernel / 2 * dilation)
                .dilation(dilation)
                .groups(groups)
                .config();
        LayerCase layer = new LayerCase(name, config, 34, batch, size, size, 7);
        ForwardProblem problem = new ForwardProblem(config, batch, size, size, HALF, true);
        assertThat(HalfTile.of(ConvolutionShape.of(problem), H100_UNITS).splits())
                .isEqualTo(splits);
        Parameters parameters = layer.parameters();
        Tensor x = layer.x();
        Tensor y = Tensor.zeros(batch, outPlanes, problem.outHeight(), problem.outWidth());
        ScheduleChoice choice = new ScheduleChoice(new HalfSchedule(OptionalInt.of(H100_UNITS)), List.of());
        try (TornadoForward forward = new TornadoForward(DEVICE.tornado(), problem, choice)) {
            forward.run(parameters, x, y);
        }
        assertThat(Errors.relativeL2(Float64Reference.forward(parameters, x), y))
                .isLessThanOrEqualTo(TOLERANCE);
    }

    @Test
    void aPlainConvolutionIsOneToo() {
        assumeTensorCores();
        DYConv2dConfig config =
                DYConv2d.builder(20, 40, 3).kernels(1).padding(1).config();
        LayerCase layer = new LayerCase("plain", config, 1, 2, 9, 10, 7);
        Parameters parameters = layer.parameters();
        Tensor x = layer.x();
        Tensor y = Tensor.zeros(2, 40, 9, 10);
        try (PreparedForward forward = DEVICE.prepare(new ForwardProblem(config, 2, 9, 10, HALF, false))) {
            forward.run(parameters, x, y);
        }
        assertThat(Errors.relativeL2(Float64Reference.plainConvolution(parameters, x), y))
                .isLessThanOrEqualTo(TOLERANCE);
    }

    @Test
    void onlyThePrecisionChoosesIt() {
        assertThat(DEVICE.algorithms()).doesNotContain("half");
        DYConv2dConfig config = DYConv2d.builder(16, 16, 3).config();
        ForwardProblem problem = new ForwardProblem(config, 1, 8, 8, HALF, true);
        for (Device forced : TestDevices.withEachSchedule().toList()) {
            assertThatExceptionOfType(DeviceException.class)
                    .isThrownBy(() -> forced.prepare(problem))
                    .withMessageMatching("precision half: schedule \\w+ computes in FP32 only; .*");
        }
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> DEVICE.prepareTraining(problem))
                .withMessage("precision half: " + DEVICE.name() + " trains in FP32 only; ask for default or strict");
    }

    @Test
    void devicesWithoutTensorCoresSayWhatIsMissing() {
        assumeFalse(TestDevices.simulated(), "needs TornadoVM's SDK: the simulator has tensor cores");
        DYConv2dConfig config = DYConv2d.builder(16, 16, 3).config();
        ForwardProblem problem = new ForwardProblem(config, 1, 8, 8, HALF, true);
        for (TornadoVmDevice device : TestDevices.all()) {
            String backEnd = device.tornado().getTornadoVMBackend().name();
            assumeFalse(List.of("PTX", "CUDA").contains(backEnd), device + " may have tensor cores");
            assertThatExceptionOfType(DeviceException.class)
                    .isThrownBy(() -> device.prepare(problem))
                    .withMessage("precision half: needs TornadoVM's PTX or CUDA back end, this is " + backEnd);
        }
    }

    @Test
    void kernelsHaveNamesThatPtxTakes() {
        int[] hashes = new int[200];
        for (int planes = 1; planes < hashes.length; planes++) {
            DYConv2dConfig config =
                    DYConv2d.builder(planes, planes, 3).padding(1).config();
            ForwardProblem problem = new ForwardProblem(config, 1, 56, 56, HALF, true);
            hashes[planes] =
                    HalfTile.of(ConvolutionShape.of(problem), H100_UNITS).hashCode();
        }
        assertThat(Arrays.stream(hashes)).allMatch(hash -> hash >= 0);
    }
}
