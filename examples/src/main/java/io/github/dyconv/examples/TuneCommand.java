package io.github.dyconv.examples;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dyconv.Device;
import io.github.dyconv.DeviceSelection;
import io.github.dyconv.FailurePolicy;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.tornado.TunedSchedules;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures schedules, and keeps the best. */
@Command(
        name = "tune",
        description = {
            "Measure how TornadoVM's device runs layers best, and keep it in a file, where later plans on that device look."
                    + " The candidates are all schedules that can run a layer there, and those that are not far slower"
                    + " also with other tile sizes. Every result is checked against float64 before it is timed, each"
                    + " candidate alone at first; then the fastest and the one that is chosen by rule take turns.",
            "",
            "What is kept holds for one layer and input shape, precision, device, driver and version of TornadoVM. Another"
                    + " schedule than the one chosen by rule is kept only if it is faster by 2 % or more."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyconv tune --device tornado",
            "  dyconv tune --device tornado:OPENCL:0 --layers R1:8,R4:8 --seconds 0.5",
            "  dyconv tune --device tornado --config layer.json --size 8x56x56",
            "%nThe file of --json holds {\"device\", \"cache\", \"precision\", \"results\": [{\"layer\", \"batch\","
                    + " \"height\", \"width\", \"rule\", \"kept\", \"schedules\": [{\"schedule\", \"median_ms\","
                    + " \"p10_ms\", \"p90_ms\", \"note\"}]}]}; a time that was not measured is null."
        })
final class TuneCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private TuneLayers layers = new TuneLayers();

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private PrecisionOption precision = new PrecisionOption();

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "24",
            converter = PositiveInt.class,
            description = "Time those that take turns at least so often (default: ${DEFAULT-VALUE}).")
    private int runs;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            defaultValue = "0.3",
            converter = PositiveSeconds.class,
            description = {
                "Time each candidate alone at least so long, and those that take turns again (default: ${DEFAULT-VALUE}).",
            })
    private double seconds;

    @Option(names = "--json", paramLabel = "FILE", description = "Write all figures to this file too.")
    private Optional<Path> json = Optional.empty();

    /** For picocli. */
    TuneCommand() {}

    @Override
    public Integer call() throws IOException {
        Problems problems = new Problems();
        json.ifPresent(file -> problems.check(() -> FileErrors.requireWritable(file)));
        Optional<List<LayerShape>> shapes = problems.attempt(layers::layers);
        Optional<TunedSchedules> cache = problems.attempt(this::cache);
        Optional<DeviceSelection> chosen = problems.attempt(device::select);
        problems.throwIfAny();
        Device tuned = chosen.orElseThrow().device();
        List<TuneResult> results = tune(tuned, shapes.orElseThrow(), cache.orElseThrow());
        if (json.isPresent()) {
            JsonFiles.write(json.get(), json(tuned, cache.orElseThrow(), results));
        }
        return 0;
    }

    private TunedSchedules cache() {
        TunedSchedules cache = device.schedules();
        Path file = cache.path().toAbsolutePath();
        if (Files.isDirectory(file)) {
            throw new UsageException(cache.path() + ": can't be written: it is a folder");
        }
        FileErrors.requireWritableFolder(Objects.requireNonNullElse(file.getParent(), file));
        return cache;
    }

    private List<TuneResult> tune(Device tuned, List<LayerShape> shapes, TunedSchedules cache) throws IOException {
        PrintWriter out = spec.commandLine().getOut();
        var options = new ForwardOptions(precision.precision(), 0, FailurePolicy.FAIL);
        var tuner = new ScheduleTuner(tuned, options, runs, seconds);
        List<TuneResult> results = new ArrayList<>();
        try (Progress progress = Progress.of("tuning", shapes.size())) {
            for (LayerShape layer : shapes) {
                progress.step(layer.name());
                TuneResult result = tuner.tune(layer);
                cache.keep(
                        tuned,
                        layer.problem(options),
                        result.best().schedule(),
                        TuneResult.millis(result.best()),
                        TuneResult.millis(result.byRule()));
                progress.hide();
                if (results.isEmpty()) { // only now is it sure that the device takes all of it
                    out.println(tuned.name() + " (" + tuned.description() + "), precision "
                            + PrecisionOption.text(options.precision()));
                    out.println(row("layer", "schedule", "median ms", "p10", "p90", ""));
                }
                print(result, out);
                results.add(result);
            }
        }
        out.println("kept in " + cache.path());
        return results;
    }

    private static void print(TuneResult result, PrintWriter out) {
        for (ScheduleResult schedule : result.schedules()) {
            out.println(row(
                    result.layer().name(),
                    schedule.schedule(),
                    text(schedule.medianMillis()),
                    text(schedule.lowMillis()),
                    text(schedule.highMillis()),
                    Stream.of(
                                    schedule.equals(result.byRule()) ? "chosen by rule" : "",
                                    schedule.equals(result.best()) ? "kept" : "",
                                    schedule.note())
                            .filter(note -> !note.isEmpty())
                            .collect(Collectors.joining(", "))));
        }
    }

    private static String row(String layer, String schedule, String median, String low, String high, String note) {
        return String.format(Locale.ROOT, "%-10s %-20s %9s %9s %9s  %s", layer, schedule, median, low, high, note)
                .stripTrailing();
    }

    private static String text(OptionalDouble millis) {
        return millis.isPresent() ? Numbers.millis(millis.getAsDouble()) : "-";
    }

    private ObjectNode json(Device tuned, TunedSchedules cache, List<TuneResult> results) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("device", tuned.name());
        root.put("cache", cache.path().toString());
        root.put("precision", PrecisionOption.text(precision.precision()));
        ArrayNode rows = root.putArray("results");
        for (TuneResult result : results) {
            ObjectNode row = rows.addObject()
                    .put("layer", result.layer().name())
                    .put("batch", result.layer().batch())
                    .put("height", result.layer().height())
                    .put("width", result.layer().width())
                    .put("rule", result.byRule().schedule())
                    .put("kept", result.best().schedule());
            ArrayNode schedules = row.putArray("schedules");
            for (ScheduleResult schedule : result.schedules()) {
                schedules
                        .addObject()
                        .put("schedule", schedule.schedule())
                        .put("median_ms", orNull(schedule.medianMillis()))
                        .put("p10_ms", orNull(schedule.lowMillis()))
                        .put("p90_ms", orNull(schedule.highMillis()))
                        .put("note", schedule.note());
            }
        }
        return root;
    }

    private static @Nullable Double orNull(OptionalDouble value) {
        return value.isPresent() ? Double.valueOf(value.getAsDouble()) : null;
    }
}
