package io.github.dyconv.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.dyconv.Tensor;
import io.github.dyconv.io.Npz;
import io.github.dyconv.io.ParameterFile;
import io.github.dyconv.io.Safetensors;
import io.github.dyconv.testing.GoldenCase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InspectCommandTest {
    @TempDir
    Path folder;

    private JsonNode inspect(Path file) throws IOException {
        Path json = folder.resolve("inspect.json");
        CommandRun run = CommandRun.of("inspect", file.toString(), "--json", json.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        return JsonMapper.builder().build().readTree(Files.readAllBytes(json));
    }

    @Test
    void tellsAllOfALayer() throws IOException {
        GoldenCase golden = GoldenCase.named("g31_axes");
        Path file = folder.resolve("layer.safetensors");
        ParameterFile.write(file, golden.parameters());
        JsonNode root = inspect(file);
        assertThat(root.get("format").asText()).isEqualTo("safetensors");
        assertThat(root.get("tensors"))
                .hasSize(golden.config().parameterShapes().size());
        JsonNode layer = root.get("layers").get(0);
        assertThat(layer.get("prefix").asText()).isEmpty();
        assertThat(layer.get("not_told")).isEmpty();
        assertThat(layer.get("hidden").asInt()).isEqualTo(golden.config().hiddenPlanes());
        assertThat(layer.get("hyperparameters").get("stride").toString()).isEqualTo("[2,1]");
        assertThat(layer.get("hyperparameters").get("K").asInt()).isEqualTo(4);
        double sum = 0;
        for (JsonNode weight : layer.get("resting_attention")) {
            sum += weight.asDouble();
        }
        assertThat(sum).isCloseTo(1, within(1e-12));
    }

    @Test
    void countsWhatIsNotFinite() throws IOException {
        Path file = folder.resolve("x.npz");
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        arrays.put("some", Tensor.of(new float[] {1, 3, Float.NaN, Float.POSITIVE_INFINITY, Float.NaN}, 5));
        arrays.put("none", Tensor.of(new float[] {Float.NaN}, 1));
        Npz.write(file, arrays);
        JsonNode tensors = inspect(file).get("tensors");
        assertThat(tensors.get(0).toString())
                .isEqualTo(
                        "{\"name\":\"some\",\"dtype\":\"float32\",\"shape\":[5],\"min\":1.0,\"max\":3.0,\"mean\":2.0,"
                                + "\"std\":1.0,\"nan\":2,\"infinite\":1}");
        assertThat(tensors.get(1).get("min").isNull()).isTrue();
        CommandRun run = CommandRun.of("inspect", file.toString());
        assertThat(run.out().lines()).hasSize(4);
        assertThat(run.out()).contains("some  float32  [5]    1.000  3.000  2.000  1.000    2         1");
    }

    @Test
    void namesFromTheFileStayOnTheirLines() throws IOException {
        Path file = folder.resolve("evil.safetensors");
        Safetensors.write(
                file, Map.of("a\n\u001b[31m\u2028b", Tensor.zeros(1)), Map.of("k\r\n", "\u001b]0;title\u0007"));
        CommandRun run = CommandRun.of("inspect", file.toString());
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines()).hasSize(4);
        assertThat(run.out().replace(System.lineSeparator(), "").chars().noneMatch(Character::isISOControl))
                .isTrue();
        assertThat(run.out()).doesNotContain("\u2028");
    }

    @Test
    void whatIsDamagedIsToldInOneLine() throws IOException {
        Path file = Files.write(folder.resolve("x.pt"), new byte[] {'P', 'K', 3, 4, 0});
        Path json = folder.resolve("x.json");
        CommandRun run = CommandRun.of("inspect", file.toString(), "--json", json.toString());
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("dyconv: " + file + ": damaged, or not a zip archive: ");
        assertThat(run.err().lines()).hasSize(1);
        assertThat(json).doesNotExist();
    }

    /** Either the file is read, or one line says why not; and the JSON is written wholly or not at all. */
    @ParameterizedTest
    @ValueSource(strings = {"layer.safetensors", "views.pt", "no_checksums.pt", "layer.npz"})
    void changedFilesKeepTheContract(String name) throws IOException {
        byte[] source;
        try (InputStream in = Objects.requireNonNull(InspectCommandTest.class.getResourceAsStream("/torch/" + name))) {
            source = in.readAllBytes();
        }
        Path file = folder.resolve(name);
        Path json = folder.resolve("x.json");
        for (int seed = 0; seed < 250; seed++) {
            Random random = new Random(seed * 0x9E3779B97F4A7C15L);
            byte[] changed = source.clone();
            for (int i = random.nextInt(3); i >= 0; i--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt();
            }
            Files.write(file, changed);
            Files.deleteIfExists(json);
            CommandRun run = CommandRun.of("inspect", file.toString(), "--json", json.toString());
            if (run.exitCode() == 0) {
                assertThat(run.err()).as("seed %d", seed).isEmpty();
                assertThat(JsonMapper.builder()
                                .build()
                                .readTree(Files.readAllBytes(json))
                                .has("tensors"))
                        .as("seed %d", seed)
                        .isTrue();
            } else {
                assertThat(run.exitCode()).as("seed %d: %s", seed, run.err()).isEqualTo(2);
                assertThat(run.err().lines()).as("seed %d", seed).hasSize(1);
                assertThat(json).as("seed %d", seed).doesNotExist();
            }
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isSubsetOf(file, json);
        }
    }
}
