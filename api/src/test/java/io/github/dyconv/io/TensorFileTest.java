package io.github.dyconv.io;

import static io.github.dyconv.io.Handmade.file;
import static io.github.dyconv.io.Handmade.refusal;
import static io.github.dyconv.io.TorchFiles.expected;
import static io.github.dyconv.io.TorchFiles.readAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dyconv.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What files of any format have in common, on files that PyTorch, safetensors and NumPy wrote. */
class TensorFileTest {
    @TempDir
    Path folder;

    private static void requireLayer(Map<String, Tensor> actual, String prefix, UnaryOperator<Float> rounding)
            throws IOException {
        for (String name : TorchFiles.NAMES) {
            Tensor tensor = actual.get(prefix + name);
            Tensor expected = expected().get(name);
            assertThat(tensor).as(prefix + name).isNotNull();
            assertThat(tensor.shape()).as(name).isEqualTo(expected.shape());
            float[] rounded = expected.toArray();
            for (int i = 0; i < rounded.length; i++) {
                rounded[i] = rounding.apply(rounded[i]);
            }
            assertThat(tensor.toArray()).as(name).isEqualTo(rounded);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "layer.pt",
                "protocol4.pt",
                "no_checksums.pt",
                "parameters.pt",
                "views.pt",
                "float64.pt",
                "layer.safetensors",
                "float64.safetensors",
                "layer.npz"
            })
    void readsTheLayer(String name) throws IOException {
        requireLayer(readAll(TorchFiles.file(name)), "", value -> value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"float16.pt", "float16.safetensors"})
    void readsHalfPrecision(String name) throws IOException {
        requireLayer(readAll(TorchFiles.file(name)), "", value -> Float.float16ToFloat(Float.floatToFloat16(value)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bfloat16.pt", "bfloat16.safetensors"})
    void readsBfloat16(String name) throws IOException {
        requireLayer(readAll(TorchFiles.file(name)), "", value -> {
            int bits = Float.floatToRawIntBits(value);
            int half = 0x7FFF + ((bits >> 16) & 1); // to the nearest, ties to even
            return Float.intBitsToFloat((bits + half) & 0xFFFF0000);
        });
    }

    @ParameterizedTest
    @CsvSource({"model.pt, dynamic.", "model.safetensors, dynamic.", "checkpoint.pt, state_dict.module.dynamic."})
    void readsALayerOfAModel(String name, String prefix) throws IOException {
        requireLayer(readAll(TorchFiles.file(name)), prefix, value -> value);
    }

    @Test
    void namesWhatACheckpointHoldsBesides() throws IOException {
        try (TensorFile checkpoint = TensorFile.open(TorchFiles.file("checkpoint.pt"))) {
            assertThat(checkpoint.format()).isEqualTo("PyTorch checkpoint");
            assertThat(checkpoint.metadata()).isEmpty();
            assertThat(checkpoint.info("state_dict.module.norm.num_batches_tracked"))
                    .isEqualTo(new TensorInfo("int64", List.of()));
            assertThat(checkpoint.info("mask")).hasToString("[2] of bool");
            assertThat(checkpoint.info("steps")).hasToString("[2] of uint16");
            assertThat(checkpoint.info("nothing").isReadable()).isFalse();
            Path file = TorchFiles.file("checkpoint.pt");
            assertThat(refusal(file, () -> checkpoint.read("steps")))
                    .isEqualTo("steps: its dtype is uint16; expected float16, bfloat16, float32 or float64: convert it"
                            + " with .float()");
            assertThat(refusal(file, () -> checkpoint.read("nothing")))
                    .isEqualTo("nothing: has no elements: its shape is [0, 3]");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> checkpoint.read("epoch"))
                    .withMessage("name: there is no tensor 'epoch'");
        }
    }

    @Test
    void repeatsExpandedElements() throws IOException {
        assertThat(readAll(TorchFiles.file("views.pt")).get("expanded").toArray())
                .containsExactly(1.5f, 1.5f, 1.5f, 2.5f, 2.5f, 2.5f);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        refused_legacy.pt | is a PyTorch checkpoint of the format before 1.6: in Python, torch.save(torch.load(FILE), NEW_FILE) with PyTorch 1.6 or newer
        refused_module.pt | names torch.nn.modules.conv.Conv2d, which no state_dict needs; refused, since unpickling it would run code: save it again with torch.save(model.state_dict(), FILE)
        refused_list.pt   | holds no dict but something else: expected torch.save(model.state_dict(), FILE)
        refused_sparse.pt | names torch._utils._rebuild_sparse_tensor, which no state_dict needs; refused, since unpickling it would run code: save it again with torch.save(model.state_dict(), FILE)
        """)
    void saysWhatItRefuses(String name, String problem) {
        Path file = TorchFiles.file(name);
        assertThat(refusal(file, () -> TensorFile.open(file))).isEqualTo(problem);
    }

    /** Made here: what PyTorch writes holds its own source. */
    @Test
    void torchScriptIsRefused() {
        Map<String, byte[]> entries = Map.of(
                "x/data.pkl", new byte[] {(byte) 0x80, 2, '}', '.'},
                "x/constants.pkl", new byte[] {(byte) 0x80, 2, ')', '.'},
                "x/code/__torch__/x.py", "op_version_set = 1".getBytes(StandardCharsets.US_ASCII));
        Path file = file(folder, "x.pt", Handmade.storedZip(entries));
        assertThat(refusal(file, () -> TensorFile.open(file)))
                .isEqualTo("is a TorchScript archive, whose code we don't run: in Python,"
                        + " torch.save(torch.jit.load(FILE).state_dict(), NEW_FILE)");
    }

    @Test
    void otherFilesAreNamed() throws IOException {
        Path pickle = file(folder, "x.pt", new byte[] {(byte) 0x80, 4, '}', '.'});
        assertThat(refusal(pickle, () -> TensorFile.open(pickle))).startsWith("is a bare Python pickle, which");
        Path npy = Handmade.numpy("f4.npy");
        assertThat(refusal(npy, () -> TensorFile.open(npy))).startsWith("begins as NPY, a single array: ");
        Path zip = file(folder, "x.zip", Handmade.zip(Map.of("README", new byte[0])));
        assertThat(refusal(zip, () -> TensorFile.open(zip)))
                .isEqualTo("is a zip archive, but neither a PyTorch checkpoint nor NPZ: it holds no arrays");
        Path text = file(folder, "x.txt", "weights".getBytes(StandardCharsets.US_ASCII));
        assertThat(refusal(text, () -> TensorFile.open(text)))
                .isEqualTo("is neither a safetensors file, nor a PyTorch checkpoint, nor NPZ");
        Path missing = folder.resolve("missing");
        assertThat(refusal(missing, () -> TensorFile.open(missing))).isEqualTo("no such file");
        assertThat(refusal(folder, () -> TensorFile.open(folder))).isEqualTo("is a folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"layer.pt", "views.pt", "layer.safetensors", "layer.npz"})
    void everyTruncationIsRefused(String name) throws IOException {
        byte[] whole = Files.readAllBytes(TorchFiles.file(name));
        for (int length = 0; length < whole.length; length++) {
            Path file = file(folder, name, Arrays.copyOf(whole, length));
            assertThat(refusal(file, () -> readAll(file))).isNotEmpty();
        }
    }

    @Test
    void limitsHold() throws IOException {
        Path file = TorchFiles.file("layer.pt");
        assertThat(refusal(file, () -> TensorFile.open(file, new ReadLimits(1, 1, 1, 1))))
                .endsWith(" entries, more than the limit of 1");
        try (TensorFile open = TensorFile.open(file, new ReadLimits(1728, 1800, 100, 1))) {
            assertThat(open.read("weight").size()).isEqualTo(432);
            assertThat(open.read("bias").size()).isEqualTo(12);
            assertThat(refusal(file, () -> open.read("attention.fc1.weight")))
                    .isEqualTo(
                            "attention.fc1.weight: [2, 4, 1, 1] of float32 takes 32 bytes, more than the limit leaves"
                                    + " (24)");
        }
    }
}
