package io.github.dyconv.onnx;

import io.github.dyconv.io.FormatException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Recognises a layer's attention: the softmax over K, from there back to the input.
 *
 * @param fc1 {@code [hidden, C, 1, 1]}
 * @param fc2 {@code [K, hidden, 1, 1]}
 * @param fc2Bias {@code [K]}
 * @param temperature not checked
 */
record AttentionPattern(Constant fc1, Constant fc2, Constant fc2Bias, float temperature) {
    private static final List<Long> ONES = List.of(1L, 1L);
    private static final Set<Long> SPATIAL = Set.of(2L, 3L);

    /** K, at least 1. */
    long kernels() {
        return fc2.shape().get(0);
    }

    /** C, at least 1. */
    long channels() {
        return fc1.shape().get(1);
    }

    /** Matches what computes {@code attention}. */
    static AttentionPattern match(ModelGraph graph, String attention) throws FormatException {
        Node softmax = graph.producer(attention, "the attention, a softmax over the kernels", "Softmax");
        long axis = softmax.integer("axis", -1);
        if (axis != 1 && axis != -1) {
            throw softmax.problem("expected axis 1, the kernels, found " + axis);
        }
        String logits = softmax.input(0);
        float temperature = 1;
        if (graph.isBy("Div", logits) || graph.isBy("Mul", logits)) {
            Node cooling = graph.producer(logits, "the division by the temperature", "Div", "Mul");
            float factor = scalar(graph, cooling);
            temperature = cooling.operator().equals("Div") ? factor : 1 / factor;
            logits = cooling.input(0);
        }
        Node fc2 = graph.producer(scores(graph, logits), "the attention's second layer", "Conv");
        Constant fc2Weight = pointwise(graph, fc2);
        Node relu = graph.producer(fc2.input(0), "the attention's activation", "Relu");
        Node fc1 = graph.producer(relu.input(0), "the attention's first layer", "Conv");
        Constant fc1Weight = pointwise(graph, fc1);
        if (!fc1.input(2).isEmpty() && !graph.isZero(fc1.input(2))) {
            throw fc1.problem("has a bias, which the first layer of a DYConv2d's attention has not");
        }
        if (!fc2Weight.shape().get(1).equals(fc1Weight.shape().get(0))) {
            throw fc2.problem(
                    "its weight " + fc2Weight.shape() + " does not follow the first layer's " + fc1Weight.shape());
        }
        requireMean(graph, fc1.input(0));
        return new AttentionPattern(
                fc1Weight, fc2Weight, bias(graph, fc2, fc2Weight.shape().get(0)), temperature);
    }

    private static float scalar(ModelGraph graph, Node node) throws FormatException {
        Constant constant = graph.floats(node, 1, "the temperature");
        if (constant.elements() != 1) {
            throw node.problem("expected one temperature, found " + constant.shape());
        }
        return constant.floats()[0];
    }

    /** The second layer's output {@code [N, K, 1, 1]}, of which the logits {@code [N, K]} are a view. */
    private static String scores(ModelGraph graph, String logits) throws FormatException {
        Node view = graph.producer(logits, "the logits [N, K]", "Reshape", "Flatten", "Squeeze");
        boolean fits = switch (view.operator()) {
            case "Flatten" -> Math.abs(view.integer("axis", 1)) == 1 || view.integer("axis", 1) == -3;
            case "Squeeze" -> isSpatial(graph.integers(view, 1, "the axes"));
            // A matrix; the product with the bank of K rows then leaves one way to read it.
            default -> graph.integers(view, 1, "the logits' shape").size() == 2;
        };
        if (!fits) {
            throw view.problem("expected logits [N, K] as its output");
        }
        return view.input(0);
    }

    private static boolean isSpatial(List<Long> axes) {
        Set<Long> distinct = new TreeSet<>();
        axes.forEach(axis -> distinct.add(axis < 0 ? axis + 4 : axis));
        return axes.size() == 2 && distinct.equals(SPATIAL);
    }

    private static Constant pointwise(ModelGraph graph, Node conv) throws FormatException {
        Constant weight = graph.floats(conv, 1, "the weight");
        List<Long> shape = weight.shape();
        ConvolutionAttributes attributes = ConvolutionAttributes.of(conv);
        boolean plain = shape.size() == 4
                && weight.elements() > 0
                && shape.subList(2, 4).equals(ONES)
                && attributes.isPlain();
        if (!plain) {
            throw conv.problem("expected a plain 1x1 convolution, found a weight of " + shape + " and " + attributes);
        }
        return weight;
    }

    private static Constant bias(ModelGraph graph, Node conv, long kernels) throws FormatException {
        // An optimiser drops a bias of zeros.
        if (conv.input(2).isEmpty() || graph.isZero(conv.input(2))) {
            return Constant.floats(List.of(kernels), new float[(int) kernels]);
        }
        return graph.floats(conv, 2, "the bias");
    }

    private static void requireMean(ModelGraph graph, String pooled) throws FormatException {
        Node mean = graph.producer(pooled, "the mean over H and W", "GlobalAveragePool", "ReduceMean");
        if (mean.operator().equals("ReduceMean")) {
            List<Long> axes = mean.integers("axes", List.of());
            if (axes.isEmpty()) {
                axes = graph.integers(mean, 1, "the axes");
            }
            if (!isSpatial(axes) || mean.integer("keepdims", 1) != 1) {
                throw mean.problem("expected the mean over H and W, both kept as 1, found axes " + axes);
            }
        }
        if (!graph.isInput(mean.input(0))) {
            throw mean.problem("expected the mean of the model's input, found that of '" + mean.input(0) + "'");
        }
    }
}
