package io.github.dyconv.testing;

import static io.github.dyconv.DYConv2dConfig.BIAS;
import static io.github.dyconv.DYConv2dConfig.FC1_WEIGHT;
import static io.github.dyconv.DYConv2dConfig.FC2_BIAS;
import static io.github.dyconv.DYConv2dConfig.FC2_WEIGHT;
import static io.github.dyconv.DYConv2dConfig.WEIGHT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.DeviceException;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Parameters;
import io.github.dyconv.Precision;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedForward;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What every device must do. A device's test extends this and says how exact it is. */
public abstract class DeviceContractTest extends DeviceAccuracyContract {
    private static final float SENTINEL = -12345.5f;
    /** Three samples, and a geometry in which every output sees at least one input. */
    private static final LayerCase TYPICAL = new LayerCase(
            "typical", DYConv2d.builder(8, 10, 3).padding(1).groups(2).config(), 31, 3, 9, 11, 7);

    @Test
    void aSampleDoesNotDependOnItsBatch() {
        for (LayerCase layer : List.of(TYPICAL, RandomLayers.of(1), RandomLayers.of(2), RandomLayers.of(3))) {
            LayerCase five = new LayerCase(
                    layer.name(), layer.config(), layer.temperature(), 5, layer.height(), layer.width(), layer.seed());
            Parameters parameters = five.parameters();
            Tensor x = five.x();
            float[] together = forward(parameters, x, STRICT);
            for (int first = 0; first < 5; first++) {
                for (int last = first + 1; last <= 5; last += 3) {
                    Tensor part = samples(x, first, last);
                    float[] alone = forward(parameters, part, STRICT);
                    int sample = together.length / 5;
                    requireSame(Arrays.copyOfRange(together, first * sample, last * sample), alone);
                }
            }
        }
    }

    private static Tensor samples(Tensor x, int first, int last) {
        int size = x.size() / x.dim(0);
        return Tensor.of(
                Arrays.copyOfRange(x.toArray(), first * size, last * size), last - first, x.dim(1), x.dim(2), x.dim(3));
    }

    @Test
    void resultsDoNotDependOnTheNumberOfThreads() {
        assumeTrue(takesThreads(), "the device does not let the number of threads be chosen");
        for (long seed = 10; seed < 18; seed++) {
            LayerCase layer = RandomLayers.of(seed);
            Parameters parameters = layer.parameters();
            Tensor x = layer.x();
            float[] one = forward(parameters, x, STRICT.withThreads(1));
            for (int threads : new int[] {0, 2, 3, 5}) {
                requireSame(one, forward(parameters, x, STRICT.withThreads(threads)));
            }
        }
    }

    @Test
    void whatTheDeviceLacksIsRefused() {
        if (!takesThreads()) {
            requireRefused(STRICT.withThreads(2));
        }
        if (!hasHalf()) {
            requireRefused(ForwardOptions.DEFAULT.withPrecision(Precision.HALF));
        }
    }

