package io.github.dyconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.dyconv.Devices;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DyconvCommandTest {
    @TempDir
    Path folder;

    private static CommandRun succeed(String... args) {
        CommandRun run = CommandRun.of(args);
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        return run;
    }

    private static JsonNode json(Path file) throws IOException {
        return JsonMapper.builder().build().readTree(file.toFile());
    }

    private static List<String> names(JsonNode object) {
        Iterable<String> names = object::fieldNames;
        return StreamSupport.stream(names.spliterator(), false).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"devices", "demo", "forward", "bench", "tune", "verify"})
    void everyCommandHasHelpWithExamples(String command) {
        assertThat(succeed("--help").out()).contains("  " + command, "Exit codes:");
        assertThat(succeed(command, "--help").out())
                .contains("Usage: dyconv " + command, "Examples:", "  dyconv " + command, "--verbose");
    }

    @Test
    void tellsItsVersion() {
        assertThat(succeed("--version").out()).contains("dyconv ", "Java 25");
    }

    @Test
    void verboseShowsTheStackTrace() {
        CommandRun run = CommandRun.of(
                "forward",
                "--verbose",
                "--config",
                "no.json",
                "--params",
                "p.npz",
                "--input",
                "x.npy",
                "--output",
                "y.npz");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("\tat io.github.dyconv.examples.");
    }

    @Test
    void verboseLogs() {
        CommandRun run = CommandRun.of(
                "bench", "--verbose", "--device", "jvm", "--layers", "P:1", "--runs", "1", "--seconds", "0.001");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("JvmDevice: ");
    }

    @Test
    void fullDiskBelowStandardOutputIsTold() {
        var full = new PrintStream(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("full");
            }
        });
        var err = new ByteArrayOutputStream();

        int exitCode = DyconvCommand.run(full, new PrintStream(err), "devices");

        assertThat(exitCode).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("standard output");
    }

    @Test
    void devicesListsAllCandidates() throws IOException {
        Path file = folder.resolve("devices.json");

        CommandRun run = succeed("devices", "--json", file.toString());

        JsonNode devices = json(file).get("devices");
        assertThat(devices).hasSameSizeAs(Devices.list());
        assertThat(run.out().lines()).hasSameSizeAs(Devices.list());
        assertThat(devices).anySatisfy(device -> {
            assertThat(names(device)).containsExactly("name", "available", "reason");
            assertThat(device.get("name").textValue()).isEqualTo("jvm");
            assertThat(device.get("available").booleanValue()).isTrue();
        });
    }

    @Test
    void demoDrawsThePhotograph() throws IOException {
        Path out = folder.resolve("a/b");

        CommandRun run = succeed("demo", "--out", out.toString(), "--device", "jvm");

        assertThat(run.out())
                .contains(
                        "jvm: Java",
                        "asked for as 'jvm'",
                        "[1, 16, 600, 512]",
                        "attention  0.",
                        "first call",
                        "ms (median)");
        Path file = out.resolve(DemoCommand.FILE);
        assertThat(Files.size(file)).isBetween(100_000L, 1_000_000L);
        BufferedImage image = ImageIO.read(file.toFile());
        assertThat(image.getWidth()).isEqualTo(1076);
        assertThat(image.getHeight()).isBetween(780, 880);
        try (var files = Files.list(out)) {
            assertThat(files).containsExactly(file);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1x1", "2000x3", "3x700", "40x30"})
    void demoDrawsPicturesOfAnyForm(String size) throws IOException {
        String[] sides = size.split("x", -1);
        var image =
                new BufferedImage(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]), BufferedImage.TYPE_INT_RGB);
        ImageIO.write(image, "png", folder.resolve("in.png").toFile());

        CommandRun run = succeed(
                "demo",
                "--out",
                folder.toString(),
                "--input",
                folder.resolve("in.png").toString(),
                "--device",
                "jvm");

        assertThat(run.out()).contains("[1, 16, " + sides[1] + ", " + sides[0] + "]");
        assertThat(ImageIO.read(folder.resolve(DemoCommand.FILE).toFile())).isNotNull();
    }

    @Test
    void benchWritesTheContractedJson() throws IOException {
        Path file = folder.resolve("r.json");

        CommandRun run = succeed(
                "bench",
                "--device",
                "jvm",
                "--layers",
                "D:1,P:2",
                "--threads",
                "1",
                "--runs",
                "3",
                "--seconds",
                "0.01",
                "--json",
                file.toString());

        JsonNode root = json(file);
        assertThat(names(root)).containsExactly("device", "threads", "jdk", "flags", "precision", "results");
        assertThat(root.get("device").textValue()).isEqualTo("jvm");
        assertThat(root.get("threads").intValue()).isEqualTo(1);
        assertThat(root.get("results")).hasSize(2);
        JsonNode second = root.get("results").get(1);
        assertThat(names(second))
                .containsExactly(
                        "layer", "batch", "median_ms", "p10_ms", "p90_ms", "gflops", "algorithm", "static_median_ms");
        assertThat(second.get("layer").textValue()).isEqualTo("P");
        assertThat(second.get("batch").intValue()).isEqualTo(2);
        double median = second.get("median_ms").doubleValue();
        assertThat(median)
                .isBetween(
                        second.get("p10_ms").doubleValue(), second.get("p90_ms").doubleValue());
        assertThat(second.get("gflops").doubleValue() * median)
                .isCloseTo(2e-6 * 2 * 96 * 24 * 56 * 56, Percentage.withPercentage(0.01));
        assertThat(run.out()).contains("D:1 ", "P:2 ");
    }
}
