package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Precision;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.testing.Errors;
import io.github.dyconv.testing.Float64Reference;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What there is to choose from computes the same, within the kernels' limits: the simulator sees every access. */
class CandidatesTest {
    private static final TornadoVmDevice DEVICE = TestDevices.all().getFirst();
    private static final int[] SHAPE = {2, 40, 13, 11};

    private static DYConv2d layer(int outPlanes) {
        return DYConv2d.builder(40, outPlanes, 3)
                .padding(1)
                .stride(2)
                .groups(2)
                .temperature(2)
                .build();
    }

    private static List<String> candidates(DYConv2d layer, ForwardOptions options) {
        ForwardProblem problem = new ForwardProblem(layer.config(), SHAPE[0], SHAPE[2], SHAPE[3], options, true);
        return TunedSchedules.candidates(DEVICE, problem).stream()
                .flatMap(List::stream)
                .toList();
    }

    @TestFactory
    Stream<DynamicTest> inSinglePrecision() {
        return tests(ForwardOptions.DEFAULT, 5e-6);
    }

    @TestFactory
    Stream<DynamicTest> inHalfPrecision() {
        assumeTrue(TestDevices.simulated(), "only the simulator has tensor cores here");
        return tests(ForwardOptions.DEFAULT.withPrecision(Precision.HALF), 2e-3);
    }

    /** 35 output channels of a group fill no tile. */
    private static Stream<DynamicTest> tests(ForwardOptions options, double tolerance) {
        DYConv2d layer = layer(70);
        Tensor x = Tensor.zeros(SHAPE);
        Tensor flat = x.reshape(x.size());
        Random random = new Random(3);
        for (int i = 0; i < flat.size(); i++) {
            flat.set((float) random.nextGaussian(), i);
        }
        Float64Reference.Result expected = Float64Reference.forward(layer.parameters(), x);
        return candidates(layer, options).stream()
                .map(name -> dynamicTest(name, () -> {
                    Device device = DEVICE.withAlgorithm(name);
                    try (ForwardPlan plan = layer.plan(device, options, SHAPE)) {
                        assertThat(plan.algorithm()).isEqualTo(name);
                        assertThat(Errors.relativeL2(expected, plan.forward(x))).isLessThanOrEqualTo(tolerance);
                    }
                }));
    }

    @Test
    void beginWithTheChoiceByRuleAndAreAllDifferent() {
        try (DYConv2d layer = layer(70);
                ForwardPlan plan = layer.plan(DEVICE, ForwardOptions.DEFAULT, SHAPE)) {
            List<String> candidates = candidates(layer, ForwardOptions.DEFAULT);
            assertThat(candidates.getFirst()).isEqualTo(plan.algorithm());
            assertThat(candidates).doesNotHaveDuplicates().contains("tiled", "direct", "vector", "parallel");
            assertThat(candidates).contains("tiled:16x128x16", "tiled:64x128x8", "tiled:32x64x16");
        }
    }

    @Test
    void leaveOutTilesThatWouldBeIdle() {
        try (DYConv2d layer = layer(2 * 16)) {
            assertThat(candidates(layer, ForwardOptions.DEFAULT))
                    .contains("tiled")
                    .noneMatch(name -> name.startsWith("tiled:32") || name.startsWith("tiled:64"));
        }
    }
}
