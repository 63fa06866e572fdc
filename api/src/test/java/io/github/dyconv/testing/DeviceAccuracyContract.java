package io.github.dyconv.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Parameters;
import io.github.dyconv.Precision;
import io.github.dyconv.Tensor;
import java.util.Arrays;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** How exact every device must be: against PyTorch, on integers, on awkward geometry, on random layers. */
public abstract class DeviceAccuracyContract {
    static final ForwardOptions STRICT = ForwardOptions.DEFAULT.withPrecision(Precision.STRICT);
    private static final double HALF_TOLERANCE = 2e-3;
    private static final double LOOSE_INVARIANCE = 1e-6;

    /** The device. */
    protected abstract Device device();

    /** The largest relative L2 error of strict precision. */
    protected abstract double strictTolerance();

    /** The largest absolute error of an attention. */
    protected abstract double attentionTolerance();

    /** How many random layers to try. */
    protected abstract int sweepSize();

    /** The largest relative L2 error of default precision. */
    protected double defaultTolerance() {
        return 1e-5;
    }

    /** Whether default precision runs the same code as strict, so that its cases would only repeat the strict ones. */
    protected boolean defaultIsStrict() {
        return false;
    }

    /** Whether strict results are bitwise the same in every batch and on every number of threads. */
    protected boolean bitwiseInvariant() {
        return false;
    }

    /** Whether the number of threads can be chosen; if not, choosing it must be refused. */
    protected boolean takesThreads() {
        return bitwiseInvariant();
    }

    /** Whether there is half precision; if not, asking for it must be refused. */
    protected boolean hasHalf() {
        return false;
    }

    /** Whether NaN and infinities flow through as IEEE 754 has it, which compilers with fast maths do not promise. */
    protected boolean keepsNonFinite() {
        return true;
    }

    @TestFactory
    Stream<DynamicTest> goldenCasesStrictly() {
        return golden(Precision.STRICT, strictTolerance());
    }

    @TestFactory
    Stream<DynamicTest> goldenCasesByDefault() {
        return defaultIsStrict() ? Stream.of() : golden(Precision.DEFAULT, defaultTolerance());
    }

    @TestFactory
    Stream<DynamicTest> goldenCasesInHalfPrecision() {
        return hasHalf() ? golden(Precision.HALF, HALF_TOLERANCE) : Stream.of();
    }

    private Stream<DynamicTest> golden(Precision precision, double tolerance) {
        return GoldenCase.all().stream()
                .map(golden -> dynamicTest(golden.name(), () -> {
                    try (Run run =
                            run(golden.parameters(), golden.x(), ForwardOptions.DEFAULT.withPrecision(precision))) {
                        double error = Errors.relativeL2(golden.y64(), run.y());
                        check(error <= tolerance, golden.name(), run, "relative L2 error " + error + " > " + tolerance);
                        double off = Errors.largest(golden.attention64(), run.attention());
                        double most = precision == Precision.HALF ? HALF_TOLERANCE : attentionTolerance();
                        check(off <= most, golden.name(), run, "attention off by " + off + " > " + most);
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> integersExactly() {
        return AwkwardLayers.all().stream()
                .filter(layer -> Integer.bitCount(layer.config().kernels()) == 1)
                .map(layer -> dynamicTest(layer.toString(), () -> {
                    Parameters parameters = layer.integerParameters();
                    Tensor x = layer.integerX();
                    try (Run run = run(parameters, x, STRICT)) {
                        double[] expected =
                                Float64Reference.forward(parameters, x).y();
                        int wrong = firstDifference(expected, run.y());
                        check(wrong < 0, layer.toString(), run, "wrong at element " + wrong);
                        double share = 1.0 / layer.config().kernels();
                        assertThat(run.attention().toArray()).containsOnly((float) share);
                    }
                }));
    }

    private static int firstDifference(double[] expected, Tensor actual) {
        float[] values = actual.toArray();
        assertThat(values).hasSameSizeAs(expected);
        for (int i = 0; i < values.length; i++) {
            if (values[i] != expected[i]) {
                return i;
            }
        }
        return -1;
    }

    @TestFactory
    Stream<DynamicTest> awkwardGeometryStrictly() {
        return AwkwardLayers.all().stream().map(layer -> comparison(layer, Precision.STRICT, strictTolerance()));
    }

    @TestFactory
    Stream<DynamicTest> awkwardGeometryByDefault() {
        return defaultIsStrict()
                ? Stream.of()
                : AwkwardLayers.all().stream().map(layer -> comparison(layer, Precision.DEFAULT, defaultTolerance()));
    }

    @TestFactory
    Stream<DynamicTest> randomLayers() {
        return LongStream.range(0, sweepSize()).mapToObj(seed -> {
            boolean strict = seed % 2 == 0;
            return comparison(
                    RandomLayers.of(seed),
                    strict ? Precision.STRICT : Precision.DEFAULT,
                    strict ? strictTolerance() : defaultTolerance());
        });
    }

    private DynamicTest comparison(LayerCase layer, Precision precision, double tolerance) {
        return dynamicTest(layer + ", " + precision, () -> {
            Parameters parameters = layer.parameters();
            Tensor x = layer.x();
            try (Run run = run(parameters, x, ForwardOptions.DEFAULT.withPrecision(precision))) {
                requireClose(layer + ", " + precision, run, tolerance);
            }
        });
    }

    void requireClose(String name, Run run, double tolerance) {
        Float64Reference.Result expected = Float64Reference.forward(run.parameters(), run.x());
        double error = Errors.relativeL2(expected, run.y());
        check(error <= tolerance, name, run, "relative L2 error " + error + " > " + tolerance);
        double off = Errors.largest(expected.attention(), run.attention());
        check(off <= attentionTolerance(), name, run, "attention off by " + off + " > " + attentionTolerance());
    }

    private static void check(boolean holds, String name, Run run, String problem) {
        if (!holds) {
            throw new AssertionError(name + ": " + problem + " by " + run.plan().algorithms() + "; input saved as "
                    + FailedCase.save(name, run.parameters(), run.x(), run.y()));
        }
    }

    /** A plan that has run once. */
    record Run(ForwardPlan plan, Parameters parameters, Tensor x, Tensor y, Tensor attention) implements AutoCloseable {
        @Override
        public void close() {
            plan.close();
        }
    }

    Run run(Parameters parameters, Tensor x, ForwardOptions options) {
        ForwardPlan plan = plan(DYConv2d.of(parameters), options, x.shape());
        Tensor y = plan.forward(x);
        return new Run(plan, parameters, x, y, plan.attention());
    }

    ForwardPlan plan(DYConv2d layer, ForwardOptions options, int... shape) {
        return layer.plan(device(), options, shape);
    }

    float[] forward(Parameters parameters, Tensor x, ForwardOptions options) {
        try (Run run = run(parameters, x, options)) {
            return run.y().toArray();
        }
    }

    void requireSame(float[] expected, float[] actual) {
        if (bitwiseInvariant()) {
            assertThat(actual).isEqualTo(expected);
        } else {
            double[] truth = new double[expected.length];
            Arrays.setAll(truth, i -> expected[i]);
            assertThat(Errors.relativeL2(truth, Tensor.of(actual, actual.length)))
                    .isLessThanOrEqualTo(LOOSE_INVARIANCE);
        }
    }
}