    private void requireRefused(ForwardOptions options) {
        DYConv2d layer = DYConv2d.of(TYPICAL.parameters());
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> plan(layer, options, TYPICAL.x().shape()))
                .satisfies(e -> assertThat(e.getMessage()).isNotBlank().doesNotContain("\n"));
    }

    @Test
    void oneNaNSpoilsItsSampleAndNoOther() {
        assumeTrue(keepsNonFinite(), "the device's compiler may assume that all numbers are finite");
        for (int kernels : new int[] {1, 4}) {
            requireFlow(layerOf(kernels).parameters(), Float.NaN);
        }
    }

    @Test
    void infinityFlowsAsInTheReference() {
        assumeTrue(keepsNonFinite(), "the device's compiler may assume that all numbers are finite");
        Parameters parameters = layerOf(4).parameters();
        requireFlow(parameters, Float.POSITIVE_INFINITY);
        requireFlow(parameters, Float.NEGATIVE_INFINITY);
        // Behind negative weights, relu hides the infinite mean from the attention: only the convolution sees it.
        float[] negative = new float[parameters.fc1Weight().size()];
        Arrays.fill(negative, -1);
        Tensor fc1 = Tensor.of(negative, parameters.fc1Weight().shape());
        Parameters hiding = parameters.with(FC1_WEIGHT, fc1);
        assertThat(requireFlow(hiding, Float.POSITIVE_INFINITY))
                .as("infinite outputs")
                .isBetween(1, TYPICAL.x().size());
    }

    private static LayerCase layerOf(int kernels) {
        return new LayerCase(
                "K " + kernels,
                DYConv2d.builder(8, 10, 3).padding(1).kernels(kernels).config(),
                31,
                3,
                9,
                11,
                5);
    }

    /** Puts {@code value} into the second of three samples; returns how many outputs were infinite. */
    private int requireFlow(Parameters parameters, float value) {
        Tensor x = layerOf(4).x();
        x.set(value, 1, 2, 3, 4);
        double[] expected = Float64Reference.forward(parameters, x).y();
        float[] actual = forward(parameters, x, STRICT);
        float[] clean = forward(parameters, layerOf(4).x(), STRICT);
        int infinite = 0;
        double scale = Arrays.stream(expected)
                .filter(Double::isFinite)
                .map(Math::abs)
                .max()
                .orElse(1);
        int sample = actual.length / 3;
        for (int i = 0; i < actual.length; i++) {
            if (i / sample != 1) {
                requireSame(new float[] {clean[i]}, new float[] {actual[i]});
            } else if (Double.isFinite(expected[i])) {
                assertThat(Math.abs(actual[i] - expected[i])).isLessThanOrEqualTo(scale * 1e-5);
            } else {
                assertThat(actual[i]).as("element %d", i).isEqualTo(Float.valueOf((float) expected[i]));
                infinite += Double.isInfinite(expected[i]) ? 1 : 0;
            }
        }
        return infinite;
    }

    @Test
    void softmaxOverflowsForNoLogits() {
        Parameters parameters = layerOf(4)
                .parameters()
                .with(FC2_WEIGHT, Tensor.zeros(4, 3, 1, 1))
                .with(FC2_BIAS, Tensor.of(new float[] {10_000, -10_000, 9_999, -88}, 4))
                .withTemperature(1);
        try (Run run = run(parameters, layerOf(4).x(), STRICT)) {
            requireClose("large logits", run, strictTolerance());
        }
    }

    @Test
    void nothingOutsideTheOutputIsWritten() {
        List<LayerCase> layers = new ArrayList<>(AwkwardLayers.all());
        LongStream.range(100, 110).mapToObj(RandomLayers::of).forEach(layers::add);
        for (LayerCase layer : layers) {
            Parameters parameters = layer.parameters();
            Tensor x = layer.x();
            DYConv2d convolution = DYConv2d.of(parameters);
            try (Arena arena = Arena.ofShared();
                    ForwardPlan plan = plan(convolution, ForwardOptions.DEFAULT, x.shape())) {
                Surrounded input = Surrounded.by(Float.NaN, arena, x.shape());
                Surrounded output = Surrounded.by(SENTINEL, arena, plan.outputShape());
                input.tensor().copyFrom(x);
                plan.forward(input.tensor().asReadOnly(), output.tensor());
                output.requireUntouched(SENTINEL, layer.toString());
                assertThat(input.tensor().toArray()).as(layer.toString()).isEqualTo(x.toArray());
                double error = Errors.relativeL2(Float64Reference.forward(parameters, x), output.tensor());
                assertThat(error).as(layer.toString()).isLessThanOrEqualTo(defaultTolerance());
            }
        }
    }

    /** A view aligned to no more than 4 bytes, in the middle of memory filled with one value. */
    private record Surrounded(MemorySegment whole, Tensor tensor) {
        private static final int MARGIN = 67; // odd, so that the view is off every vector's alignment

        static Surrounded by(float value, Arena arena, int... shape) {
            int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
            MemorySegment whole = arena.allocate((size + 2L * MARGIN) * Float.BYTES, 64);
            for (long i = 0; i < size + 2L * MARGIN; i++) {
                whole.setAtIndex(ValueLayout.JAVA_FLOAT, i, value);
            }
            MemorySegment middle = whole.asSlice(MARGIN * (long) Float.BYTES, size * (long) Float.BYTES);
            return new Surrounded(whole, Tensor.wrap(middle, shape));
        }

        void requireUntouched(float value, String name) {
            for (long i = 0; i < MARGIN; i++) {
                assertThat(whole.getAtIndex(ValueLayout.JAVA_FLOAT, i))
                        .as("%s, %d elements before the output", name, MARGIN - i)
                        .isEqualTo(value);
                assertThat(whole.getAtIndex(ValueLayout.JAVA_FLOAT, MARGIN + tensor.size() + i))
                        .as("%s, %d elements after the output", name, i + 1)
                        .isEqualTo(value);
            }
        }
    }

    @Test
    void changedParametersAreNoticed() {
        Parameters first = TYPICAL.parameters();
        LayerCase other = new LayerCase("other", TYPICAL.config(), 31, 3, 9, 11, 8);
        List<Parameters> changes = new ArrayList<>();
        for (String name : List.of(WEIGHT, BIAS, FC1_WEIGHT, FC2_WEIGHT, FC2_BIAS)) {
            changes.add(first.with(name, other.parameters().get(name)));
        }
        changes.add(first.withTemperature(3));
        changes.add(first);
        changes.add(other.parameters());
        DYConv2d layer = DYConv2d.of(first);
        Tensor x = TYPICAL.x();
        for (Precision precision : List.of(Precision.STRICT, Precision.DEFAULT)) {
            try (ForwardPlan plan = plan(layer, ForwardOptions.DEFAULT.withPrecision(precision), x.shape())) {
                for (Parameters change : changes) {
                    layer.update(before -> change);
                    Tensor y = plan.forward(x);
                    requireClose("changed", new Run(plan, change, x, y, plan.attention()), defaultTolerance());
                }
            }
        }
    }

    @Test
    void runsLeaveNothingBehind() {
        Tensor x = TYPICAL.x();
        Tensor other = new LayerCase("other", TYPICAL.config(), 31, 3, 9, 11, 8).x();
        try (ForwardPlan plan = plan(DYConv2d.of(TYPICAL.parameters()), STRICT, x.shape())) {
            Tensor y = plan.forward(x);
            Tensor reused = y.copy();
            plan.forward(other, reused);
            plan.forward(x, reused);
            requireSame(y.toArray(), reused.toArray());
        }
    }

    @Test
    void thePlansOwnTensorsServeLikeAnyOthers() {
        Tensor x = TYPICAL.x();
        Tensor other = new LayerCase("other", TYPICAL.config(), 31, 3, 9, 11, 8).x();
        try (ForwardPlan plan = plan(DYConv2d.of(TYPICAL.parameters()), STRICT, x.shape())) {
            assertThat(plan.input().toArray()).containsOnly(0);
            float[] expected = plan.forward(x).toArray();
            float[] expectedOfOther = plan.forward(other).toArray();
            plan.input().copyFrom(x);
            for (int run = 0; run < 2; run++) {
                assertThat(plan.forward()).isSameAs(plan.output());
                requireSame(expected, plan.output().toArray());
                requireSame(x.toArray(), plan.input().toArray());
            }
            Tensor y = Tensor.zeros(plan.outputShape());
            plan.forward(plan.input(), y);
            requireSame(expected, y.toArray());
            plan.forward(other, plan.output());
            requireSame(expectedOfOther, plan.output().toArray());
            plan.input().copyFrom(x);
            requireSame(expected, plan.forward().toArray());
        }
    }

    @Test
    void aPlansOutputMayBeItsInput() {
        LayerCase layer =
                new LayerCase("square", DYConv2d.builder(8, 8, 3).padding(1).config(), 31, 2, 5, 6, 7);
        try (ForwardPlan plan =
                plan(DYConv2d.of(layer.parameters()), STRICT, layer.x().shape())) {
            float[] twice = plan.forward(plan.forward(layer.x())).toArray();
            plan.input().copyFrom(layer.x());
            Tensor y = Tensor.zeros(plan.outputShape());
            plan.forward(plan.forward(), y);
            requireSame(twice, y.toArray());
            plan.input().copyFrom(layer.x());
            plan.forward(plan.forward(), plan.input());
            requireSame(twice, plan.input().toArray());
        }
    }

    @Test
    void aPlainConvolutionComputesNoAttention() throws Exception {
        LayerCase layer = layerOf(1);
        Parameters parameters = layer.parameters();
        Tensor x = layer.x();
        Tensor y = Tensor.zeros(3, 10, 9, 11);
        ForwardProblem problem = new ForwardProblem(layer.config(), 3, 9, 11, STRICT, false);
        try (PreparedForward plain = device().prepare(problem)) {
            requireOnes(plain.attention());
            plain.run(parameters, x, y);
            requireOnes(plain.attention());
            assertThat(Errors.relativeL2(Float64Reference.plainConvolution(parameters, x), y))
                    .isLessThanOrEqualTo(strictTolerance());
            if (keepsNonFinite()) {
                // Through an attention, it would spoil the whole sample.
                x.set(Float.NaN, 1, 2, 3, 4);
                plain.run(parameters, x, y);
                requireOnes(plain.attention());
                double[] expected =
                        Float64Reference.plainConvolution(parameters, x).y();
                for (int i = 0; i < expected.length; i++) {
                    assertThat(Float.isNaN(y.reshape(expected.length).get(i)))
                            .as("whether element %d is NaN", i)
                            .isEqualTo(Double.isNaN(expected[i]));
                }
            }
        }
    }

    private static void requireOnes(Tensor attention) {
        assertThat(attention.shape()).containsExactly(3, 1);
        assertThat(attention.toArray()).containsOnly(1);
    }

    @Test
    void theAttentionIsThatOfTheLastRunWhateverHappensMeanwhile() {
        DYConv2d layer = DYConv2d.of(TYPICAL.parameters().withTemperature(1));
        Parameters first = layer.parameters();
        Tensor x = TYPICAL.x();
        Tensor other = new LayerCase("other", TYPICAL.config(), 31, 3, 9, 11, 8).x();
        try (ForwardPlan plan = plan(layer, STRICT, x.shape())) {
            assertThat(plan.attention().shape()).containsExactly(3, 4);
            assertThat(plan.attention().toArray()).containsOnly(0);
            plan.input().copyFrom(x);
            plan.forward();
            plan.input().copyFrom(other);
            layer.setTemperature(2);
            requireAttention(first, x, plan);
            plan.forward(x); // nobody asks for this one's
            plan.forward(other);
            requireAttention(layer.parameters(), other, plan);
            requireAttention(layer.parameters(), other, plan);
        }
    }

    private void requireAttention(Parameters parameters, Tensor x, ForwardPlan plan) {
        double[] expected = Float64Reference.forward(parameters, x).attention();
        assertThat(Errors.largest(expected, plan.attention())).isLessThanOrEqualTo(attentionTolerance());
    }

    @Test
    void wrongShapesAndUnusableOutputsAreRefused() {
        Tensor x = TYPICAL.x();
        DYConv2d layer = DYConv2d.of(TYPICAL.parameters());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan(layer, STRICT, 3, 7, 9, 11))
                .withMessage("input: expected [N, 8, H, W], got [3, 7, 9, 11]");
        try (ForwardPlan plan = plan(layer, STRICT, x.shape())) {
            Tensor y = plan.forward(x);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> plan.forward(Tensor.zeros(3, 8, 9, 10)))
                    .withMessage("input: expected [3, 8, 9, 11] as planned, got [3, 8, 9, 10]");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> plan.forward(x, Tensor.zeros(3, 10, 9, 12)))
                    .withMessage("output: expected [3, 10, 9, 11] as planned, got [3, 10, 9, 12]");
            MemorySegment both = Tensor.zeros(x.size() + y.size()).segment();
            Tensor input = Tensor.wrap(both.asSlice(0, x.segment().byteSize()), x.shape());
            Tensor overlapping = Tensor.wrap(
                    both.asSlice(
                            x.segment().byteSize() - Float.BYTES, y.segment().byteSize()),
                    y.shape());
            for (Tensor output : List.of(y.asReadOnly(), overlapping)) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> plan.forward(input, output))
                        .withMessage("output: must be writable and must not overlap the input");
            }
        }
    }

    @Test
    void aClosedPlanRefusesToRunButHasItsAttention() {
        ForwardPlan plan =
                plan(DYConv2d.of(TYPICAL.parameters()), STRICT, TYPICAL.x().shape());
        plan.forward(TYPICAL.x());
        plan.close();
        plan.close();
        requireAttention(TYPICAL.parameters(), TYPICAL.x(), plan);
        assertThatIllegalStateException()
                .isThrownBy(() -> plan.forward(TYPICAL.x()))
                .withMessage("this plan is closed");
    }

    @Test
    void theChoiceOfAlgorithmIsExplained() {
        for (Precision precision : List.of(Precision.STRICT, Precision.DEFAULT)) {
            ForwardOptions options = ForwardOptions.DEFAULT.withPrecision(precision);
            try (ForwardPlan plan =
                    plan(DYConv2d.of(TYPICAL.parameters()), options, TYPICAL.x().shape())) {
                assertThat(plan.device()).isEqualTo(device());
                assertThat(plan.algorithms())
                        .filteredOn(AlgorithmChoice::chosen)
                        .hasSize(1);
                assertThat(plan.algorithms()).allSatisfy(choice -> {
                    assertThat(choice.name()).isNotBlank();
                    assertThat(choice.reason()).isNotBlank().doesNotContain("\n");
                });
                assertThat(plan.scratchBytes()).isNotNegative();
            }
        }
    }

    @Test
    void manyThreadsMayShareAPlanAndALayer() throws Exception {
        DYConv2d layer = DYConv2d.of(TYPICAL.parameters());
        int[] shape = TYPICAL.x().shape();
        List<Tensor> inputs = new ArrayList<>();
        for (int seed = 0; seed < 4; seed++) {
            inputs.add(new LayerCase("", TYPICAL.config(), 31, 3, 9, 11, seed).x());
        }
        try (ForwardPlan plan = plan(layer, STRICT, shape);
                ForwardPlan second = plan(layer, STRICT, shape);
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<float[]> expected =
                    inputs.stream().map(x -> plan.forward(x).toArray()).toList();
            List<Callable<Map.Entry<Integer, float[]>>> calls = new ArrayList<>();
            for (int call = 0; call < 64; call++) {
                int which = call % inputs.size();
                ForwardPlan used = call / inputs.size() % 2 == 0 ? plan : second;
                calls.add(() -> Map.entry(which, used.forward(inputs.get(which)).toArray()));
            }
            for (Future<Map.Entry<Integer, float[]>> result : threads.invokeAll(calls)) {
                requireSame(expected.get(result.get().getKey()), result.get().getValue());
            }
        }
    }
}
