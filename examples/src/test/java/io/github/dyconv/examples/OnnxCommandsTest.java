package io.github.dyconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.dyconv.Tensor;
import io.github.dyconv.io.Npz;
import io.github.dyconv.onnx.OnnxFile;
import io.github.dyconv.onnx.OnnxForm;
import io.github.dyconv.onnx.OnnxLayer;
import io.github.dyconv.testing.GoldenCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ONNX models in the commands that take files of layers. */
class OnnxCommandsTest {
    @TempDir
    Path folder;

    private final GoldenCase golden = GoldenCase.named("g31_axes");
    private Path config = Path.of("");
    private Path model = Path.of("");

    @BeforeEach
    void name() {
        config = golden.npz().resolveSibling("g31_axes.json");
        model = folder.resolve("layer.onnx");
    }

    private static void requireSuccess(CommandRun run) {
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
    }

    private static void requireRefusal(CommandRun run, String reason) {
        assertThat(run.err()).hasLineCount(1).contains(reason);
        assertThat(run.exitCode()).isEqualTo(2);
    }

    private CommandRun convert(String... options) {
        List<String> args = new ArrayList<>(
                List.of("convert", golden.npz().toString(), model.toString(), "--config", config.toString()));
        args.addAll(List.of(options));
        return CommandRun.of(args.toArray(String[]::new));
    }

    @Test
    void aLayerGoesToOnnxAndBack() throws IOException {
        requireSuccess(convert());
        OnnxLayer layer = OnnxFile.read(model);
        assertThat(layer.form()).isEqualTo(OnnxForm.PORTABLE);
        assertThat(layer.parameters().config()).isEqualTo(golden.config());

        Path back = folder.resolve("back.npz");
        requireSuccess(CommandRun.of("convert", model.toString(), back.toString(), "--temperature", "7"));
        Map<String, Tensor> tensors = Npz.read(back);
        assertThat(tensors.get("weight").toArray())
                .isEqualTo(golden.parameters().weight().toArray());
        assertThat(tensors.get("temperature").toArray()).containsExactly(7);
    }

    @Test
    void optionsChooseTheForm() throws IOException {
        requireSuccess(convert("--onnx-form", "grouped", "--batch", "3", "--input-size", "10,9"));
        assertThat(OnnxFile.read(model).batch()).hasValue(3);
        requireSuccess(convert("--batch", "5"));
        assertThat(OnnxFile.read(model).batch()).hasValue(5);
        requireSuccess(convert("--onnx-form", "portable"));
        assertThat(OnnxFile.read(model).batch()).isEmpty();
    }

    @Test
    void optionsThatDoNotFitAreRefused() {
        requireRefusal(convert("--onnx-form", "grouped"), "is for one batch; give it with --batch");
        requireRefusal(convert("--onnx-form", "portable", "--batch", "2"), "--batch: the portable form takes any");
        requireRefusal(convert("--onnx-form", "scan"), "expected portable or grouped, got 'scan'");
        requireRefusal(convert("--input-size", "7"), "expected H,W, got '7'");
        requireRefusal(convert("--input-size", "2,1"), "layer.onnx: kernel_size: spans");
        model = folder.resolve("layer.safetensors");
        requireRefusal(convert("--batch", "2"), "--onnx-form, --batch, --input-size: are for .onnx files alone");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void forwardAndInspectTakeModels() throws IOException {
        requireSuccess(convert("--batch", "4"));
        Path y = folder.resolve("y.npz");
        requireSuccess(CommandRun.of(
                "forward",
                "--params",
                model.toString(),
                "--input",
                golden.npz().toString(),
                "--output",
                y.toString(),
                "--device",
                "jvm"));
        double[] expected = golden.y64();
        float[] actual = Npz.read(y).get("y").toArray();
        assertThat(actual).hasSameSizeAs(expected);
        assertThat((double) actual[0]).isCloseTo(expected[0], Offset.offset(1e-4));

        Path json = folder.resolve("inspect.json");
        CommandRun inspect = CommandRun.of("inspect", model.toString(), "--json", json.toString());
        requireSuccess(inspect);
        assertThat(inspect.out())
                .contains("layer.onnx: ONNX, 6 tensors", "metadata form: grouped form for batch 4")
                .contains("\"stride\": [2, 1]");
        JsonNode root = JsonMapper.builder().build().readTree(json.toFile());
        assertThat(root.at("/layers/0/hyperparameters/K").intValue()).isEqualTo(4);
    }

    @Test
    void aModelThatContradictsIsRefused() throws IOException {
        requireSuccess(convert());
        Path other = Files.writeString(folder.resolve("other.json"), "{\"stride\": 9}");
        Path out = folder.resolve("out.safetensors");
        requireRefusal(
                CommandRun.of("convert", model.toString(), out.toString(), "--config", other.toString()),
                "layer.onnx: stride: the configuration says 9, the model [2, 1]");
        requireRefusal(
                CommandRun.of("convert", model.toString(), out.toString(), "--prefix", "layer"),
                "--prefix: an ONNX model holds one layer");
        Files.write(model, new byte[] {1, 2, 3});
        requireRefusal(CommandRun.of("inspect", model.toString()), "layer.onnx: damaged, or not an ONNX model");
    }
}
