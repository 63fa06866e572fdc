package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.testing.Errors;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tiled schedule cut for a GPU with many compute units, whatever the device that it runs on. */
class TiledScheduleTest {
    private static final int H100_UNITS = 132;

    private final Random random = new Random(11);

    private Tensor normal(int... shape) {
        Tensor tensor = Tensor.zeros(shape);
        float[] values = new float[tensor.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values, shape);
    }

    @ParameterizedTest
    @CsvSource({
        "40, 70, 1, 3, 1, 2, 7, 5, 8, 4", // 64 channels, 64 pixels, channels that don't fill a step
        "32, 66, 1, 3, 2, 1, 25, 23, 16, 3", // 64 channels, 128 pixels, stride
        "34, 80, 2, 3, 1, 1, 11, 12, 8, 3", // 32 channels, groups
        "24, 12, 1, 1, 1, 1, 13, 11, 8, 1", // 16 channels, too few steps to split
    })
    void splitSumsAreTheConvolution(
            int inPlanes,
            int outPlanes,
            int groups,
            int kernel,
            int stride,
            int batch,
            int height,
            int width,
            int depth,
            int leastSplits) {
        DYConv2d.Builder layer = DYConv2d.builder(inPlanes, outPlanes, kernel)
                .padding(kernel / 2)
                .stride(stride)
                .groups(groups);
        ConvolutionTile tile = assertConvolves(layer, batch, height, width);
        assertThat(tile.depth()).isEqualTo(depth);
        assertThat(tile.splits()).isGreaterThanOrEqualTo(leastSplits);
    }

    @ParameterizedTest
    @CsvSource({
        "40, 70, 1, 1, 7, 5, 4, 4", // one group for all pixels
        "40, 70, 1, 2, 7, 5, 4, 4", // as many bytes either way
        "40, 70, 1, 3, 7, 5, 4, 0",
        "18, 80, 2, 1, 9, 7, 8, 8", // as many kernels as there is room for
        "40, 70, 1, 1, 7, 5, 9, 0",
        "16, 66, 1, 1, 13, 14, 2, 2", // two groups along the pixels
        "16, 66, 1, 1, 13, 14, 4, 0",
    })
    void aBankIsAddedUpWhereThatSavesBytes(
            int inPlanes, int outPlanes, int groups, int batch, int height, int width, int kernels, int bank) {
        DYConv2d.Builder layer = DYConv2d.builder(inPlanes, outPlanes, 3)
                .padding(1)
                .groups(groups)
                .kernels(kernels);
        assertThat(assertConvolves(layer, batch, height, width).bank()).isEqualTo(bank);
    }

    /** Compares with the reference, and returns the tiles. */
    private ConvolutionTile assertConvolves(DYConv2d.Builder builder, int batch, int height, int width) {
        DYConv2d layer = builder.temperature(2).build();
        int kernels = layer.config().kernels();
        layer.setParameter("bias", normal(kernels, layer.config().geometry().outPlanes()));
        layer.setParameter("attention.fc2.bias", normal(kernels));
        Tensor x = normal(batch, layer.config().geometry().inPlanes(), height, width);
        ForwardProblem problem = new ForwardProblem(layer.config(), batch, height, width, ForwardOptions.DEFAULT, true);
        Tensor expected;
        try (ForwardPlan plan = layer.plan(Devices.select("jvm:reference"), ForwardOptions.DEFAULT, x.shape())) {
            expected = plan.forward(x);
        }
        float[] floats = expected.toArray();
        double[] values = new double[floats.length];
        Arrays.setAll(values, i -> floats[i]);
        ScheduleChoice choice = new ScheduleChoice(new TiledSchedule(OptionalInt.of(H100_UNITS)), List.of());
        for (TornadoVmDevice device : TestDevices.all()) {
            Tensor y = Tensor.zeros(expected.shape());
            try (TornadoForward forward = new TornadoForward(device.tornado(), problem, choice)) {
                forward.run(layer.parameters(), x, y);
            }
            assertThat(Errors.relativeL2(values, y)).as(device.name()).isLessThanOrEqualTo(2e-6);
        }
        return ConvolutionTile.of(ConvolutionShape.of(problem), H100_UNITS).ofBank(kernels);
    }

    /** Blocks of the layers with few outputs, at batch 1: one for nearly every compute unit, and for none two. */
    @ParameterizedTest
    @CsvSource({"64, 56", "128, 28", "256, 14", "512, 7"})
    void aSingleSampleOccupiesALargeGpu(int planes, int pixels) {
        ForwardProblem problem = problem(planes, pixels);
        ConvolutionTile tile = ConvolutionTile.of(ConvolutionShape.of(problem), H100_UNITS);
        assertThat(tile.pixelTiles() * tile.channelTiles() * tile.splits()).isBetween(H100_UNITS * 9 / 10, H100_UNITS);
        assertThat(tile.splits() * tile.stepsPerSplit()).isGreaterThanOrEqualTo(tile.steps());
    }

    @Test
    void kernelsHaveNamesThatPtxTakes() {
        for (int planes = 1; planes < 200; planes++) {
            ConvolutionShape shape = ConvolutionShape.of(problem(planes, 56));
            assertThat(shape.hashCode()).isNotNegative();
            assertThat(ConvolutionTile.of(shape, H100_UNITS).hashCode()).isNotNegative();
        }
    }

    private static ForwardProblem problem(int planes, int pixels) {
        DYConv2dConfig config =
                DYConv2d.builder(planes, planes, 3).padding(1).build().config();
        return new ForwardProblem(config, 1, pixels, pixels, ForwardOptions.DEFAULT, true);
    }
}
