package io.github.dyconv.onnx;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.github.dyconv.io.FormatException;
import io.github.dyconv.io.Place;
import io.github.dyconv.io.ReadLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A model's graph as one asks it: which node computes a value, and which values are constants. */
final class ModelGraph {
    /** Since then Softmax, Squeeze and Unsqueeze mean what they mean now. */
    private static final int OLDEST_OPERATOR_SET = 13;

    private final Place place;
    private final ModelProto model;
    private final Map<String, Constant> constants = new HashMap<>();
    private final Map<String, Node> producers = new HashMap<>();
    /** Values that are others under a further name. */
    private final Map<String, String> aliases = new HashMap<>();

    private final String input;
    private final List<Long> inputShape;
    private final String output;

    /**
     * Takes a graph in.
     *
     * @throws FormatException if there is none of one input and one output, or it is damaged
     */
    ModelGraph(Place place, ModelProto model, ReadLimits limits) throws FormatException {
        this.place = place;
        this.model = model;
        if (!model.hasGraph()) {
            throw place.problem("is not an ONNX model: it has no graph");
        }
        if (operatorSet() < OLDEST_OPERATOR_SET) {
            throw place.problem("uses version " + operatorSet() + " of ONNX's operators, expected "
                    + OLDEST_OPERATOR_SET + " or later");
        }
        GraphProto graph = model.getGraph();
        Set<String> defined = new HashSet<>();
        for (TensorProto tensor : graph.getInitializerList()) {
            define(defined, tensor.getName(), Constant.of(place, tensor.getName(), tensor, limits));
        }
        ValueInfoProto only = onlyInput(graph, defined);
        input = only.getName();
        inputShape = shape(only);
        defined.add(input);
        ConstantFolding folding = new ConstantFolding(constants, limits);
        for (NodeProto proto : graph.getNodeList()) {
            add(new Node(place, proto), defined, folding);
        }
        output = resolved(onlyOutput(graph));
    }

    static boolean isStandard(String domain) {
        return domain.isEmpty() || domain.equals("ai.onnx");
    }

    private void define(Set<String> defined, String name, @Nullable Constant constant) throws FormatException {
        if (!defined.add(name)) {
            throw place.problem("damaged: '" + name + "' is defined twice");
        }
        if (constant != null) {
            constants.put(name, constant);
        }
    }

    private void add(Node node, Set<String> defined, ConstantFolding folding) throws FormatException {
        for (String name : node.proto().getInputList()) {
            // In order, as the format demands; so there are no cycles.
            if (!name.isEmpty() && !defined.contains(name)) {
                throw node.problem("its input '" + name + "' is not computed before it");
            }
        }
        Constant folded = folding.fold(node);
        for (String name : node.proto().getOutputList()) {
            define(defined, name, name.equals(node.output()) ? folded : null);
            producers.put(name, node);
        }
        if (node.operator().equals("Identity")) {
            aliases.put(node.output(), resolved(node.input(0)));
        }
    }

    private ValueInfoProto onlyInput(GraphProto graph, Set<String> initializers) throws FormatException {
        List<ValueInfoProto> inputs = graph.getInputList().stream()
                .filter(value -> !initializers.contains(value.getName()))
                .toList();
        if (inputs.size() != 1) {
            throw place.problem("not a DYConv2d: expected one input, found " + inputs.size());
        }
        return inputs.getFirst();
    }

    private String onlyOutput(GraphProto graph) throws FormatException {
        if (graph.getOutputCount() != 1) {
            throw place.problem("not a DYConv2d: expected one output, found " + graph.getOutputCount());
        }
        return graph.getOutput(0).getName();
    }

    private String resolved(String name) {
        return aliases.getOrDefault(name, name);
    }

    long operatorSet() {
        return model.getOpsetImportList().stream()
                .filter(set -> isStandard(set.getDomain()))
                .mapToLong(OperatorSetIdProto::getVersion)
                .max()
                .orElse(0);
    }

    ModelProto model() {
        return model;
    }

    String output() {
        return output;
    }

    boolean isInput(String name) {
        return resolved(name).equals(input);
    }

    boolean isSame(String one, String other) {
        return resolved(one).equals(resolved(other));
    }

    /** The input's declared shape, of four sizes; -1 where any goes. */
    List<Long> inputShape() {
        return inputShape;
    }

    private List<Long> shape(ValueInfoProto value) throws FormatException {
        List<Long> shape = new ArrayList<>();
        if (!value.getType().getTensorType().hasShape()) {
            return List.of(-1L, -1L, -1L, -1L);
        }
        for (var dimension : value.getType().getTensorType().getShape().getDimList()) {
            shape.add(dimension.hasDimValue() ? dimension.getDimValue() : -1);
        }
        if (shape.size() != 4) {
            throw place.problem(
                    "not a DYConv2d: expected an input [N, C, H, W], found one of " + shape.size() + " dimensions");
        }
        return shape;
    }

    /** Whether a value is zeros, of a known shape or not. */
    boolean isZero(String name) {
        Node node = producers.get(resolved(name));
        boolean expanded = node != null && node.operator().equals("Expand");
        Constant constant = constants.get(node != null && expanded ? node.input(0) : name);
        return constant != null && constant.isFloat() && constant.isZero();
    }

    /**
     * The node that computes a value.
     *
     * @param what the value is, for the message
     * @param operators it must be one of these
     * @throws FormatException if it is another, or none
     */
    Node producer(String name, String what, String... operators) throws FormatException {
        Node node = producers.get(resolved(name));
        for (String operator : operators) {
            if (node != null && node.operator().equals(operator)) {
                return node;
            }
        }
        throw place.problem("not a DYConv2d: expected " + what + " (" + String.join(" or ", operators) + "), found "
                + (node != null ? node : isInput(name) ? "the input" : "the constant '" + name + "'"));
    }

    /** Whether a value is computed by this operator. */
    boolean isBy(String operator, String name) {
        Node node = producers.get(resolved(name));
        return node != null && node.operator().equals(operator);
    }

    /** An array of floats that the model holds. */
    Constant floats(Node user, int index, String what) throws FormatException {
        Constant constant = constants.get(user.input(index));
        if (constant == null || !constant.isFloat()) {
            throw user.problem("expected " + what + " as constant 32-bit floats, found '" + user.input(index) + "'");
        }
        return constant;
    }

    /** Sizes or axes that the model holds. */
    List<Long> integers(Node user, int index, String what) throws FormatException {
        Constant constant = constants.get(user.input(index));
        if (constant == null || constant.isFloat() || constant.elements() > Constant.MAX_RANK) {
            throw user.problem("expected " + what + " as constant integers, found '" + user.input(index) + "'");
        }
        List<Long> values = new ArrayList<>();
        for (long value : constant.integers()) {
            values.add(value);
        }
        return values;
    }

    FormatException problem(String text) {
        return place.problem(text);
    }

    FormatException problem(String text, Throwable cause) {
        return place.problem(text, cause);
    }
}
