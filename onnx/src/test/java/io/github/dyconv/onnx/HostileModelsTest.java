package io.github.dyconv.onnx;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.github.dyconv.DYConv2d;
import io.github.dyconv.io.FormatException;
import io.github.dyconv.io.ReadLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that mean harm end in one clear line, soon, and before much memory is taken. */
@Timeout(value = 30, unit = SECONDS)
class HostileModelsTest {
    private static final int GRAPH_FIELD = 7;
    private static final int NODE_FIELD = 1;
    private static final int ATTRIBUTE_FIELD = 5;
    private static final int ATTRIBUTE_GRAPH_FIELD = 6;

    @TempDir
    Path folder;

    private Path file = Path.of("");
    private ModelProto model = ModelProto.getDefaultInstance();

    @BeforeEach
    void makeModel() throws IOException {
        file = folder.resolve("model.onnx");
        try (var layer = DYConv2d.builder(4, 6, 3).build()) {
            model = ModelProto.parseFrom(OnnxFile.bytes(layer.parameters(), OnnxExport.PORTABLE));
        }
    }

    private void requireRefusal(byte[] bytes, String reason) throws IOException {
        Files.write(file, bytes);
        assertThatThrownBy(() -> OnnxFile.read(file))
                .isInstanceOf(FormatException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(reason);
    }

    private void requireRefusal(Consumer<ModelProto.Builder> change, String reason) throws IOException {
        ModelProto.Builder changed = model.toBuilder();
        change.accept(changed);
        requireRefusal(changed.build().toByteArray(), reason);
    }

    @Test
    void otherFiles() throws IOException {
        requireRefusal(new byte[0], "is empty, not an ONNX model");
        requireRefusal(new byte[] {'P', 'K', 3, 4, 0, 0}, "damaged, or not an ONNX model");
        requireRefusal(new byte[] {8, 8}, "is not an ONNX model: it has no graph");
        byte[] whole = model.toByteArray();
        requireRefusal(Arrays.copyOf(whole, whole.length / 2), "damaged, or not an ONNX model");
        assertThatThrownBy(() -> OnnxFile.read(folder))
                .isInstanceOf(FormatException.class)
                .hasMessage(folder + ": is a folder, not an ONNX model");
        assertThatThrownBy(() -> OnnxFile.read(folder.resolve("absent.onnx")))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("no such file");
    }

    @Test
    void limitsAreChecked() throws IOException {
        byte[] whole = model.toByteArray();
        Files.write(file, whole);
        assertThatThrownBy(() -> OnnxFile.read(file, new ReadLimits(1 << 20, whole.length - 1L, 1000, 1)))
                .isInstanceOf(FormatException.class)
                .hasMessage(file + ": is larger than the limit of " + (whole.length - 1) + " bytes");
        assertThatThrownBy(() -> OnnxFile.read(file, new ReadLimits(100, 1 << 20, 1000, 1)))
                .isInstanceOf(FormatException.class)
                .hasMessage(file + ": weight: takes 3456 bytes, more than the limit of 100");
        assertThatThrownBy(() -> OnnxFile.read(file, new ReadLimits(1 << 20, 1 << 20, 50, 1)))
                .isInstanceOf(FormatException.class)
                .hasMessage(file + ": has more than 50 messages and texts");
        assertThat(OnnxFile.read(file, new ReadLimits(3456, whole.length, 1000, 1))
                        .parameters()
                        .config()
                        .kernels())
                .isEqualTo(4);
    }

    /** Two bytes each in the file, a hundred in memory. */
    @Test
    void tooManyMessages() throws IOException {
        var nodes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(nodes);
        byte[] empty = new byte[2 * 10_000_000];
        for (int i = 0; i < empty.length; i += 2) {
            empty[i] = NODE_FIELD << 3 | 2;
        }
        out.writeByteArray(GRAPH_FIELD, empty);
        out.flush();
        requireRefusal(nodes.toByteArray(), "has more than 65536 messages and texts");
    }

    @Test
    void unknownNumbersCountToo() throws IOException {
        byte[] unknown = new byte[2 * 100_000];
        for (int i = 0; i < unknown.length; i += 2) {
            unknown[i] = 15 << 3;
        }
        requireRefusal(unknown, "has more than 65536 messages and texts");
    }

    @Test
    void graphsWithinGraphs() throws IOException {
        byte[] nested = new byte[0];
        for (int depth = 0; depth < 5_000; depth++) {
            nested = field(NODE_FIELD, field(ATTRIBUTE_FIELD, field(ATTRIBUTE_GRAPH_FIELD, nested)));
        }
        requireRefusal(field(GRAPH_FIELD, nested), "messages nest deeper than 32");
    }

    private static byte[] field(int number, byte[] content) throws IOException {
        var bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeByteArray(number, content);
        out.flush();
        return bytes.toByteArray();
    }

    @Test
    void groups() throws IOException {
        byte[] groups = new byte[100_000];
        Arrays.fill(groups, (byte) (15 << 3 | 3));
        requireRefusal(groups, "it holds a group");
    }

    @Test
    void lengthsBeyondTheEnd() throws IOException {
        requireRefusal(new byte[] {GRAPH_FIELD << 3 | 2, -1, -1, -1, -1, 7}, "damaged, or not an ONNX model");
        requireRefusal(
                new byte[] {GRAPH_FIELD << 3 | 2, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1},
                "damaged, or not an ONNX model");
    }

    @Test
    void dataInOtherFiles() throws IOException {
        Path secret = Files.write(folder.resolve("secret"), new byte[6 * 4 * 9 * 4 * 4]);
        requireRefusal(
                changed -> weight(changed)
                        .clearRawData()
                        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
                        .addExternalData(StringStringEntryProto.newBuilder()
                                .setKey("location")
                                .setValue(secret.toString())),
                "weight: its data is in another file, which is not read");
    }

    private static TensorProto.Builder weight(ModelProto.Builder changed) {
        return changed.getGraphBuilder().getInitializerBuilderList().stream()
                .filter(tensor -> tensor.getName().equals("weight"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shapesThatLie() throws IOException {
        requireRefusal(changed -> weight(changed).setDims(1, Long.MAX_VALUE), "does not go with 3456 bytes of data");
        requireRefusal(changed -> weight(changed).setDims(1, -216), "does not go with 3456 bytes of data");
        requireRefusal(
                changed -> weight(changed).clearDims().addDims(1L << 32).addDims(1L << 32),
                "does not go with 3456 bytes");
        requireRefusal(changed -> weight(changed).clearDims().addDims(864), "a constant of [864] is not of");
        requireRefusal(
                changed ->
                        weight(changed).setRawData(weight(changed).getRawData().substring(4)),
                "does not go with 3452 bytes of data");
        // Half as raw bytes, half as numbers.
        requireRefusal(
                changed -> weight(changed)
                        .setRawData(weight(changed).getRawData().substring(4))
                        .addFloatData(1),
                "does not go with 3452 bytes of data");
    }

    @Test
    void sizesOfWhichThereAreNoData() throws IOException {
        requireRefusal(
                changed -> changed.getGraphBuilder().getInitializerBuilderList().stream()
                        .filter(tensor -> tensor.getName().equals("attention.fc2.weight"))
                        .forEach(tensor -> tensor.clearRawData()
                                .setDims(0, Integer.MAX_VALUE)
                                .setDims(1, 0)),
                "expected a plain 1x1 convolution, found a weight of [2147483647, 0, 1, 1]");
    }

    /** Each doubles the one before. They are of no use, so the layer is read all the same. */
    @Test
    void constantsWithoutEnd() throws IOException {
        GraphProto.Builder graph = model.getGraph().toBuilder()
                .addInitializer(TensorProto.newBuilder()
                        .setName("c0")
                        .setDataType(TensorProto.DataType.INT64.getNumber())
                        .addDims(1)
                        .setRawData(ByteString.copyFrom(new byte[8])));
        for (int i = 1; i < 10_000; i++) {
            graph.addNode(NodeProto.newBuilder()
                    .setOpType("Concat")
                    .addInput("c" + (i - 1))
                    .addInput("c" + (i - 1))
                    .addOutput("c" + i));
        }
        Files.write(file, model.toBuilder().setGraph(graph).build().toByteArray());
        assertThat(OnnxFile.read(file).parameters().config().kernels()).isEqualTo(4);
    }

    @Test
    void valuesThatNeedThemselves() throws IOException {
        requireRefusal(
                changed -> changed.getGraphBuilder()
                        .addNode(NodeProto.newBuilder()
                                .setOpType("Identity")
                                .addInput("b")
                                .addOutput("a"))
                        .addNode(NodeProto.newBuilder()
                                .setOpType("Identity")
                                .addInput("a")
                                .addOutput("b")),
                "its input 'b' is not computed before it");
        requireRefusal(
                changed -> changed.getGraphBuilder()
                        .addNode(NodeProto.newBuilder()
                                .setOpType("Relu")
                                .addInput("y")
                                .addOutput("y")),
                "'y' is defined twice");
    }

    @Test
    void namesDoNotReachTheTerminal() throws IOException {
        requireRefusal(
                changed -> changed.getGraphBuilder()
                        .setOutput(
                                0,
                                changed.getGraphBuilder().getOutput(0).toBuilder()
                                        .setName("\u001b[31m\n")),
                "the constant '?[31m?'");
    }

    @Test
    void attributesOfAnotherType() throws IOException {
        requireRefusal(
                changed -> changed.getGraphBuilder().getNodeBuilderList().stream()
                        .filter(node -> node.getOpType().equals("Scan"))
                        .forEach(scan -> scan.setAttribute(
                                0,
                                AttributeProto.newBuilder().setName("body").setType(AttributeProto.AttributeType.INT))),
                "the Scan 'outputs': its attribute body is a INT, expected GRAPH");
    }
}
