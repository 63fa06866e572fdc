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
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Layers of few operations per byte, depthwise and pointwise, whose algorithms don't take every layer. */
class ThinLayersTest {
    private static final ForwardOptions STRICT = ForwardOptions.DEFAULT.withPrecision(Precision.STRICT);
    private static final String DEPTHWISE = "jvm:depthwise";
    private static final String POINTWISE = "jvm:pointwise";
    private static final float SENTINEL = -12345.5f;
    private static final int SWEEP = 150;

    /** Floats around a tensor: an odd number, so that it is off every vector's alignment. */
    private static final int MARGIN = 67;

    /** One, and around the widths of vectors and of a few side by side. */
    private static final int[] WIDTHS = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 47, 63, 64, 65, 66, 71, 130};

    private record Forced(String device, LayerCase layer) {
        @Override
        public String toString() {
            return layer + " on " + device;
        }
    }

    private static int pick(Random random, int... values) {
        return values[random.nextInt(values.length)];
    }

    private static Size2D pair(int first, int second) {
        return new Size2D(first, second);
    }

    private static LayerCase layer(String name, DYConv2d.Builder builder, int batch, int height, int width) {
        return new LayerCase(name, builder.config(), 30, batch, height, width, name.hashCode());
    }

    /** Named cases of both. */
    private static List<Forced> awkward() {
        List<Forced> cases = new ArrayList<>();
        for (int width : WIDTHS) {
            DYConv2d.Builder three = DYConv2d.builder(5, 5, 3).groups(5).padding(1);
            cases.add(new Forced(DEPTHWISE, layer("width " + width, three, 2, 3, width)));
            DYConv2d.Builder strided =
                    DYConv2d.builder(3, 6, 3).groups(3).padding(1).stride(2);
            cases.add(new Forced(DEPTHWISE, layer("stride 2, width " + width, strided, 2, 5, width)));
            DYConv2d.Builder dot = DYConv2d.builder(5, 11, 1);
            cases.add(new Forced(POINTWISE, layer("pixels 64 x " + width, dot, 2, 64, width)));
        }
        for (int height : new int[] {1, 2, 15, 16, 17, 31, 33, 49, 300, 500}) {
            DYConv2d.Builder three = DYConv2d.builder(4, 8, 3).groups(4).padding(1);
            cases.add(new Forced(DEPTHWISE, layer("height " + height, three, 1, height, 19)));
        }
        for (int width : new int[] {1, 2, 5, 7, 14}) {
            DYConv2d.Builder small = DYConv2d.builder(100, 200, 3).groups(100).padding(1);
            cases.add(new Forced(DEPTHWISE, layer("many small planes, width " + width, small, 2, 3, width)));
        }
        DYConv2d.Builder tall = DYConv2d.builder(4, 8, 3).groups(4).padding(1);
        cases.add(new Forced(DEPTHWISE, layer("tall and narrow", tall, 2, 700, 7)));
        DYConv2d.Builder seven = DYConv2d.builder(4, 4, 7).groups(4).padding(3);
        cases.add(new Forced(DEPTHWISE, layer("kernel larger than the input", seven, 2, 3, 4)));
        DYConv2d.Builder padded = DYConv2d.builder(4, 4, 3).groups(4).padding(5);
        cases.add(new Forced(DEPTHWISE, layer("padding wider than the kernel", padded, 2, 4, 6)));
        DYConv2d.Builder far = DYConv2d.builder(4, 4, 3).groups(4).padding(20).dilation(20);
        cases.add(new Forced(DEPTHWISE, layer("one tap inside", far, 2, 5, 6)));
        DYConv2d.Builder wide =
                DYConv2d.builder(4, 4, 3).groups(4).padding(1, 3).dilation(1, 3);
        cases.add(new Forced(DEPTHWISE, layer("dilated along rows only", wide, 2, 21, 40)));
        DYConv2d.Builder one = DYConv2d.builder(400, 1, 3).padding(1);
        cases.add(new Forced(DEPTHWISE, layer("several chains to one output", one, 1, 6, 7)));
        DYConv2d.Builder chains = DYConv2d.builder(701, 9, 1);
        cases.add(new Forced(POINTWISE, layer("several chains", chains, 2, 9, 11)));
        DYConv2d.Builder groups = DYConv2d.builder(12, 51, 1).groups(3).bias(false);
        cases.add(new Forced(POINTWISE, layer("groups without bias", groups, 3, 13, 17)));
        DYConv2d.Builder many = DYConv2d.builder(3, 1100, 1).kernels(1);
        cases.add(new Forced(POINTWISE, layer("a strip wider than it should be", many, 1, 37, 31)));
        DYConv2d.Builder blocks = DYConv2d.builder(3, 5, 1);
        cases.add(new Forced(POINTWISE, layer("several blocks", blocks, 1, 61, 67)));
        return cases;
    }

    private static Forced randomDepthwise(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        int groups = pick(random, 1, 2, 7, 16, 33);
        Conv2dGeometry geometry = new Conv2dGeometry(
                groups * pick(random, 1, 1, 1, 3),
                groups * pick(random, 1, 1, 2),
                pair(pick(random, 3, 3, 3, 1, 2, 5), pick(random, 3, 3, 3, 1, 4, 5)),
                pair(pick(random, 1, 1, 2, 3), pick(random, 1, 1, 2, 3)),
                pair(pick(random, 0, 1, 1, 2), pick(random, 0, 1, 1, 5)),
                pair(pick(random, 1, 1, 1, 2), pick(random, 1, 1, 1, 3)),
                groups,
                random.nextBoolean());
        return new Forced(DEPTHWISE, random(seed, random, geometry));
    }

    private static Forced randomPointwise(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        int groups = pick(random, 1, 1, 1, 2, 5);
        Conv2dGeometry geometry = new Conv2dGeometry(
                groups * pick(random, 1, 2, 7, 16, 33, 96, 321),
                groups * pick(random, 1, 3, 7, 8, 9, 24, 40),
                Size2D.of(1),
                Size2D.of(1),
                Size2D.of(0),
                pair(pick(random, 1, 2), 1),
                groups,
                random.nextBoolean());
        return new Forced(POINTWISE, random(seed, random, geometry));
    }

    private static LayerCase random(long seed, Random random, Conv2dGeometry geometry) {
        DYConv2dConfig config = new DYConv2dConfig(geometry, 0.25, pick(random, 1, 2, 4, 5));
        int height = pick(random, 11, 14, 17, 23, 37);
        int width = pick(random, 13, 14, 16, 19, 28, 33, 56);
        return new LayerCase("seed " + seed, config, 30, pick(random, 1, 2, 3), height, width, seed);
    }

    private static Tensor forward(String device, Parameters parameters, Tensor x, ForwardOptions options) {
        try (DYConv2d layer = DYConv2d.of(parameters);
                ForwardPlan plan = layer.plan(Devices.select(device), options, x.shape())) {
            return plan.forward(x);
        }
    }

    private static DynamicTest comparison(Forced forced) {
        return dynamicTest(forced.toString(), () -> {
            Parameters parameters = forced.layer().parameters();
            Tensor x = forced.layer().x();
            Tensor y = forward(forced.device(), parameters, x, STRICT);
            assertThat(Errors.relativeL2(Float64Reference.forward(parameters, x), y))
                    .as("relative L2 error")
                    .isLessThanOrEqualTo(2e-6);
        });
    }

    @TestFactory
    Stream<DynamicTest> awkwardLayersAgreeWithFloat64() {
        return awkward().stream().map(ThinLayersTest::comparison);
    }

    @TestFactory
    Stream<DynamicTest> randomLayersAgreeWithFloat64() {
        return LongStream.range(0, SWEEP)
                .mapToObj(seed -> comparison(seed % 2 == 0 ? randomDepthwise(seed) : randomPointwise(seed)));
    }

    @Test
    void integersComeOutExactly() {
        for (Forced forced : awkward()) {
            Parameters parameters = forced.layer().integerParameters();
            Tensor x = forced.layer().integerX();
            double[] expected = Float64Reference.forward(parameters, x).y();
            float[] actual = forward(forced.device(), parameters, x, STRICT).toArray();
            for (int i = 0; i < expected.length; i++) {
                assertThat((double) actual[i]).as("%s, element %d", forced, i).isEqualTo(expected[i]);
            }
        }
    }

    @Test
    void resultsAreBitwiseTheSameInEveryBatchAndOnAnyNumberOfThreads() {
        for (long seed = 0; seed < 20; seed++) {
            for (Forced forced : List.of(randomDepthwise(seed), randomPointwise(seed))) {
                LayerCase drawn = forced.layer();
                LayerCase three = new LayerCase("", drawn.config(), 30, 3, drawn.height(), drawn.width(), seed);
                Parameters parameters = three.parameters();
                Tensor x = three.x();
                float[] together = forward(forced.device(), parameters, x, STRICT.withThreads(1))
                        .toArray();
                for (int threads : new int[] {2, 3, 5}) {
                    assertThat(forward(forced.device(), parameters, x, STRICT.withThreads(threads))
                                    .toArray())
                            .as("%s, %d threads", forced, threads)
                            .isEqualTo(together);
                }
                int sample = x.size() / 3;
                Tensor last = Tensor.of(
                        Arrays.copyOfRange(x.toArray(), 2 * sample, 3 * sample), 1, x.dim(1), x.dim(2), x.dim(3));
                assertThat(forward(forced.device(), parameters, last, STRICT).toArray())
                        .as("%s, the last sample alone", forced)
                        .isEqualTo(Arrays.copyOfRange(together, together.length / 3 * 2, together.length));
            }
        }
    }

    @Test
    void nothingOutsideTheOutputIsWrittenAndNothingOutsideTheInputIsRead() {
        for (Forced forced : awkward()) {
            Parameters parameters = forced.layer().parameters();
            Tensor x = forced.layer().x();
            try (Arena arena = Arena.ofShared();
                    DYConv2d layer = DYConv2d.of(parameters);
                    ForwardPlan plan = layer.plan(Devices.select(forced.device()), STRICT, x.shape())) {
                MemorySegment input = surrounded(arena, Float.NaN, x.shape());
                MemorySegment output = surrounded(arena, SENTINEL, plan.outputShape());
                Tensor view = inner(input, x.shape());
                view.copyFrom(x);
                Tensor y = inner(output, plan.outputShape());
                plan.forward(view.asReadOnly(), y);
                float[] all = output.toArray(ValueLayout.JAVA_FLOAT);
                for (int i = 0; i < MARGIN; i++) {
                    assertThat(all[i]).as("%s, before", forced).isEqualTo(SENTINEL);
                    assertThat(all[all.length - 1 - i]).as("%s, after", forced).isEqualTo(SENTINEL);
                }
                assertThat(Errors.relativeL2(Float64Reference.forward(parameters, x), y))
                        .as("%s, relative L2 error", forced)
                        .isLessThanOrEqualTo(2e-6);
            }
        }
    }

    private static MemorySegment surrounded(Arena arena, float value, int... shape) {
        int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        float[] values = new float[size + 2 * MARGIN];
        Arrays.fill(values, value);
        return arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
    }

    private static Tensor inner(MemorySegment surrounded, int... shape) {
        long margin = MARGIN * (long) Float.BYTES;
        return Tensor.wrap(surrounded.asSlice(margin, surrounded.byteSize() - 2 * margin), shape);
    }

    private static LayerCase nonFiniteLayer(DYConv2d.Builder builder) {
        return layer("not finite", builder, 2, 17, 19);
    }

    @Test
    void nonFiniteInputsFlowAsInTheReference() {
        // Geometries in which every output sees an input.
        List<Forced> cases = List.of(
                new Forced(
                        DEPTHWISE,
                        nonFiniteLayer(DYConv2d.builder(6, 6, 3).groups(6).padding(1))),
                new Forced(
                        DEPTHWISE,
                        nonFiniteLayer(
                                DYConv2d.builder(6, 12, 5).groups(6).padding(2).stride(2))),
                new Forced(DEPTHWISE, nonFiniteLayer(DYConv2d.builder(6, 1, 3).padding(1))),
                new Forced(POINTWISE, nonFiniteLayer(DYConv2d.builder(6, 9, 1))));
        for (Forced forced : cases) {
            for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
                LayerCase layer = forced.layer();
                // Behind negative weights, relu hides an infinite mean from the attention: only the convolution sees
                // it.
                Parameters parameters = layer.parameters();
                float[] negative = new float[parameters.fc1Weight().size()];
                Arrays.fill(negative, -1);
                parameters = parameters.with(
                        DYConv2dConfig.FC1_WEIGHT,
                        Tensor.of(negative, parameters.fc1Weight().shape()));
                Tensor x = layer.x();
                x.set(value, 1, 0, 0, 18);
                double[] expected = Float64Reference.forward(parameters, x).y();
                float[] actual = forward(forced.device(), parameters, x, STRICT).toArray();
                for (int i = 0; i < expected.length; i++) {
                    assertThat(Float.isFinite(actual[i]))
                            .as("%s with %s, element %d", forced, value, i)
                            .isEqualTo(Double.isFinite(expected[i]));
                }
            }
        }
    }

    @Test
    void pointwiseSaysWhyNot() {
        requireRefusal("the kernel is larger than one pixel", DYConv2d.builder(8, 8, 3), 9);
        String product = "strides and padding make it more than a product of matrices";
        requireRefusal(product, DYConv2d.builder(8, 8, 1).stride(2), 9);
        requireRefusal(product, DYConv2d.builder(8, 8, 1).padding(0, 1), 9);
        requireRefusal("a picture of 1 pixels is smaller than a tile", DYConv2d.builder(8, 8, 1), 1);
    }

    private static void requireRefusal(String why, DYConv2d.Builder builder, int size) {
        DYConv2d layer = builder.build();
        assertThatThrownBy(() -> layer.plan(Devices.select(POINTWISE), STRICT, 1, 8, size, size))
                .isInstanceOf(DeviceException.class)
                .hasMessage(POINTWISE + ": " + why);
    }
}
