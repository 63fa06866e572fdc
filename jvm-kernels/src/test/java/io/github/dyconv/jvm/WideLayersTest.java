package io.github.dyconv.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2d;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.DeviceException;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Parameters;
import io.github.dyconv.Precision;
import io.github.dyconv.Size2D;
import io.github.dyconv.Tensor;
import io.github.dyconv.testing.Errors;
import io.github.dyconv.testing.Float64Reference;
import io.github.dyconv.testing.LayerCase;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Layers with enough channels for the algorithms whose lanes are channels, which the random layers of all devices lack. */
class WideLayersTest {
    private static final ForwardOptions DEFAULT = ForwardOptions.DEFAULT.withThreads(2);
    private static final ForwardOptions STRICT = DEFAULT.withPrecision(Precision.STRICT);
    private static final int SWEEP = 60;

    private static int pick(Random random, int... values) {
        return values[random.nextInt(values.length)];
    }

    private static Size2D pair(int first, int second) {
        return new Size2D(first, second);
    }

    /** A layer that {@link WinogradConvolution} takes, whatever the vectors' width. */
    private static LayerCase winogradLayer(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        int groups = pick(random, 1, 1, 1, 2);
        Size2D dilation = pair(pick(random, 1, 1, 1, 2, 3), pick(random, 1, 1, 1, 2));
        Conv2dGeometry geometry = new Conv2dGeometry(
                groups * pick(random, 16, 17, 31, 48, 64, 130),
                groups * pick(random, 48, 61, 64, 100, 128),
                Size2D.of(3),
                Size2D.of(1),
                pair(pick(random, 0, 1, 1, 2, 4), pick(random, 0, 1, 1, 2, 4)),
                dilation,
                groups,
                random.nextBoolean());
        return layer(seed, random, geometry, pick(random, 23, 24, 28, 31), pick(random, 16, 17, 24, 29, 33));
    }

    /** A layer with output channels enough for panels of any width. */
    private static LayerCase wideLayer(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        int groups = pick(random, 1, 1, 1, 2);
        Conv2dGeometry geometry = new Conv2dGeometry(
                groups * pick(random, 1, 3, 16, 17, 40, 64),
                groups * pick(random, 48, 61, 64, 100, 128),
                pair(pick(random, 1, 3, 3, 5), pick(random, 1, 3, 3, 2)),
                pair(pick(random, 1, 1, 2, 3), pick(random, 1, 1, 2, 3)),
                pair(pick(random, 0, 1, 2), pick(random, 0, 1, 5)),
                pair(pick(random, 1, 1, 2), pick(random, 1, 1, 3)),
                groups,
                random.nextBoolean());
        return layer(seed, random, geometry, pick(random, 9, 11, 14, 19), pick(random, 7, 9, 14, 17));
    }

    private static LayerCase layer(long seed, Random random, Conv2dGeometry geometry, int height, int width) {
        DYConv2dConfig config = new DYConv2dConfig(geometry, 0.25, pick(random, 1, 2, 4));
        return new LayerCase("seed " + seed, config, 30, pick(random, 1, 2, 3), height, width, seed);
    }

    private static Tensor forward(String device, Parameters parameters, Tensor x, ForwardOptions options) {
        try (DYConv2d layer = DYConv2d.of(parameters);
                ForwardPlan plan = layer.plan(Devices.select(device), options, x.shape())) {
            return plan.forward(x);
        }
    }

    private static DynamicTest comparison(String device, LayerCase layer, ForwardOptions options, double tolerance) {
        return dynamicTest(layer + " on " + device, () -> {
            Parameters parameters = layer.parameters();
            Tensor x = layer.x();
            Tensor y = forward(device, parameters, x, options);
            assertThat(Errors.relativeL2(Float64Reference.forward(parameters, x), y))
                    .as("relative L2 error")
                    .isLessThanOrEqualTo(tolerance);
        });
    }

    @TestFactory
    Stream<DynamicTest> winogradAgreesWithFloat64() {
        return LongStream.range(0, SWEEP)
                .mapToObj(seed -> comparison("jvm:winograd", winogradLayer(seed), DEFAULT, 1e-5));
    }

    @TestFactory
    Stream<DynamicTest> blockedAgreesWithFloat64() {
        return LongStream.range(0, SWEEP).mapToObj(seed -> comparison("jvm:blocked", wideLayer(seed), STRICT, 2e-6));
    }

    @Test
    void integersComeOutExactly() {
        for (long seed = 0; seed < SWEEP / 4; seed++) {
            LayerCase layer = wideLayer(seed);
            Parameters parameters = layer.integerParameters();
            Tensor x = layer.integerX();
            double[] expected = Float64Reference.forward(parameters, x).y();
            float[] actual = forward("jvm:blocked", parameters, x, STRICT).toArray();
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) actual[i]).as("%s, element %d", layer, i).isEqualTo(expected[i]);
            }
        }
    }

    @Test
    void resultsAreBitwiseTheSameInEveryBatchAndOnAnyNumberOfThreads() {
        for (String device : List.of("jvm:winograd", "jvm:blocked")) {
            LayerCase three = new LayerCase("three", winogradLayer(5).config(), 30, 3, 24, 29, 5);
            ForwardOptions options = ForwardOptions.DEFAULT;
            Tensor x = three.x();
            float[] together = forward(device, three.parameters(), x, options.withThreads(1))
                    .toArray();
            assertThat(forward(device, three.parameters(), x, options.withThreads(3))
                            .toArray())
                    .as("%s on three threads", device)
                    .isEqualTo(together);
            int sample = x.size() / 3;
            float[] values = x.toArray();
            for (int n = 0; n < 3; n++) {
                Tensor one = Tensor.of(Arrays.copyOfRange(values, n * sample, (n + 1) * sample), 1, x.dim(1), 24, 29);
                int outputs = together.length / 3;
                assertThat(forward(device, three.parameters(), one, options).toArray())
                        .as("%s, sample %d alone", device, n)
                        .isEqualTo(Arrays.copyOfRange(together, n * outputs, (n + 1) * outputs));
            }
        }
    }

    @Test
    void winogradSaysWhyNot() {
        Size2D three = Size2D.of(3);
        Size2D one = Size2D.of(1);
        requireRefusal("strict precision allows no algebraic shortcut", 64, 64, three, one, 24, STRICT);
        requireRefusal("it is for 3x3 kernels at stride 1", 64, 64, pair(3, 1), one, 24, DEFAULT);
        requireRefusal("it is for 3x3 kernels at stride 1", 64, 64, three, pair(1, 2), 24, DEFAULT);
        requireRefusal("3 input channels don't repay the transforms", 3, 64, three, one, 24, DEFAULT);
        requireRefusal("an output of 7x7 is too small for its tiles of 4x4", 64, 64, three, one, 7, DEFAULT);
        requireRefusal(
                "5 output channels leave too much of its panels of " + ChannelKernels.CHANNELS + " empty",
                64,
                5,
                three,
                one,
                24,
                DEFAULT);
    }

    private static void requireRefusal(
            String why, int inPlanes, int outPlanes, Size2D kernel, Size2D stride, int size, ForwardOptions options) {
        DYConv2d layer = DYConv2d.builder(inPlanes, outPlanes, kernel.height(), kernel.width())
                .stride(stride.height(), stride.width())
                .padding(1)
                .build();
        assertThatThrownBy(() -> layer.plan(Devices.select("jvm:winograd"), options, 1, inPlanes, size, size))
                .isInstanceOf(DeviceException.class)
                .hasMessage("jvm:winograd: " + why);
    }
}
