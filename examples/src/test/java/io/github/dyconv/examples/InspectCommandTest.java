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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
}
