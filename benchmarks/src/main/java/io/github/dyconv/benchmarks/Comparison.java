package io.github.dyconv.benchmarks;

import io.github.dyconv.benchmarks.ComparisonResults.Measurement;
import io.github.dyconv.benchmarks.ComparisonResults.Settings;
import io.github.dyconv.examples.CommandExecution;
import io.github.dyconv.examples.CommonOptions;
import io.github.dyconv.examples.FileErrors;
import io.github.dyconv.examples.JsonFiles;
import io.github.dyconv.examples.LayerCase;
import io.github.dyconv.examples.LayersOption;
import io.github.dyconv.examples.Numbers;
import io.github.dyconv.examples.PositiveInt;
import io.github.dyconv.examples.PositiveSeconds;
import io.github.dyconv.examples.ThreadsOption;
import io.github.dyconv.examples.UsageException;
import io.github.dyconv.io.AtomicFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares the JVM device with its peers and with what the machine can do. */
@Command(
        name = "comparison",
        description = {
            "Time named layers on the JVM device, on peers (libtorch, ONNX Runtime; in a build with -Dpeers) and as plain"
                    + " convolutions, beside what the machine's arithmetic and memory allow.",
            "",
            "PyTorch takes part (pytorch, pytorch-training) if Java has -Ddyconv.python=PYTHON, a Python with torch,"
                    + " safetensors and numpy, and -Ddyconv.article=FILE, the article's text, whose module it runs.",
            "",
            "jvm-one is the device on one thread, whatever --threads says, and jvm-apart that many of these side by side:"
                    + " jvm-one / jvm is the scaling that we reach, jvm-one / jvm-apart the one that the machine allows."
                    + " fma-peak and memory are the least that the layer's multiply-adds take, and that reading input and"
                    + " parameters and writing the output take.",
            "",
            "Each contender runs in a process of its own; they take turns, round after round, so that whatever else the"
                    + " machine does strikes all alike. Every result is checked against float64, and all against one"
                    + " another, before it is timed. Compare times within one run only."
        },
        subcommands = CompareCommand.class,
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  comparison --layers R1:8,R4:8 --threads 1,2 --json c.json --markdown c.md --plot c.svg",
            "  comparison --contenders jvm,jvm-static,fma-peak --rounds 20",
            "  comparison compare c.json new.json --tolerance 0.1"
        })
public final class Comparison implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private CommonOptions common = new CommonOptions();

    @Mixin
    private LayersOption layers = new LayersOption();

    @Option(
            names = "--threads",
            paramLabel = "N",
            split = ",",
            converter = ThreadsOption.Converter.class,
            description = "Numbers of threads (default: 1, and all processors).")
    private List<Integer> threads =
            Stream.of(1, Runtime.getRuntime().availableProcessors()).distinct().toList();

    @Option(
            names = "--contenders",
            paramLabel = "NAME",
            split = ",",
            description = "Who takes part (default: all of this build that can here).")
    private List<String> names = List.of();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "10",
            converter = PositiveInt.class,
            description = "Turns of each contender (default: ${DEFAULT-VALUE}).")
    private int rounds;

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "5",
            converter = PositiveInt.class,
            description = "Counted runs of a turn (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(
            names = "--forks",
            paramLabel = "N",
            defaultValue = "1",
            converter = PositiveInt.class,
            description = "Processes of each contender, one after another (default: ${DEFAULT-VALUE}).")
    private int forks;

    @Option(
            names = "--warm-up",
            paramLabel = "S",
            defaultValue = "1",
            converter = PositiveSeconds.class,
            description = "Seconds of warm-up at least (default: ${DEFAULT-VALUE}).")
    private double warmUpSeconds;

    @Option(names = "--json", paramLabel = "FILE", description = "Write everything to this file.")
    private Optional<Path> json = Optional.empty();

    @Option(names = "--markdown", paramLabel = "FILE", description = "Write tables to this file.")
    private Optional<Path> markdown = Optional.empty();

    @Option(
            names = "--plot",
            paramLabel = "FILE",
            description = "Draw the speed of the dynamic layers relative to libtorch to this file, .svg or .png.")
    private Optional<Path> plot = Optional.empty();

    /** For picocli. */
    private Comparison() {}

    /**
     * Runs the comparison and ends the JVM with its exit code.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        // Drawing must not look for a screen.
        System.setProperty("java.awt.headless", "true");
        System.exit(run(System.out, System.err, args));
    }

    static int run(PrintStream out, PrintStream err, String... args) {
        var comparison = new Comparison();
        return CommandExecution.run(comparison, comparison.common, out, err, args);
    }

    @Override
    public Integer call() throws IOException {
        List<ContenderProvider> contenders = contenders();
        Stream.of(json, markdown, plot).flatMap(Optional::stream).forEach(FileErrors::requireWritable);
        if (plot.isPresent()) {
            SpeedPlot.requireFormat(plot.get());
            if (contenders.stream().map(ContenderProvider::name).noneMatch(Contenders.LIBTORCH::equals)) {
                throw new UsageException("--plot: its unit is " + Contenders.LIBTORCH
                        + ", which must be among the contenders and needs a build with -Dpeers");
            }
        }
        ComparisonResults results = measure(contenders);
        String tables = new MarkdownReport(results).text();
        spec.commandLine().getOut().println("\n" + tables);
        if (markdown.isPresent()) {
            AtomicFiles.write(markdown.get(), out -> out.write(tables.getBytes(StandardCharsets.UTF_8)));
        }
        if (plot.isPresent()) {
            SpeedPlot.write(plot.get(), results);
        }
        return 0;
    }

    private List<ContenderProvider> contenders() {
        if (!names.isEmpty()) {
            return names.stream().distinct().map(Contenders::named).toList();
        }
        PrintWriter out = spec.commandLine().getOut();
        Contenders.all()
                .forEach(one ->
                        one.missing().ifPresent(reason -> out.println("without " + one.name() + ", which " + reason)));
        return Contenders.all().stream().filter(one -> one.missing().isEmpty()).toList();
    }

    private ComparisonResults measure(List<ContenderProvider> contenders) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        var settings = new Settings(forks, rounds, runs, warmUpSeconds);
        var measuring = new Rounds(settings);
        List<Measurement> measured = new ArrayList<>();
        for (int count : threads.stream().distinct().toList()) {
            for (LayerCase layer : layers.layers()) {
                List<Measurement> rows = measuring.measure(layer, count, willing(contenders, layer, count));
                measured.addAll(rows);
                out.println(layer + ", threads " + count + ": " + line(rows));
                if (json.isPresent()) { // after each layer: who stops a long run keeps what it has
                    JsonFiles.write(
                            json.get(), Json.tree(ComparisonResults.of(settings, measuring.contenders(), measured)));
                }
            }
        }
        return ComparisonResults.of(settings, measuring.contenders(), measured);
    }

    private List<ContenderProvider> willing(List<ContenderProvider> contenders, LayerCase layer, int count) {
        List<ContenderProvider> willing = new ArrayList<>();
        for (ContenderProvider contender : contenders) {
            contender
                    .refusal(layer, count)
                    .ifPresentOrElse(
                            reason -> spec.commandLine()
                                    .getOut()
                                    .println(layer + ", threads " + count + ": without " + contender.name() + ": "
                                            + reason),
                            () -> willing.add(contender));
        }
        return willing;
    }

    private static String line(List<Measurement> rows) {
        return String.join(
                ", ",
                rows.stream()
                        .map(row -> row.contender() + " " + Numbers.millis(row.medianMs()))
                        .toList());
    }
}
