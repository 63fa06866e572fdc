package io.github.dyconv.onnx;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.github.dyconv.DYConv2d;
import io.github.dyconv.Tensor;
import io.github.dyconv.io.FormatException;
import io.github.dyconv.io.Place;
import io.github.dyconv.io.ReadLimits;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A graph that is nearly a layer, but not one, is refused with a line that tells what is in the way. */
class UnrecognisedGraphsTest {
    /** A change of a model, and what is said of it. */
    record Case(OnnxForm form, String message, Consumer<ModelProto.Builder> change) {
        @Override
        public String toString() {
            return form + ": " + message;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                portable(
                        "expected the attention, a softmax over the kernels (Softmax), found the Sigmoid 'attention'",
                        model -> node(model, "attention").setOpType("Sigmoid")),
                portable(
                        "the Softmax 'attention': expected axis 1, the kernels, found 0",
                        model -> attribute(model, "attention", "axis").setI(0)),
                portable(
                        "expected the attention's activation (Relu), found the LeakyRelu 'hidden'",
                        model -> node(model, "hidden").setOpType("LeakyRelu")),
                portable(
                        "expected the mean over H and W (GlobalAveragePool or ReduceMean), found the GlobalMaxPool",
                        model -> node(model, "pooled").setOpType("GlobalMaxPool")),
                portable("expected the mean of the model's input, found that of 'samples'", model -> {
                    node(model, "pooled").setInput(0, "samples");
                    NodeProto samples = node(model, "samples").build();
                    model.getGraphBuilder().removeNode(index(model, "samples")).addNode(0, samples);
                }),
                portable(
                        "the Conv 'fc1': has a bias",
                        model -> node(model, "fc1").addInput("weight")),
                portable(
                        "the Conv 'fc2': expected the bias as constant 32-bit floats",
                        model -> node(model, "fc2").setInput(2, "sample_axis")),
                portable(
                        "expected the temperature as constant 32-bit floats, found 'sample_axis'",
                        model -> node(model, "cooled").setInput(1, "sample_axis")),
                portable("temperature: must be a positive finite number", model -> {
                    var zero = new GraphWriter("zero");
                    zero.constant("zero", Tensor.zeros(1));
                    model.getGraphBuilder().addInitializer(zero.graph().getInitializer(0));
                    node(model, "cooled").setInput(1, "zero");
                }),
                portable(
                        "the MatMul 'aggregate_bias': expected the attention that the MatMul 'flat_aggregate_weight'",
                        model -> node(model, "aggregate_bias").setInput(0, "logits")),
                portable(
                        "the Scan 'outputs': expected a scan forward along the first axes, found another"
                                + " scan_input_directions",
                        model -> node(model, "outputs")
                                .addAttribute(AttributeProto.newBuilder()
                                        .setName("scan_input_directions")
                                        .setType(AttributeProto.AttributeType.INTS)
                                        .addInts(1))),
                portable(
                        "the Scan 'outputs': expected a Conv as its body",
                        model -> attribute(model, "outputs", "body")
                                .getGBuilder()
                                .getNodeBuilder(0)
                                .setOpType("ConvTranspose")),
                portable(
                        "the Scan 'outputs': expected a Conv as its body, of each sample",
                        model -> attribute(model, "outputs", "body")
                                .getGBuilder()
                                .getNodeBuilder(0)
                                .setInput(1, "weight")),
                portable(
                        "expected pads [H, W, H, W], equal on both sides, found [1, 1, 2, 1]",
                        model -> bodyAttribute(model, "pads").setInts(2, 2)),
                portable(
                        "kernel_shape is 2, the kernels' own size 3",
                        model -> bodyAttribute(model, "kernel_shape")
                                .setInts(0, 2)
                                .setInts(1, 2)),
                portable(
                        "its kernels have 2 channels, its 1 groups 4",
                        model -> bodyAttribute(model, "group").setI(1)),
                portable(
                        "groups: 3 must divide in_planes (4)",
                        model -> bodyAttribute(model, "group").setI(3)),
                portable(
                        "stride: must be at least 1, got 0",
                        model -> bodyAttribute(model, "strides").setInts(0, 0).setInts(1, 0)),
                portable(
                        "its metadata says dyconv.stride is 7, its graph 1",
                        model -> model.getMetadataPropsBuilderList().stream()
                                .filter(entry -> entry.getKey().equals("dyconv.stride"))
                                .forEach(entry -> entry.setValue("7"))),
                portable(
                        "dyconv.ratio: expected a number, found 'wide'",
                        model -> model.getMetadataPropsBuilderList().stream()
                                .filter(entry -> entry.getKey().equals(Metadata.RATIO))
                                .forEach(entry -> entry.setValue("wide"))),
                portable(
                        "the attention's hidden layer has 2 channels, expected 5",
                        model -> model.getMetadataPropsBuilderList().stream()
                                .filter(entry -> entry.getKey().equals(Metadata.RATIO))
                                .forEach(entry -> entry.setValue("1"))),
                portable(
                        "uses version 12 of ONNX's operators, expected 13 or later",
                        model -> model.getOpsetImportBuilder(0).setVersion(12)),
                portable(
                        "found the com.example.Softmax 'attention'",
                        model -> node(model, "attention").setDomain("com.example")),
                portable(
                        "the MatMul 'flat_aggregate_weight': expected the bank of kernels as constant 32-bit floats",
                        model -> model.getGraphBuilder().getInitializerBuilderList().stream()
                                .filter(tensor -> tensor.getName().equals("weight"))
                                .forEach(tensor -> tensor.setDataType(TensorProto.DataType.FLOAT16.getNumber()))),
                portable(
                        "expected one output, found 2",
                        model -> model.getGraphBuilder()
                                .addOutput(model.getGraphBuilder().getOutput(0).toBuilder()
                                        .setName("attention"))),
                portable("its input has 9 channels, its convolution is for 4", model -> input(model, 1, 9)),
                grouped(
                        "the Conv 'folded_y': its 5 groups are no multiple of those of 4 channels, 2 in each",
                        model -> attribute(model, "folded_y", "group").setI(5)),
                grouped(
                        "the Reshape 'folded_x': expected sizes [1, 12, -1, -1], found [1, 12, -1, 7]",
                        model -> sizes(model, "folded_x_shape", 1, 12, -1, 7)),
                grouped(
                        "the Reshape 'y': expected sizes [3, 6, -1, -1], found [6, 3, 0, 0]",
                        model -> sizes(model, "y_shape", 6, 3, 0, 0)),
                grouped("its input has 4 samples, its convolution is for 3", model -> input(model, 0, 4)),
                grouped(
                        "expected the samples side by side, [1, N·C, H, W] (Reshape), found the MatMul",
                        model -> node(model, "folded_y").setInput(0, "flat_aggregate_weight")));
    }

