package io.github.dyconv.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.github.dyconv.DYConv2d;
import io.github.dyconv.testing.DamagedBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Small models, and what becomes of them when bytes are damaged or parts of the graph changed. */
final class MutatedModels {
    private static final byte[] TELLING = {0, 1, 2, 3, -1, 127, -128, 8, 10, 16, 18, 26, 34, 42, 58, 66, 74, 122};
    /** With these, a runtime that takes the model has no endless work. */
    static final long[] SMALL = {-2, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 24};

    static final long[] ANY = {
        -2, -1, 0, 1, 2, 3, 4, 5, 6, 65_536, Integer.MAX_VALUE, 1L << 32, Long.MAX_VALUE, Long.MIN_VALUE
    };
    private static final String[] OPERATORS = {
        "Add", "Cast", "Concat", "Constant", "Conv", "Div", "Expand", "Flatten", "Gemm", "GlobalAveragePool",
        "GlobalMaxPool", "Identity", "LeakyRelu", "MatMul", "Mul", "ReduceMean", "Relu", "Reshape", "Scan", "Shape",
        "Sigmoid", "Softmax", "Squeeze", "Unsqueeze"
    };

    private final Random random;
    private final long[] numbers;

    /** Mutations that follow from the random numbers; sizes in changed graphs become one of {@code numbers}. */
    MutatedModels(Random random, long... numbers) {
        this.random = random;
        this.numbers = numbers.clone();
    }

    /** Our forms and PyTorch's. */
    static List<byte[]> sources() throws IOException {
        List<byte[]> sources = new ArrayList<>();
        try (var layer = DYConv2d.builder(4, 6, 3, 2)
                        .groups(2)
                        .padding(1, 0)
                        .kernels(2)
                        .build();
                var plain = DYConv2d.builder(3, 2, 1).bias(false).kernels(3).build()) {
            for (DYConv2d each : List.of(layer, plain)) {
                sources.add(OnnxFile.bytes(each.parameters(), OnnxExport.PORTABLE));
                sources.add(
                        OnnxFile.bytes(each.parameters(), OnnxExport.grouped(2).withInputSize(6, 5)));
            }
        }
        for (Path model : PyTorchModelsTest.models()) {
            sources.add(Files.readAllBytes(model));
        }
        return sources;
    }

    byte[] damaged(byte[] source) {
        return DamagedBytes.of(source, random, 60, TELLING);
    }

    /** A well-formed file whose graph differs in one to three places. */
    byte[] changed(byte[] source) {
        ModelProto.Builder model;
        try {
            model = ModelProto.parseFrom(source).toBuilder();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException(e);
        }
        if (random.nextBoolean()) {
            model.clearMetadataProps();
        }
        for (int i = 1 + random.nextInt(3); i > 0; i--) {
            change(model.getGraphBuilder());
        }
        return model.build().toByteArray();
    }

    private void change(GraphProto.Builder graph) {
        int nodes = graph.getNodeCount();
        if (nodes == 0) {
            return;
        }
        int index = random.nextInt(nodes);
        NodeProto.Builder node = graph.getNodeBuilder(index);
        switch (random.nextInt(10)) {
            case 0 -> node.setOpType(operator());
            case 1 -> changeInput(graph, node);
            case 2, 3 -> changeAttribute(node);
            case 4 -> changeConstant(graph);
            case 5 -> graph.removeNode(random.nextInt(nodes));
            case 6 -> insert(graph, index);
            case 7 -> node.addInput(anyValue(graph));
            case 8 -> changeShapeConstant(graph, node);
            default -> changeDeclaration(graph);
        }
    }

    private void changeInput(GraphProto.Builder graph, NodeProto.Builder node) {
        if (node.getInputCount() > 0) {
            node.setInput(random.nextInt(node.getInputCount()), anyValue(graph));
        }
    }

    private String anyValue(GraphProto.Builder graph) {
        List<String> values = new ArrayList<>(List.of("", "x"));
        graph.getNodeList().forEach(node -> values.addAll(node.getOutputList()));
        graph.getInitializerList().forEach(tensor -> values.add(tensor.getName()));
        return values.get(random.nextInt(values.size()));
    }

    private void changeAttribute(NodeProto.Builder node) {
        if (node.getAttributeCount() == 0) {
            return;
        }
        int index = random.nextInt(node.getAttributeCount());
        AttributeProto.Builder attribute = node.getAttributeBuilder(index);
        switch (attribute.getType()) {
            case INT -> attribute.setI(number());
            case FLOAT -> attribute.setF(random.nextInt(4) - 1);
            case INTS -> {
                if (attribute.getIntsCount() == 0 || random.nextInt(5) == 0) {
                    attribute.addInts(number());
                } else {
                    attribute.setInts(random.nextInt(attribute.getIntsCount()), number());
                }
            }
            case GRAPH -> change(attribute.getGBuilder());
            case TENSOR -> changeTensor(attribute.getTBuilder());
            default -> node.removeAttribute(index);
        }
    }

    private void changeConstant(GraphProto.Builder graph) {
        if (graph.getInitializerCount() > 0) {
            changeTensor(graph.getInitializerBuilder(random.nextInt(graph.getInitializerCount())));
        }
    }

    /** The sizes that a node takes, which decide what a reshape does. */
    private void changeShapeConstant(GraphProto.Builder graph, NodeProto.Builder node) {
        for (TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
            if (node.getInputList().contains(tensor.getName())) {
                changeTensor(tensor);
            }
        }
    }

    private void changeTensor(TensorProto.Builder tensor) {
        int rank = tensor.getDimsCount();
        if (tensor.getDataType() == TensorProto.DataType.INT64.getNumber() && random.nextInt(4) > 0) {
            ByteBuffer data = ByteBuffer.wrap(tensor.getRawData().toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
            if (data.remaining() >= Long.BYTES) {
                data.putLong(Long.BYTES * random.nextInt(data.remaining() / Long.BYTES), number());
                tensor.setRawData(ByteString.copyFrom(data.rewind()));
            }
        } else if (rank > 1 && random.nextBoolean()) {
            int one = random.nextInt(rank);
            int other = random.nextInt(rank);
            long size = tensor.getDims(one);
            tensor.setDims(one, tensor.getDims(other)).setDims(other, size);
        } else if (rank > 0 && random.nextBoolean()) {
            tensor.setDims(random.nextInt(rank), number());
        } else if (random.nextBoolean()) {
            tensor.addDims(1);
        } else {
            tensor.setDataType(1 + random.nextInt(16));
        }
    }

    private void insert(GraphProto.Builder graph, int index) {
        NodeProto.Builder before = graph.getNodeBuilder(index);
        if (before.getInputCount() > 0) {
            String name = "inserted" + random.nextInt();
            int input = random.nextInt(before.getInputCount());
            NodeProto inserted = NodeProto.newBuilder()
                    .setOpType(operator())
                    .addInput(before.getInput(input))
                    .addOutput(name)
                    .build();
            before.setInput(input, name);
            graph.addNode(index, inserted);
        }
    }

    private void changeDeclaration(GraphProto.Builder graph) {
        var shape =
                graph.getInputBuilder(0).getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
        if (shape.getDimCount() > 0) {
            shape.getDimBuilder(random.nextInt(shape.getDimCount())).setDimValue(number());
        }
    }

    private long number() {
        return numbers[random.nextInt(numbers.length)];
    }

    private String operator() {
        return OPERATORS[random.nextInt(OPERATORS.length)];
    }
}
