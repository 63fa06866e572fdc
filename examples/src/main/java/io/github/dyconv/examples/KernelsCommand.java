package io.github.dyconv.examples;

import io.github.dyconv.DeviceSelection;
import io.github.dyconv.Devices;
import io.github.dyconv.io.AtomicFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows what becomes of a layer's kernels. */
@Command(
        name = "kernels",
        description = {
            "Write what TornadoVM makes of a layer's kernels on a device into one folder: for each task its Java method and"
                    + " source lines, the generated code, launch geometry, and the times of compilation and kernel. index.html"
                    + " there links it all."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyconv kernels --out kernels",
            "  dyconv kernels --layer R3:1 --device tornado:OPENCL:0:tiled --out r3",
            "  dyconv kernels --layer R3:1 --device tornado:PTX:0 --precision half --out r3-half",
            "%nIn the simulator there is no generated code, and times are its cost model's."
        })
final class KernelsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--layer",
            paramLabel = "LAYER:BATCH",
            defaultValue = "R1:8",
            description = "One of the layers of 'dyconv bench --help' (default: ${DEFAULT-VALUE}).")
    private String layer = "";

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = "tornado",
            description = {
                "tornado, tornado:BACKEND:INDEX, or simulator; a schedule may follow, as in simulator:tiled"
                        + " (default: ${DEFAULT-VALUE}).",
            })
    private String device = "";

    @Mixin
    private PrecisionOption precision = new PrecisionOption();

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Folder for the files, made if it is not there.")
    private Path out = Path.of("");

    @Option(
            names = "--runs",
            paramLabel = "N",
            defaultValue = "20",
            converter = PositiveInt.class,
            description = "Executions for the medians (default: ${DEFAULT-VALUE}).")
    private int runs;

    /** For picocli. */
    KernelsCommand() {}

    @Override
    public Integer call() throws IOException {
        Problems problems = new Problems();
        problems.check(() -> FileErrors.requireWritableFolder(out));
        Optional<LayerCase> timed = problems.attempt(this::layerCase);
        Optional<DeviceSelection> chosen = problems.attempt(() -> Devices.selection(device));
        problems.throwIfAny();
        var inspection =
                new KernelInspection(timed.orElseThrow(), chosen.orElseThrow().device(), precision.precision(), runs);
        KernelReport report = inspection.run();
        Files.createDirectories(out);
        for (var code : inspection.code().entrySet()) {
            write(code.getKey(), code.getValue());
        }
        JsonFiles.write(out.resolve("profile-first.json"), inspection.first().root());
        JsonFiles.write(out.resolve("profile.json"), inspection.last().root());
        JsonFiles.write(out.resolve("kernels.json"), JsonFiles.tree(report));
        write("index.html", new KernelPage(report).html());
        print(report);
        return 0;
    }

    private LayerCase layerCase() {
        try {
            return LayerCase.parse(layer);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--layer: " + e.getMessage(), e);
        }
    }

    private void write(String name, String text) throws IOException {
        AtomicFiles.write(out.resolve(name), to -> to.write(text.getBytes(StandardCharsets.UTF_8)));
    }

    private void print(KernelReport report) {
        PrintWriter console = spec.commandLine().getOut();
        console.println(report.layer() + " on " + report.device() + ": " + report.description() + ", precision "
                + report.precision());
        report.schedules().forEach(console::println);
        for (KernelReport.Task task : report.tasks()) {
            console.println(task.name() + "  " + task.method() + "  " + task.global() + " work-items, "
                    + Numbers.fixed(task.kernelMicros(), 1) + " us");
        }
        console.println("written: " + out.resolve("index.html"));
    }
}
