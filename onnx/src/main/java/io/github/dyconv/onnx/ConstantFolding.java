package io.github.dyconv.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.github.dyconv.io.FormatException;
import io.github.dyconv.io.ReadLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Computes what in a graph does not depend on its input: the shapes that exporters put together from constants, and views of
 * parameters. Whatever else there is stays uncomputed.
 */
final class ConstantFolding {
    /** For all arrays of a model together that are computed; views cost nothing. */
    private static final int MAX_ELEMENTS = 1 << 20;

    private final Map<String, Constant> constants;
    private final ReadLimits limits;
    private long computed;

    /** Folds nodes whose inputs are among {@code constants}. */
    ConstantFolding(Map<String, Constant> constants, ReadLimits limits) {
        this.constants = constants;
        this.limits = limits;
    }

    /** What a node computes, or null if it does not follow from constants or is not worth knowing. */
    @Nullable Constant fold(Node node) throws FormatException {
        Constant data = constants.get(node.input(0));
        if (node.operator().equals("Constant")) {
            return constant(node);
        }
        if (data == null) {
            return null;
        }
        return switch (node.operator()) {
            case "Identity" -> data;
            case "Reshape" -> reshape(node, data);
            case "Unsqueeze" -> data.shape().isEmpty() ? data.reshape(List.of(1L)) : null;
            case "Shape" -> shape(node, data);
            case "Cast" -> cast(data, node.integer("to", 0));
            case "CastLike" -> cast(data, likeType(node));
            case "Expand" -> expand(data, constants.get(node.input(1)));
            case "Concat" -> concat(node);
            default -> null;
        };
    }

    private @Nullable Constant constant(Node node) throws FormatException {
        Optional<AttributeProto> value = node.attribute("value", AttributeType.TENSOR);
        if (value.isPresent()) {
            return Constant.of(node.place(), node.output(), value.get().getT(), limits);
        }
        Optional<AttributeProto> number = node.attribute("value_int", AttributeType.INT);
        if (number.isPresent()) {
            return Constant.integers(List.of(), number.get().getI());
        }
        Optional<AttributeProto> real = node.attribute("value_float", AttributeType.FLOAT);
        if (real.isPresent()) {
            return Constant.floats(List.of(), real.get().getF());
        }
        return node.attribute("value_ints", AttributeType.INTS)
                .map(attribute -> Constant.integers(attribute.getIntsList()))
                .orElse(null);
    }

    private @Nullable Constant reshape(Node node, Constant data) throws FormatException {
        Constant target = constants.get(node.input(1));
        if (target == null || target.isFloat() || target.elements() > Constant.MAX_RANK) {
            return null;
        }
        List<Long> shape = new ArrayList<>();
        long known = 1;
        int open = -1;
        for (long size : target.integers()) {
            int axis = shape.size();
            boolean copies = size == 0
                    && node.integer("allowzero", 0) == 0
                    && axis < data.shape().size();
            shape.add(copies ? data.shape().get(axis) : size);
            open = size == -1 ? axis : open;
            known = size == -1 ? known : known * shape.get(axis); // wrong if it overflows, and then refused below
        }
        if (open >= 0 && known > 0) {
            shape.set(open, data.elements() / known);
        }
        return Constant.elements(shape) == data.elements() ? data.reshape(shape) : null;
    }

    private static Constant shape(Node node, Constant data) throws FormatException {
        int rank = data.shape().size();
        int start = axis(node.integer("start", 0), rank);
        int end = axis(node.integer("end", rank), rank);
        return Constant.integers(data.shape().subList(Math.min(start, end), end));
    }

    private static int axis(long index, int rank) {
        return Math.clamp(index < 0 ? index + rank : index, 0, rank);
    }

    private long likeType(Node node) {
        Constant like = constants.get(node.input(1));
        return (like == null ? DataType.FLOAT : like.type()).getNumber();
    }

    private @Nullable Constant cast(Constant data, long to) {
        if (to == data.type().getNumber()) {
            return data;
        }
        if (to != DataType.FLOAT.getNumber() || !affordable(data.elements())) {
            return null;
        }
        long[] integers = data.integers();
        float[] floats = new float[integers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = integers[i];
        }
        return Constant.floats(data.shape(), floats);
    }

    /** Of a single element, to one dimension, as biases of zeros are made. */
    private @Nullable Constant expand(Constant data, @Nullable Constant target) {
        if (target == null || target.isFloat() || target.elements() != 1) {
            return null;
        }
        long size = target.integers()[0];
        if (data.elements() == size && data.shape().size() == 1) {
            return data;
        }
        if (!data.isFloat() || data.elements() != 1 || data.shape().size() > 1 || !affordable(size)) {
            return null;
        }
        float[] values = new float[(int) size];
        Arrays.fill(values, data.floats()[0]);
        return Constant.floats(List.of(size), values);
    }

    private @Nullable Constant concat(Node node) {
        List<Long> all = new ArrayList<>();
        for (String input : node.proto().getInputList()) {
            Constant part = constants.get(input);
            if (part == null || part.isFloat() || part.shape().size() != 1 || !affordable(part.elements())) {
                return null;
            }
            for (long value : part.integers()) {
                all.add(value);
            }
        }
        return Constant.integers(all);
    }

    private boolean affordable(long elements) {
        if (elements < 0 || elements > MAX_ELEMENTS - computed) {
            return false;
        }
        computed += elements;
        return true;
    }
}
