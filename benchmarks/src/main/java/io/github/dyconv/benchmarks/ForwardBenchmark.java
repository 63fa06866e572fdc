package io.github.dyconv.benchmarks;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Precision;
import io.github.dyconv.Tensor;
import io.github.dyconv.examples.LayerCase;
import io.github.dyconv.examples.PlainConvolution;
import io.github.dyconv.examples.SpotCheck;
import java.util.Collection;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * The forward pass of the named layers beside the plain convolution of the same geometry, steady state: compilation and
 * packing of weights are done, input and output stay where they are. Both results are checked before they are timed.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 2,
        jvmArgsAppend = {
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            // A kernel that TornadoVM can't compile must fail, not be timed as plain Java.
            "-Dtornado.recover.bailout=False"
        })
public class ForwardBenchmark {
    /** As {@link Devices#select} takes it. */
    @Param("jvm")
    public String device = "jvm";

    /** As {@link LayerCase#parse} takes it. */
    @Param({"D:1", "R1:1", "R1:8", "R2:1", "R2:8", "R3:1", "R3:8", "R4:1", "R4:8", "S:8", "P:8", "W:8", "G:8", "L:8"})
    public String layer = "D:1";

    /** In lower case. */
    @Param("default")
    public String precision = "default";

    /** 0 for all processors. */
    @Param("0")
    public int threads;

    private @Nullable Trial trial;

    /** For JMH. */
    public ForwardBenchmark() {}

    /** One layer on one device, ready to run. */
    private static final class Trial implements AutoCloseable {
        private final DYConv2d layer;
        private final ForwardPlan plan;
        private final PlainConvolution plain;
        private final Tensor input;
        private final Tensor output;

        Trial(LayerCase timed, Device device, ForwardOptions options) {
            layer = timed.build();
            input = timed.input();
            plan = layer.plan(device, options, input.shape());
            plain = new PlainConvolution(timed, device, options);
            output = Tensor.zeros(plan.outputShape());
            System.out.println(
                    "\n# " + timed + " on " + device.name() + " (" + device.description() + "): " + plan.algorithms());
        }

        Tensor dynamicForward() {
            plan.forward(input, output);
            return output;
        }

        Tensor staticForward() {
            plain.run(input, output);
            return output;
        }

        void check(double tolerance) {
            requireRight("dynamic", SpotCheck.relativeError(layer.parameters(), input, dynamicForward()), tolerance);
            requireRight("static", SpotCheck.relativeError(plain.parameters(), input, staticForward()), tolerance);
        }

        private static void requireRight(String what, double error, double tolerance) {
            if (!(error <= tolerance)) {
                throw new IllegalStateException(
                        "the " + what + " result is wrong: relative error " + error + ", allowed are " + tolerance);
            }
        }

        @Override
        public void close() {
            plain.close();
            plan.close();
            layer.close();
        }
    }

    /** Makes the layer ready and checks its results. */
    @Setup
    public void prepare() {
        var options = ForwardOptions.DEFAULT
                .withPrecision(Precision.valueOf(precision.toUpperCase(Locale.ROOT)))
                .withThreads(threads);
        Device selected = Devices.select(device);
        trial = new Trial(LayerCase.parse(layer), selected, options);
        trial.check(SpotCheck.tolerance(options.precision(), selected.name()));
    }

    /** Frees what the device holds. */
    @TearDown
    public void release() {
        Objects.requireNonNull(trial).close();
    }

    /**
     * The dynamic layer.
     *
     * @return its output
     */
    @Benchmark
    public Tensor dynamicForward() {
        return Objects.requireNonNull(trial).dynamicForward();
    }

    /**
     * The plain convolution of the same geometry.
     *
     * @return its output
     */
    @Benchmark
    public Tensor staticForward() {
        return Objects.requireNonNull(trial).staticForward();
    }

    /**
     * Runs this benchmark and prints GFLOP/s beside the times; operations are those of the convolution alone.
     *
     * @param args JMH's, such as {@code -p layer=R1:8 -f 1 -rf json -rff forward.json}
     * @throws CommandLineOptionException if an option is wrong
     * @throws RunnerException if a benchmark can't run
     */
    public static void main(String[] args) throws CommandLineOptionException, RunnerException {
        Options options = new OptionsBuilder()
                .parent(new CommandLineOptions(args))
                .include(ForwardBenchmark.class.getName())
                .shouldFailOnError(true)
                .build();
        Collection<RunResult> results = new Runner(options).run();
        System.out.printf("%n%-16s %-8s %-6s %10s %8s %10s%n", "benchmark", "device", "layer", "ms", "+-", "GFLOP/s");
        for (RunResult result : results) {
            BenchmarkParams params = result.getParams();
            double millis = result.getPrimaryResult().getScore();
            System.out.printf(
                    Locale.ROOT,
                    "%-16s %-8s %-6s %10.3f %8.3f %10.1f%n",
                    result.getPrimaryResult().getLabel(),
                    params.getParam("device"),
                    params.getParam("layer"),
                    millis,
                    result.getPrimaryResult().getScoreError(),
                    LayerCase.parse(params.getParam("layer")).flops() / millis / 1e6);
        }
    }
}
