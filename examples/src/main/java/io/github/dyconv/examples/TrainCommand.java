package io.github.dyconv.examples;

import io.github.dyconv.Device;
import io.github.dyconv.DeviceSelection;
import io.github.dyconv.FailurePolicy;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Precision;
import io.github.dyconv.nn.Checkpoint;
import io.github.dyconv.nn.Trainer;
import io.github.dyconv.nn.TrainingSettings;
import io.github.dyconv.nn.data.ImageFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a network. */
@Command(
        name = "train",
        description = {
            "Train a classifier of small pictures, with dynamic convolutions or static ones, and validate it after each"
                    + " epoch.",
            "",
            "Equal options give equal weights, on the JVM bit for bit on any number of threads, also over an interruption: Ctrl-C saves a"
                    + " checkpoint, and --resume goes on from the last one."
        },
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyconv train --data /usr/share/datasets/fashion-mnist --out run",
            "  dyconv train --data /usr/share/datasets/fashion-mnist --out run --resume",
            "  dyconv train --data cifar-10-batches-bin --out s --convolution static --crop 4 --epochs 30",
            "%nThe folder of --out gets log.csv, log.json and curves.png after each epoch, checkpoint.safetensors, and at"
                    + " the end model.safetensors, a state_dict with torchvision's names."
        })
final class TrainCommand implements Callable<Integer> {
    /** What --resume may be given with. */
    private static final Set<String> NOT_SETTINGS =
            Set.of("--data", "--out", "--resume", "--save-every", "--device", "--threads", "--verbose", "--help");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR",
            description = {
                "The pictures: MNIST's or Fashion-MNIST's four IDX files, gzipped or not, or the six files of CIFAR-10's"
                        + " binary version.",
            })
    private Path data = Path.of("");

    @Option(
            names = "--out",
            required = true,
            paramLabel = "DIR",
            description = "Where the run's files go; made if it does not exist.")
    private Path out = Path.of("");

    @Option(
            names = "--resume",
            description = "Go on with the run in --out, with its settings; without a checkpoint there, begin.")
    private boolean resume;

    @Option(
            names = "--save-every",
            paramLabel = "STEPS",
            converter = PositiveInt.class,
            description = "Save a checkpoint after so many steps too, not only after each epoch.")
    private int saveEvery;

    @Mixin
    private TrainOptions options = new TrainOptions();

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private ThreadsOption threads = new ThreadsOption();

    /** For picocli. */
    TrainCommand() {}

    @Override
    public Integer call() throws IOException {
        TrainFiles files = new TrainFiles(out);
        Problems problems = new Problems();
        problems.check(() -> FileErrors.requireWritableFolder(out));
        Optional<Checkpoint> checkpoint =
                problems.attempt(() -> checkpoint(files)).flatMap(found -> found);
        Optional<TrainingSettings> settings = problems.attempt(options::settings);
        Optional<ImageFiles> pictures = problems.attempt(() -> ImageFiles.read(data));
        Optional<DeviceSelection> chosen = problems.attempt(device::select);
        problems.throwIfAny();
        Device selected = chosen.orElseThrow().device();
        ForwardOptions how = new ForwardOptions(Precision.DEFAULT, threads.threads(), FailurePolicy.FAIL);
        try (Trainer trainer = checkpoint.isPresent()
                ? resumed(files, checkpoint.get(), pictures.orElseThrow(), selected, how)
                : TrainOptions.named(
                        () -> new Trainer(settings.orElseThrow(), pictures.orElseThrow(), selected, how))) {
            new TrainRun(trainer, files, selected, saveEvery, spec.commandLine().getOut()).run();
        }
        return 0;
    }

    private Optional<Checkpoint> checkpoint(TrainFiles files) throws IOException {
        Optional<Path> latest = files.latestCheckpoint();
        if (!resume) {
            if (latest.isPresent()) {
                throw new UsageException(latest.get()
                        + ": --out holds a run already; go on with it by --resume, or choose another folder");
            }
            return Optional.empty();
        }
        if (latest.isEmpty()) {
            return Optional.empty();
        }
        List<String> given = spec.commandLine().getParseResult().matchedOptions().stream()
                .map(option -> option.longestName())
                .filter(name -> !NOT_SETTINGS.contains(name))
                .toList();
        if (!given.isEmpty()) {
            throw new UsageException("--resume: takes the settings from " + latest.get() + "; leave out "
                    + given.stream().collect(Collectors.joining(", ")));
        }
        return Optional.of(files.read(latest.get()));
    }

    private static Trainer resumed(
            TrainFiles files, Checkpoint checkpoint, ImageFiles pictures, Device device, ForwardOptions how)
            throws IOException {
        Path file = files.latestCheckpoint().orElse(files.checkpoint());
        return Problems.ofFile(file, () -> Trainer.resumed(checkpoint, pictures, device, how));
    }
}
