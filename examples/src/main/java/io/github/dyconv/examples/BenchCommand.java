package io.github.dyconv.examples;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dyconv.Device;
import io.github.dyconv.DeviceSelection;
import io.github.dyconv.FailurePolicy;
import io.github.dyconv.ForwardOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Times layers. */
@Command(
        name = "bench",
        description = {
            "Time named layers beside the plain (static) convolution of the same geometry. Every result is checked"
                    + " against float64 before it is timed.",
            "",
            "Layers, all with K = 4 and a bias (in->out channels, kernel, input): D 3->16 3x3 256x256, R1 64->64 3x3"
                    + " 56x56, R2 128->128 3x3 28x28, R3 256->256 3x3 14x14, R4 512->512 3x3 7x7, S 64->128 3x3 stride 2"
                    + " 56x56, P 96->24 1x1 56x56, W 96->96 3x3 depthwise 56x56, G 64->64 3x3 in 4 groups 56x56, L 64->64"
                    + " 3x3 dilation 2 56x56."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyconv bench",
            "  dyconv bench --layers R1:8,R4:1 --threads 1 --json r.json",
            "  dyconv bench --device tornado --layers R1:8 --precision half",
            "%nThe file holds {\"device\", \"threads\", \"jdk\", \"flags\", \"precision\", \"results\": [{\"layer\","
                    + " \"batch\", \"median_ms\", \"p10_ms\", \"p90_ms\", \"gflops\", \"algorithm\","
                    + " \"static_median_ms\"}]}; \"threads\" is 0 for devices that have none to count. GFLOP/s count the"
                    + " convolution's operations alone."
        })
final class BenchCommand implements Callable<Integer> {
    private static final String HEADING = String.format(
            Locale.ROOT,
            "%-6s %9s %9s %9s %9s  %9s %6s  %s",
            "layer",
            "median ms",
            "p10",
            "p90",
            "GFLOP/s",
            "static ms",
            "ratio",
            "algorithm");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private LayersOption layers = new LayersOption();

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private PrecisionOption precision = new PrecisionOption();

    @Mixin
    private ThreadsOption threads = new ThreadsOption();

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "24",
            converter = PositiveInt.class,
            description = "Time each layer at least so often (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "1",
            converter = PositiveSeconds.class,
            description = {
                "Time each layer at least so long, and warm it up at least as long (default: ${DEFAULT-VALUE}).",
            })
    private double seconds;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the results to this file too.")
    private Optional<Path> json = Optional.empty();

    /** For picocli. */
    BenchCommand() {}

    @Override
    public Integer call() throws IOException {
        Problems problems = new Problems();
        json.ifPresent(file -> problems.check(() -> FileErrors.requireWritable(file)));
        Optional<DeviceSelection> chosen = problems.attempt(device::select);
        problems.throwIfAny();
        // A figure of another device than the chosen one would be a lie.
        var options = new ForwardOptions(precision.precision(), threads.threads(), FailurePolicy.FAIL);
        List<BenchResult> results = time(chosen.orElseThrow().device(), options);
        if (json.isPresent()) {
            JsonFiles.write(json.get(), json(chosen.orElseThrow().device(), options, results));
        }
        return 0;
    }

    private List<BenchResult> time(Device chosen, ForwardOptions options) {
        PrintWriter out = spec.commandLine().getOut();
        var timer = new LayerTimer(chosen, options, runs, seconds);
        List<BenchResult> results = new ArrayList<>();
        try (Progress progress = Progress.of("timing", layers.layers().size())) {
            for (LayerCase layer : layers.layers()) {
                progress.step(layer.toString());
                BenchResult result = timer.time(layer);
                progress.hide();
                if (results.isEmpty()) { // only now is it sure that the device takes the options
                    out.println(chosen.name() + " (" + chosen.description() + "), precision "
                            + PrecisionOption.text(options.precision())
                            + (isJvm(chosen) ? ", threads " + threadCount(chosen, options) : ""));
                    out.println(HEADING);
                }
                out.println(row(result));
                results.add(result);
            }
        }
        return results;
    }

    private static String row(BenchResult result) {
        return String.format(
                Locale.ROOT,
                "%-6s %9s %9s %9s %9s  %9s %6s  %s",
                result.timed(),
                Numbers.millis(result.medianMillis()),
                Numbers.millis(result.lowMillis()),
                Numbers.millis(result.highMillis()),
                Numbers.fixed(result.gflops(), 1),
                Numbers.millis(result.staticMedianMillis()),
                Numbers.fixed(result.ratio(), 2),
                result.algorithm() + " (" + result.reason() + ")");
    }

    private static boolean isJvm(Device device) {
        return device.name().equals("jvm") || device.name().startsWith("jvm:");
    }

    private static int threadCount(Device device, ForwardOptions options) {
        if (!isJvm(device)) {
            return 0;
        }
        return options.threads() == 0 ? Runtime.getRuntime().availableProcessors() : options.threads();
    }

    private static ObjectNode json(Device device, ForwardOptions options, List<BenchResult> results) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("device", device.name());
        root.put("threads", threadCount(device, options));
        root.put("jdk", Runtime.version().toString());
        root.put("flags", String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
        root.put("precision", PrecisionOption.text(options.precision()));
        ArrayNode rows = root.putArray("results");
        for (BenchResult result : results) {
            rows.addObject()
                    .put("layer", result.timed().layer().name())
                    .put("batch", result.timed().batch())
                    .put("median_ms", result.medianMillis())
                    .put("p10_ms", result.lowMillis())
                    .put("p90_ms", result.highMillis())
                    .put("gflops", result.gflops())
                    .put("algorithm", result.algorithm())
                    .put("static_median_ms", result.staticMedianMillis());
        }
        return root;
    }
}
