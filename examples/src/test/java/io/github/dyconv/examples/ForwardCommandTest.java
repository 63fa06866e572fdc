package io.github.dyconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.Tensor;
import io.github.dyconv.io.Npz;
import io.github.dyconv.testing.Errors;
import io.github.dyconv.testing.GoldenCase;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardCommandTest {
    @TempDir
    Path folder;

    static List<GoldenCase> goldenCases() {
        return GoldenCase.all();
    }

    private static CommandRun forward(GoldenCase golden, Path output, String precision) {
        return CommandRun.of(
                "forward",
                "--config",
                golden.npz().resolveSibling(golden.name() + ".json").toString(),
                "--params",
                golden.npz().toString(),
                "--input",
                golden.npz().toString(),
                "--output",
                output.toString(),
                "--precision",
                precision,
                "--device",
                "jvm");
    }

    private Map<String, Tensor> succeed(CommandRun run) throws IOException {
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines()).hasSize(1);
        try (var files = Files.list(folder)) {
            assertThat(files).noneMatch(file -> file.toString().endsWith(".tmp"));
        }
        return Npz.read(folder.resolve("y.npz"));
    }

    @ParameterizedTest
    @MethodSource("goldenCases")
    void agreesWithPyTorch(GoldenCase golden) throws IOException {
        CommandRun run = forward(golden, folder.resolve("y.npz"), "strict");

        Map<String, Tensor> written = succeed(run);
        assertThat(written).containsOnlyKeys("y", "attention");
        assertThat(Errors.relativeL2(golden.y64(), written.get("y"))).isLessThanOrEqualTo(2e-6);
        assertThat(Errors.relativeL2(golden.attention64(), written.get("attention")))
                .isLessThanOrEqualTo(2e-6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"g01_article", "g25_winograd", "g26_wide"})
    void defaultPrecisionIsNearEnough(String name) throws IOException {
        GoldenCase golden = GoldenCase.named(name);

        Map<String, Tensor> written = succeed(forward(golden, folder.resolve("y.npz"), "default"));

        assertThat(Errors.relativeL2(golden.y64(), written.get("y"))).isLessThanOrEqualTo(1e-5);
    }

    @Test
    void tellsShapesDeviceAndFile() throws IOException {
        Scene scene = new Scene(folder);

        CommandRun run = CommandRun.of(scene.forward("--device", "jvm", "--threads", "2"));

        succeed(run);
        assertThat(run.out()).contains("[", "] -> [", " ms on jvm (", "y.npz");
    }

    @Test
    void outputMayBeTheParameterFile() throws IOException {
        Scene scene = new Scene(folder);
        Tensor expected = succeed(CommandRun.of(scene.forward())).get("y");
        Files.move(scene.file("p.npz"), scene.file("y.npz"), StandardCopyOption.REPLACE_EXISTING);

        Map<String, Tensor> written = succeed(
                CommandRun.of(scene.forward("--params", scene.file("y.npz").toString())));

        assertThat(written.get("y").toArray()).isEqualTo(expected.toArray());
    }

    @Test
    void outputMayBeTheInputFile() throws IOException {
        GoldenCase golden = GoldenCase.named("g03_basic");
        Scene scene = new Scene(folder);
        Npz.write(scene.file("y.npz"), Map.of("x", golden.x()));

        Map<String, Tensor> written = succeed(
                CommandRun.of(scene.forward("--input", scene.file("y.npz").toString(), "--precision", "strict")));

        assertThat(Errors.relativeL2(golden.y64(), written.get("y"))).isLessThanOrEqualTo(2e-6);
    }

    @Test
    void temperatureOfTheConfigurationWins() throws IOException {
        Scene scene = new Scene(folder);
        Tensor expected = succeed(CommandRun.of(scene.forward())).get("attention");
        scene.array("temperature", Tensor.of(new float[] {Float.NaN}, 1));

        assertThat(succeed(CommandRun.of(scene.forward())).get("attention").toArray())
                .isEqualTo(expected.toArray());
    }

    @Test
    void temperatureOfTheParametersServesElse() throws IOException {
        Scene scene = new Scene(folder);
        Tensor expected = succeed(CommandRun.of(scene.forward())).get("attention");
        scene.without("temperature").array("temperature", Tensor.of(new float[] {34}, 1));

        assertThat(succeed(CommandRun.of(scene.forward())).get("attention").toArray())
                .isEqualTo(expected.toArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "bmp", "gif", "jpg"})
    void takesPictures(String format) throws IOException {
        GoldenCase golden = GoldenCase.named("g01_article");
        Path picture = folder.resolve("picture." + format);
        new Scene(folder).picture(picture.getFileName().toString(), format, pattern(BufferedImage.TYPE_INT_RGB));

        CommandRun run = CommandRun.of(
                "forward",
                "--config",
                golden.npz().resolveSibling(golden.name() + ".json").toString(),
                "--params",
                golden.npz().toString(),
                "--input",
                picture.toString(),
                "--output",
                folder.resolve("y.npz").toString());

        assertThat(succeed(run).get("y").shape()).containsExactly(1, 16, 7, 9);
    }

    private static BufferedImage pattern(int type) {
        BufferedImage image = new BufferedImage(9, 7, type);
        for (int y = 0; y < 7; y++) {
            for (int x = 0; x < 9; x++) {
                image.setRGB(x, y, ((x * 20) << 16) | ((y * 30) << 8) | 0x800000ff);
            }
        }
        return image;
    }

    @ParameterizedTest
    @ValueSource(ints = {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_INT_ARGB, BufferedImage.TYPE_3BYTE_BGR})
    void picturesAreRedGreenBlueFromZeroToOne(int type) throws IOException {
        new Scene(folder).picture("picture.png", "png", pattern(type));

        Tensor x = InputFile.read(folder.resolve("picture.png"));

        assertThat(x.shape()).containsExactly(1, 3, 7, 9);
        assertThat(x.get(0, 0, 2, 5)).isEqualTo(100 / 255f);
        assertThat(x.get(0, 1, 2, 5)).isEqualTo(60 / 255f);
        assertThat(x.get(0, 2, 2, 5)).isEqualTo(1);
    }

    @Test
    void grayKeepsItsSamples() throws IOException {
        BufferedImage gray = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
        gray.getRaster().setSample(1, 0, 0, 100);
        BufferedImage deep = new BufferedImage(2, 1, BufferedImage.TYPE_USHORT_GRAY);
        deep.getRaster().setSample(1, 0, 0, 12_345);
        new Scene(folder).picture("gray.png", "png", gray).picture("deep.png", "png", deep);

        assertThat(InputFile.read(folder.resolve("gray.png")).toArray())
                .containsExactly(0, 100 / 255f, 0, 100 / 255f, 0, 100 / 255f);
        assertThat(InputFile.read(folder.resolve("deep.png")).get(0, 2, 0, 1)).isEqualTo(12_345 / 65_535f);
    }
}
