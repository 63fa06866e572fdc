package io.github.dyconv.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.github.dyconv.Size2D;
import io.github.dyconv.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/** Builds a graph of ONNX. Values have names; a node is called as its output. */
final class GraphWriter {
    private final GraphProto.Builder graph;

    GraphWriter(String name) {
        graph = GraphProto.newBuilder().setName(name);
    }

    GraphProto graph() {
        return graph.build();
    }

    static Dimension fixed(long size) {
        return Dimension.newBuilder().setDimValue(size).build();
    }

    static Dimension any(String name) {
        return Dimension.newBuilder().setDimParam(name).build();
    }

    String input(String name, Dimension... shape) {
        graph.addInput(value(name, shape));
        return name;
    }

    void output(String name, Dimension... shape) {
        graph.addOutput(value(name, shape));
    }

    private static ValueInfoProto value(String name, Dimension... shape) {
        var type = TypeProto.Tensor.newBuilder()
                .setElemType(TensorProto.DataType.FLOAT.getNumber())
                .setShape(TensorShapeProto.newBuilder().addAllDim(List.of(shape)));
        return ValueInfoProto.newBuilder()
                .setName(name)
                .setType(TypeProto.newBuilder().setTensorType(type))
                .build();
    }

    /** Values that the model holds, under another shape of as many elements. They are not copied: nobody may change them. */
    String constant(String name, Tensor tensor, long... shape) {
        return constant(name, TensorProto.DataType.FLOAT, littleEndian(tensor), shape);
    }

    /** Values that the model holds. */
    String constant(String name, Tensor tensor) {
        return constant(
                name, tensor, Arrays.stream(tensor.shape()).asLongStream().toArray());
    }

    /** Sizes or axes that the model holds, {@code [values]}. */
    String integers(String name, long... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(values);
        return constant(name, TensorProto.DataType.INT64, ByteString.copyFrom(bytes), values.length);
    }

    private String constant(String name, TensorProto.DataType type, ByteString bytes, long... shape) {
        graph.addInitializer(TensorProto.newBuilder()
                .setName(name)
                .setDataType(type.getNumber())
                .addAllDims(LongStream.of(shape).boxed().toList())
                .setRawData(bytes));
        return name;
    }

    private static ByteString littleEndian(Tensor tensor) {
        ByteBuffer bytes = tensor.segment().asByteBuffer();
        if (ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            return UnsafeByteOperations.unsafeWrap(bytes);
        }
        ByteBuffer swapped = ByteBuffer.allocate(bytes.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        swapped.asFloatBuffer().put(bytes.order(ByteOrder.nativeOrder()).asFloatBuffer());
        return UnsafeByteOperations.unsafeWrap(swapped);
    }

    /** A node of one output. */
    String node(String output, String operator, List<String> inputs, AttributeProto... attributes) {
        graph.addNode(NodeProto.newBuilder()
                .setName(output)
                .setOpType(operator)
                .addAllInput(inputs)
                .addOutput(output)
                .addAllAttribute(List.of(attributes)));
        return output;
    }

    static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    static AttributeProto attribute(String name, GraphProto value) {
        return AttributeProto.newBuilder()
                .setName(name)
                .setType(AttributeProto.AttributeType.GRAPH)
                .setG(value)
                .build();
    }

    /** Sizes along H and W, one pair after another. */
    static AttributeProto attribute(String name, Size2D... sizes) {
        var attribute = AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        for (Size2D size : sizes) {
            attribute.addInts(size.height()).addInts(size.width());
        }
        return attribute.build();
    }
}