    private static Case portable(String message, Consumer<ModelProto.Builder> change) {
        return new Case(OnnxForm.PORTABLE, message, change);
    }

    private static Case grouped(String message, Consumer<ModelProto.Builder> change) {
        return new Case(OnnxForm.GROUPED, message, change);
    }

    private static int index(ModelProto.Builder model, String output) {
        for (int i = 0; i < model.getGraph().getNodeCount(); i++) {
            if (model.getGraph().getNode(i).getOutput(0).equals(output)) {
                return i;
            }
        }
        throw new IllegalArgumentException(output);
    }

    private static NodeProto.Builder node(ModelProto.Builder model, String output) {
        return model.getGraphBuilder().getNodeBuilder(index(model, output));
    }

    private static AttributeProto.Builder attribute(ModelProto.Builder model, String output, String name) {
        return attribute(node(model, output), name);
    }

    private static AttributeProto.Builder attribute(NodeProto.Builder node, String name) {
        return node.getAttributeBuilderList().stream()
                .filter(attribute -> attribute.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static AttributeProto.Builder bodyAttribute(ModelProto.Builder model, String name) {
        return attribute(attribute(model, "outputs", "body").getGBuilder().getNodeBuilder(0), name);
    }

    private static void input(ModelProto.Builder model, int axis, long size) {
        model.getGraphBuilder()
                .getInputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .getDimBuilder(axis)
                .setDimValue(size);
    }

    private static void sizes(ModelProto.Builder model, String name, long... sizes) {
        var written = new GraphWriter("sizes");
        written.integers(name, sizes);
        model.getGraphBuilder().getInitializerBuilderList().stream()
                .filter(tensor -> tensor.getName().equals(name))
                .forEach(tensor ->
                        tensor.setRawData(written.graph().getInitializer(0).getRawData()));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void refused(Case changed) throws InvalidProtocolBufferException {
        byte[] bytes;
        try (var layer = DYConv2d.builder(4, 6, 3).groups(2).padding(1).build()) {
            OnnxExport export = changed.form() == OnnxForm.GROUPED ? OnnxExport.grouped(3) : OnnxExport.PORTABLE;
            ModelProto.Builder model = ModelProto.parseFrom(OnnxFile.bytes(layer.parameters(), export)).toBuilder();
            changed.change().accept(model);
            bytes = model.build().toByteArray();
        }
        assertThatThrownBy(() -> OnnxFile.read(Place.of(Path.of("other.onnx")), bytes, ReadLimits.DEFAULT))
                .isInstanceOf(FormatException.class)
                .hasMessageStartingWith("other.onnx: ")
                .hasMessageContaining(changed.message());
    }
}
