package io.github.dyconv.benchmarks.peers;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Size2D;
import io.github.dyconv.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Builds a model of ONNX: each method adds a node and returns the name of what it computes. */
final class OnnxModel {
    private static final int OPERATOR_SET = 17;
    private static final int IR_VERSION = 8;

    private final GraphProto.Builder graph = GraphProto.newBuilder().setName("layer");
    private int names;

    /** The model's input. */
    String input(String name, int... shape) {
        graph.addInput(value(name, shape));
        return name;
    }

    /** Makes a value the model's output. */
    void output(String of, String name, int... shape) {
        node("Identity", List.of(name), List.of(of));
        graph.addOutput(value(name, shape));
    }

    private static ValueInfoProto value(String name, int... shape) {
        TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
        for (int size : shape) {
            dimensions.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(size));
        }
        var type = TypeProto.Tensor.newBuilder()
                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                .setShape(dimensions);
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(type))
                .build();
    }

    /** Values that the model holds. */
    String constant(Tensor tensor, long... shape) {
        return constant(
                TensorProto.DataType.FLOAT,
                tensor.segment().asByteBuffer(),
                shape.length == 0 ? Arrays.stream(tensor.shape()).asLongStream().toArray() : shape);
    }

    /** A number that the model holds. */
    String constant(float value) {
        return constant(Tensor.of(new float[] {value}, 1));
    }

    private String integers(long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return constant(TensorProto.DataType.INT64, bytes, values.length);
    }

    private String constant(TensorProto.DataType type, ByteBuffer bytes, long... shape) {
        String name = newName("constant");
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .addAllDims(LongStream.of(shape).boxed().toList())
                .setRawData(ByteString.copyFrom(bytes)));
        return name;
    }

    /** A node of one output. */
    String add(String operator, List<String> inputs, AttributeProto... attributes) {
        return add(operator, 1, inputs, attributes).getFirst();
    }

    private List<String> add(String operator, int outputs, List<String> inputs, AttributeProto... attributes) {
        List<String> names = new ArrayList<>();
        IntStream.range(0, outputs).forEach(i -> names.add(newName(operator)));
        node(operator, names, inputs, attributes);
        return names;
    }

    private void node(String operator, List<String> outputs, List<String> inputs, AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setName(newName(operator))
                .setOpType(operator)
                .addAllInput(inputs)
                .addAllOutput(outputs)
                .addAllAttribute(List.of(attributes)));
    }

    private String newName(String kind) {
        return kind + names++;
    }

    /** Another shape; -1 once for what is left. */
    String reshape(String input, long... shape) {
        return add("Reshape", List.of(input, integers(shape)));
    }

    /** Equal parts along an axis. */
    List<String> split(String input, int axis, int parts) {
        return add("Split", parts, List.of(input), integer("axis", axis));
    }

    /** A convolution; the bias may be left out of the inputs. */
    String convolution(Conv2dGeometry geometry, long groups, List<String> inputs) {
        Size2D padding = geometry.padding();
        return add(
                "Conv",
                inputs,
                integers("kernel_shape", geometry.kernelSize()),
                integers("strides", geometry.stride()),
                integers("dilations", geometry.dilation()),
                integers("pads", padding, padding),
                integer("group", groups));
    }

    static AttributeProto integer(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    private static AttributeProto integers(String name, Size2D... sizes) {
        var attribute = AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        for (Size2D size : sizes) {
            attribute.addInts(size.height()).addInts(size.width());
        }
        return attribute.build();
    }

    byte[] bytes() {
        return ModelProto.newBuilder()
                .setIrVersion(IR_VERSION)
                .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(OPERATOR_SET))
                .setGraph(graph)
                .build()
                .toByteArray();
    }
}
