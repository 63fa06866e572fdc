package io.github.dyconv.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dyconv.nn.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainCommandTest {
    private static final List<String> SMALL = List.of(
            "--width",
            "4",
            "--batch",
            "8",
            "--epochs",
            "2",
            "--learning-rate",
            "0.05",
            "--temperature",
            "linear:30:1:2");

    @TempDir
    Path folder;

    private Path data;
    private Path run;

    @BeforeEach
    void pictures() throws IOException {
        data = TinyMnist.write(folder.resolve("data"));
        run = folder.resolve("run");
    }

    private String[] line(Path out, List<String> options) {
        List<String> line = new ArrayList<>(List.of("train", "--data", data.toString(), "--out", out.toString()));
        if (!options.contains("--device")) {
            line.addAll(List.of("--device", "jvm"));
        }
        line.addAll(options);
        return line.toArray(String[]::new);
    }

    private CommandRun train(Path out, List<String> options) {
        return CommandRun.of(line(out, options));
    }

    private static void assertSucceeded(CommandRun done) {
        assertThat(done.err()).isEmpty();
        assertThat(done.exitCode()).isZero();
    }

    private static void assertRefused(CommandRun done, String told) {
        assertThat(done.exitCode()).as(done.err()).isEqualTo(2);
        assertThat(done.err().lines()).hasSize(1);
        assertThat(done.err()).startsWith("dyconv: ").contains(told);
        assertThat(done.out()).isEmpty();
    }

    @Test
    void trainsAndLeavesTheRunsFiles() throws IOException {
        CommandRun done = train(run, SMALL);

        assertSucceeded(done);
        assertThat(done.out()).contains("resnet10, dynamic: ", "epoch 1: loss ", "epoch 2: loss ", "temperature 1.00");
        try (Stream<Path> files = Files.list(run)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "checkpoint.safetensors",
                            "checkpoint-previous.safetensors",
                            "curves.png",
                            "log.csv",
                            "log.json",
                            "model.safetensors");
        }
        assertThat(Files.readAllLines(run.resolve("log.csv")))
                .hasSize(3)
                .first()
                .asString()
                .startsWith("epoch,");
        JsonNode log = new ObjectMapper().readTree(run.resolve("log.json").toFile());
        assertThat(log.at("/settings/learning_rate").asDouble()).isEqualTo(0.05);
        assertThat(log.at("/epochs/1/validation_accuracy").asDouble()).isBetween(0.0, 1.0);
        assertThat(ImageIO.read(run.resolve("curves.png").toFile()).getWidth()).isEqualTo(1120);
        assertThat(CommandRun.of("inspect", run.resolve("model.safetensors").toString())
                        .out())
                .contains("layer4.0.conv2");
        assertThat(Checkpoint.read(run.resolve("checkpoint.safetensors"))
                        .progress()
                        .step())
                .isEqualTo(12);
        CommandRun again = train(run, List.of("--resume"));
        assertSucceeded(again);
        assertThat(again.out()).contains("going on after step 12 of 12");
    }

    @Test
    void takesTheKindsThatTheHelpNames() {
        CommandRun done = train(
                run,
                Stream.concat(SMALL.stream(), Stream.of("--convolution", "static", "--anneal", "epoch"))
                        .toList());

        assertSucceeded(done);
        assertThat(done.out()).contains("resnet10, static: ");
        assertRefused(train(folder.resolve("other"), List.of("--convolution", "grouped")), "--convolution");
    }

    @Test
    void aTornadoVmDeviceTrainsAsTheJvmDoes() throws IOException {
        List<String> options = List.of("--width", "2", "--batch", "16", "--epochs", "1", "--learning-rate", "0.05");
        String device = TaskGraphExamples.device().name();
        List<String> onDevice = new ArrayList<>(options);
        onDevice.addAll(List.of("--device", device));
        Path onJvm = folder.resolve("jvm");

        assertSucceeded(train(run, onDevice));
        assertSucceeded(train(onJvm, options));

        ObjectMapper mapper = new ObjectMapper();
        JsonNode log = mapper.readTree(run.resolve("log.json").toFile());
        assertThat(log.at("/device").asText()).isEqualTo(device);
        double expected = mapper.readTree(onJvm.resolve("log.json").toFile())
                .at("/epochs/0/validation_loss")
                .asDouble();
        assertThat(log.at("/epochs/0/validation_loss").asDouble()).isCloseTo(expected, withinPercentage(0.1));
    }

    @Test
    void wrongUseAndBadInputGiveOneLine() throws IOException {
        assertRefused(train(run, List.of("--network", "vgg")), "--network: must be one of");
        assertRefused(train(run, List.of("--learning-rate", "0")), "--learning-rate: must be above 0");
        assertRefused(train(run, List.of("--learning-rate", "fast")), "--learning-rate");
        assertRefused(train(run, List.of("--batch", "49")), "--batch: must be from 1 to the 48 pictures");
        assertRefused(train(run, List.of("--temperature", "-1")), "--temperature: must be paper, article");
        assertRefused(train(run, List.of("--label-smoothing", "1")), "--label-smoothing: must be");
        assertRefused(train(run, List.of("--width", "2.5")), "--width: must be an integer");
        assertRefused(train(run, List.of("--epochs", "0", "--device", "nowhere")), "nowhere");
        assertRefused(train(data.resolve("train-images-idx3-ubyte"), SMALL), "is not a folder");
        assertRefused(CommandRun.of("train", "--out", run.toString()), "--data");
        assertRefused(
                CommandRun.of("train", "--data", folder.resolve("none").toString(), "--out", run.toString()),
                "none: no such folder");
        Files.write(data.resolve("t10k-labels-idx1-ubyte"), new byte[] {0, 0, 8});
        assertRefused(train(run, SMALL), "t10k-labels-idx1-ubyte: damaged: ends too early");
        assertThat(run)
                .satisfiesAnyOf(
                        path -> assertThat(path).doesNotExist(),
                        path -> assertThat(path.resolve("model.safetensors")).doesNotExist());
    }

    @Test
    void aRunThatDivergesEndsWithOneLine() throws IOException {
        List<String> steep = List.of(
                "--learning-rate",
                "1e6",
                "--schedule",
                "constant",
                "--weight-decay",
                "0.9",
                "--batch",
                "4",
                "--width",
                "4");

        CommandRun done = train(run, steep);

        assertThat(done.exitCode()).as(done.err()).isEqualTo(2);
        assertThat(done.err().lines()).hasSize(1);
        assertThat(done.err()).startsWith("dyconv: ").contains("training diverged");
        assertThat(run.resolve("model.safetensors")).doesNotExist();
    }

    @Test
    void aRunIsNeitherOverwrittenNorContinuedFromDamage() throws IOException {
        assertSucceeded(train(run, SMALL));
        Path checkpoint = run.resolve("checkpoint.safetensors");
        byte[] whole = Files.readAllBytes(checkpoint);
        assertRefused(train(run, SMALL), "--out holds a run already; go on with it by --resume");
        assertRefused(
                train(run, List.of("--resume", "--learning-rate", "0.1", "--batch", "4")),
                "leave out --learning-rate, --batch");
        byte[] damaged = whole.clone();
        damaged[damaged.length - 1] ^= 1;
        Files.write(checkpoint, damaged);
        assertRefused(train(run, List.of("--resume")), "the one before it is kept");
        assertThat(Files.readAllBytes(checkpoint)).isEqualTo(damaged);
        Files.delete(checkpoint);
        CommandRun resumed = train(run, List.of("--resume"));
        assertSucceeded(resumed);
        assertThat(resumed.out()).contains("going on after step 6 of 12");
        Files.write(
                data.resolve("t10k-labels-idx1-ubyte"),
                new byte[] {0, 0, 8, 1, 0, 0, 0, 20, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
        assertRefused(train(run, List.of("--resume")), "pictures: not those that the run began with");
    }

    /** {@code kill -9} and SIGTERM, which the JVM takes as it takes Ctrl-C. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aKilledRunGoesOnToTheSameWeights(boolean force) throws IOException, InterruptedException {
        List<String> options = new ArrayList<>(SMALL);
        options.addAll(List.of("--epochs", "40", "--save-every", "2"));
        options.subList(4, 6).clear(); // the two epochs of SMALL
        Path straight = folder.resolve("straight");
        assertSucceeded(train(straight, options));

        List<String> java = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-Xlog:disable",
                "-cp",
                System.getProperty("java.class.path"),
                DyconvCommand.class.getName()));
        java.addAll(List.of(line(run, options)));
        Path told = folder.resolve("told.txt");
        Process process = new ProcessBuilder(java)
                .redirectErrorStream(true)
                .redirectOutput(told.toFile())
                .start();
        Path checkpoint = run.resolve("checkpoint.safetensors");
        for (int i = 0; i < 3000 && !Files.exists(checkpoint) && process.isAlive(); i++) {
            Thread.sleep(20);
        }
        if (force) {
            process.destroyForcibly();
        } else {
            process.destroy();
        }
        assertThat(process.waitFor(100, TimeUnit.SECONDS))
                .as(Files.readString(told))
                .isTrue();
        assertThat(process.exitValue()).as(Files.readString(told)).isEqualTo(force ? 137 : 143);
        if (!force) {
            assertThat(Files.readString(told)).contains("interrupted after step ", "--resume goes on");
        }
        Path model = run.resolve("model.safetensors");
        assertThat(model).doesNotExist();

        CommandRun resumed = train(run, List.of("--resume"));

        assertSucceeded(resumed);
        assertThat(resumed.out()).contains("going on after step ");
        assertThat(model).hasSameBinaryContentAs(straight.resolve("model.safetensors"));
    }
}
