package io.github.dyconv.benchmarks;

import io.github.dyconv.Device;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Precision;
import io.github.dyconv.benchmarks.ContenderProvider.Loaded;
import io.github.dyconv.benchmarks.ContenderProvider.Role;
import io.github.dyconv.examples.LayerCase;
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
    /** As {@link Devices#select} takes it, or a peer such as {@code libtorch} in a build with them. */
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

    /** One layer on one device and the plain convolution there, ready to run. */
    private record Trial(Contender dynamic, Contender plain) implements AutoCloseable {
        @Override
        public void close() {
            plain.close();
            dynamic.close();
        }
    }

    /** Makes the layer ready and checks its results. */
    @Setup
    public void prepare() {
        var options = ForwardOptions.DEFAULT
                .withPrecision(Precision.valueOf(precision.toUpperCase(Locale.ROOT)))
                .withThreads(threads);
        LayerCase timed = LayerCase.parse(layer);
        trial = Contenders.peer(device).isPresent() ? peer(timed, options) : own(timed, options);
        System.out.println("\n# " + timed + " on " + device + ": "
                + trial.dynamic().algorithm() + "; plain convolution: "
                + trial.plain().algorithm());
    }

    private Trial own(LayerCase timed, ForwardOptions options) {
        Device selected = Devices.select(device);
        double tolerance = SpotCheck.tolerance(options.precision(), selected.name());
        return new Trial(
                checked(DeviceContender.load(timed, selected, options), Role.DYNAMIC, timed, tolerance),
                checked(PlainContender.load(timed, selected, options), Role.STATIC, timed, tolerance));
    }

    private Trial peer(LayerCase timed, ForwardOptions options) {
        if (options.precision() != Precision.DEFAULT) {
            throw new IllegalArgumentException("precision: " + device + " has no choice of it, got " + precision);
        }
        int count = threads == 0 ? Runtime.getRuntime().availableProcessors() : threads;
        double tolerance = SpotCheck.tolerance(options.precision(), device);
        return new Trial(
                checked(Contenders.named(device).load(timed, count), Role.DYNAMIC, timed, tolerance),
                checked(
                        Contenders.named(device + Contenders.STATIC_SUFFIX).load(timed, count),
                        Role.STATIC,
                        timed,
                        tolerance));
    }

    private static Contender checked(Loaded loaded, Role role, LayerCase timed, double tolerance) {
        Contender contender = loaded.prepare().get();
        contender.run();
        Results.requireRight(role, timed, contender.output().orElseThrow(), contender.gradients(), tolerance);
        return contender;
    }

    /** Frees what the device holds. */
    @TearDown
    public void release() {
        Objects.requireNonNull(trial).close();
    }

    /** The dynamic layer. */
    @Benchmark
    public void dynamicForward() {
        Objects.requireNonNull(trial).dynamic().run();
    }

    /** The plain convolution of the same geometry. */
    @Benchmark
    public void staticForward() {
        Objects.requireNonNull(trial).plain().run();
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
