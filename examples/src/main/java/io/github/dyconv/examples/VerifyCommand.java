package io.github.dyconv.examples;

import io.github.dyconv.Device;
import io.github.dyconv.DeviceCandidate;
import io.github.dyconv.Devices;
import io.github.dyconv.Precision;
import io.github.dyconv.examples.VerifyResult.Outcome;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks every device that is there, for reports from hardware that we don't have. */
@Command(
        name = "verify",
        description = {
            "Check what the devices of this machine compute: the golden cases against PyTorch's results in float64, and"
                    + " the named layers at 256 outputs against the definition in float64. Every TornadoVM device runs"
                    + " with each of its schedules.",
            "",
            "A case is skipped where a device can't take it. GFLOP/s count the convolution's operations alone, over the"
                    + " whole call; for exact times there is 'dyconv bench'. The simulator's kernel and copy times are"
                    + " virtual."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyconv verify --json verify.json",
            "  dyconv verify --device tornado:OPENCL:0 --layers R1:1,R1:8",
            "  dyconv verify --device simulator --golden g01_article,g12_depthwise --layers none",
            "%nExit code 1, with one line on standard error, if a case failed. The file tells the versions, the devices"
                    + " with their drivers, and every result: attach it to a report."
        })
final class VerifyCommand implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final String NO_CASES = "none";
    private static final String SIMULATOR = "simulator";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--device",
            split = ",",
            paramLabel = "DEVICE",
            description = "What to check, as in 'dyconv devices' (default: all that are there but the simulator).")
    private List<String> requests = List.of();

    @Option(
            names = "--golden",
            split = ",",
            paramLabel = "CASE",
            description = "Which golden cases to run, or none (default: all).")
    private List<String> golden = List.of();

    @Option(
            names = "--layers",
            paramLabel = "LAYER:BATCH,...",
            converter = LayersOrNone.class,
            description = "Which named layers to run, or none (default: as 'dyconv bench').")
    private LayersOption.LayerList layers = new LayersOption.LayerList(LayerCase.DEFAULT);

    @Option(
            names = "--precision",
            paramLabel = "PRECISION",
            defaultValue = "strict",
            converter = PrecisionOption.Converter.class,
            description = "default, strict or half (default: ${DEFAULT-VALUE}).")
    private Precision precision = Precision.STRICT;

    @Option(names = "--json", paramLabel = "FILE", description = "Write the results to this file too.")
    private Optional<Path> json = Optional.empty();

    /** For picocli. */
    VerifyCommand() {}

    /** As {@link LayersOption.Converter}, or no layers. */
    static final class LayersOrNone implements ITypeConverter<LayersOption.LayerList> {
        /** For picocli. */
        LayersOrNone() {}

        @Override
        public LayersOption.LayerList convert(String value) {
            return value.equals(NO_CASES)
                    ? new LayersOption.LayerList(List.of())
                    : new LayersOption.Converter().convert(value);
        }
    }

    @Override
    public Integer call() throws IOException {
        Problems problems = new Problems();
        json.ifPresent(file -> problems.check(() -> FileErrors.requireWritable(file)));
        Optional<List<VerifyCase>> cases = problems.attempt(this::cases);
        Optional<List<Device>> devices = problems.attempt(this::devices);
        problems.throwIfAny();
        List<VerifyResult> results = verify(
                cases.orElseThrow(),
                devices.orElseThrow().stream()
                        .flatMap(device -> Verifier.Target.of(device, precision).stream())
                        .toList());
        if (json.isPresent()) {
            JsonFiles.write(json.get(), VerifyReport.json(precision, Devices.list(), results));
        }
        return conclude(results);
    }

    private List<VerifyCase> cases() throws IOException {
        List<String> known = GoldenCases.names();
        List<String> wanted = golden.isEmpty() ? known : golden.equals(List.of(NO_CASES)) ? List.of() : golden;
        for (String name : wanted) {
            if (!known.contains(name)) {
                throw new UsageException(
                        "--golden: no case is named '" + name + "'; there are " + String.join(", ", known));
            }
        }
        List<VerifyCase> cases = Stream.concat(
                        wanted.stream().map(GoldenCases::named),
                        layers.cases().stream().map(VerifyCase::named))
                .toList();
        if (cases.isEmpty()) {
            throw new UsageException("--golden, --layers: both are none, so there is nothing to verify");
        }
        return cases;
    }

    private List<Device> devices() {
        return requests.isEmpty()
                ? byDefault(Devices.list())
                : requests.stream().map(Devices::select).toList();
    }

    /** All that are there, but the simulator, whose work takes long and tells nothing of this machine. */
    static List<Device> byDefault(List<DeviceCandidate> candidates) {
        return candidates.stream()
                .map(DeviceCandidate::device)
                .flatMap(Optional::stream)
                .filter(device -> !device.name().equals(SIMULATOR))
                .toList();
    }

    private List<VerifyResult> verify(List<VerifyCase> cases, List<Verifier.Target> targets) {
        PrintWriter out = spec.commandLine().getOut();
        for (Verifier.Target target : targets) {
            out.println(target + ": " + target.device().description());
        }
        out.println(VerifyReport.HEADING);
        var verifier = new Verifier(precision);
        List<VerifyResult> results = new ArrayList<>();
        try (Progress progress = Progress.of("verifying", (long) cases.size() * targets.size())) {
            for (Verifier.Target target : targets) {
                for (VerifyCase verified : cases) {
                    progress.step(target + " " + verified.name());
                    VerifyResult result = verifier.verify(verified, target);
                    progress.hide();
                    out.println(VerifyReport.row(result));
                    if (result.outcome() == Outcome.FAILED && result.measured().isPresent()) {
                        out.println("  " + result.reason());
                    }
                    results.add(result);
                }
            }
        }
        return results;
    }

    private int conclude(List<VerifyResult> results) {
        long ok = VerifyReport.count(results, Outcome.OK);
        long failed = VerifyReport.count(results, Outcome.FAILED);
        spec.commandLine()
                .getOut()
                .println(ok + " ok, " + failed + " failed, " + VerifyReport.count(results, Outcome.SKIPPED)
                        + " skipped");
        if (failed > 0) {
            spec.commandLine()
                    .getErr()
                    .println("dyconv: " + failed + " of " + results.size()
                            + " checks failed; please report them, with the file that --json writes");
            return FAILED;
        }
        if (ok == 0) {
            throw new UsageException("nothing was verified, every case was skipped: "
                    + results.getFirst().reason());
        }
        return 0;
    }
}
