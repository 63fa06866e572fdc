package io.github.dyconv.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Parameters;
import io.github.dyconv.io.FormatException;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Recognises a whole layer in a graph, from its output back to its input, and takes its parameters out. */
final class LayerPattern {
    private static final long ANY = -1;

    private final ModelGraph graph;

    LayerPattern(ModelGraph graph) {
        this.graph = graph;
    }

    /**
     * The layer.
     *
     * @throws FormatException if the graph is not one
     */
    OnnxLayer layer() throws FormatException {
        Node last = graph.producer(
                graph.output(), "the samples' results together, as either form ends", "Squeeze", "Reshape", "Conv");
        RecognisedLayer layer = switch (last.operator()) {
            case "Squeeze" -> portable(last);
            case "Reshape" ->
                grouped(graph.producer(last.input(0), "the convolution of all samples' channels", "Conv"));
            default -> grouped(last);
        };
        Parameters parameters = LayerParameters.of(graph, layer);
        Conv2dGeometry geometry = parameters.config().geometry();
        List<Long> input = graph.inputShape();
        requireDeclared(
                input.get(0), layer.samples().isPresent() ? layer.samples().getAsInt() : ANY, "samples");
        requireDeclared(input.get(1), geometry.inPlanes(), "channels");
        if (last.operator().equals("Reshape")) {
            List<Long> samples = List.of((long) layer.samples().orElse(1), (long) geometry.outPlanes());
            List<Long> size = outputSize(geometry, input.get(2), input.get(3));
            requireSizes(
                    last,
                    shape(last, 4),
                    Stream.concat(samples.stream(), size.stream()).toList());
        } else if (layer.form() == OnnxForm.GROUPED) {
            requireOneSample(last, layer.samples().orElse(1));
        }
        return new OnnxLayer(
                parameters, layer.form(), layer.samples(), graph.model().getProducerName(), graph.operatorSet());
    }

    private void requireDeclared(long declared, long expected, String what) throws FormatException {
        if (declared != ANY && expected != ANY && declared != expected) {
            throw graph.problem(
                    "not a DYConv2d: its input has " + declared + " " + what + ", its convolution is for " + expected);
        }
    }

    private List<Long> outputSize(Conv2dGeometry geometry, long height, long width) throws FormatException {
        try {
            return List.of(
                    height == ANY ? ANY : geometry.outHeight(Math.toIntExact(height)),
                    width == ANY ? ANY : geometry.outWidth(Math.toIntExact(width)));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw graph.problem("its input's size does not fit the layer: " + e.getMessage(), e);
        }
    }

    private RecognisedLayer portable(Node squeeze) throws FormatException {
        requireSampleAxis(squeeze);
        Node scan = graph.producer(squeeze.input(0), "a scan over the samples", "Scan");
        Node convolve = scanBody(scan);
        Node unsqueeze = graph.producer(scan.input(0), "the samples one by one, [N, 1, C, H, W]", "Unsqueeze");
        requireSampleAxis(unsqueeze);
        requireInput(unsqueeze);
        Node reshape = graph.producer(scan.input(1), "the kernels [N, O, C/G, kh, kw]", "Reshape");
        List<Long> shape = shape(reshape, 5);
        requireSizes(reshape, shape.subList(0, 1), List.of(ANY));
        Node product = product(reshape.input(0));
        AttentionPattern attention = AttentionPattern.match(graph, product.input(0));
        ConvolutionAttributes attributes = ConvolutionAttributes.of(convolve);
        String biases = scan.input(2);
        return new RecognisedLayer(
                OnnxForm.PORTABLE,
                attention,
                attributes,
                attributes.groups(),
                graph.floats(product, 1, "the bank of kernels"),
                shape.subList(1, 5),
                biases.isEmpty() ? null : biasBank(biases, product),
                OptionalInt.empty());
    }

    private void requireSampleAxis(Node node) throws FormatException {
        if (!graph.integers(node, 1, "the axis").equals(List.of(1L))) {
            throw node.problem("expected axis 1, the one of each sample");
        }
    }

    private void requireInput(Node node) throws FormatException {
        if (!graph.isInput(node.input(0))) {
            throw node.problem("expected the model's input, found '" + node.input(0) + "'");
        }
    }

    /** The one Conv in the body of a scan along the first axes. */
    private Node scanBody(Node scan) throws FormatException {
        int inputs = scan.proto().getInputCount();
        for (String option :
                List.of("scan_input_axes", "scan_input_directions", "scan_output_axes", "scan_output_directions")) {
            if (!scan.integers(option, List.of()).stream().allMatch(value -> value == 0)) {
                throw scan.problem("expected a scan forward along the first axes, found another " + option);
            }
        }
        GraphProto body = scan.attribute("body", AttributeType.GRAPH)
                .orElseThrow(() -> scan.problem("has no body"))
                .getG();
        boolean fits = scan.integer("num_scan_inputs", 0) == inputs
                && (inputs == 2 || inputs == 3)
                && body.getInputCount() == inputs
                && body.getInitializerCount() == 0
                && body.getNodeCount() == 1
                && body.getOutputCount() == 1;
        if (!fits) {
            throw scan.problem("expected a body of one Conv, of each sample with its kernel and perhaps bias");
        }
        NodeProto only = body.getNode(0);
        Node convolve = new Node(scan.place(), only);
        List<String> names =
                body.getInputList().stream().map(value -> value.getName()).toList();
        if (!convolve.operator().equals("Conv")
                || !only.getInputList().equals(names)
                || new HashSet<>(names).size() < inputs
                || !convolve.output().equals(body.getOutput(0).getName())) {
            throw scan.problem(
                    "expected a Conv as its body, of each sample with its kernel and perhaps bias, found " + convolve);
        }
        return convolve;
    }

    private RecognisedLayer grouped(Node convolve) throws FormatException {
        ConvolutionAttributes attributes = ConvolutionAttributes.of(convolve);
        Node kernels = graph.producer(convolve.input(1), "the kernels [N·O, C/G, kh, kw]", "Reshape");
        List<Long> shape = shape(kernels, 4);
        Node product = product(kernels.input(0));
        AttentionPattern attention = AttentionPattern.match(graph, product.input(0));
        Constant bank = graph.floats(product, 1, "the bank of kernels");

        List<Long> input = graph.inputShape();
        long channels = attention.channels();
        long channelsPerGroup = shape.get(1);
        long groups = channelsPerGroup < 1 ? 0 : channels / channelsPerGroup;
        if (groups < 1 || attributes.groups() < 1 || attributes.groups() % groups != 0) {
            throw convolve.problem("its " + attributes.groups() + " groups are no multiple of those of " + channels
                    + " channels, " + channelsPerGroup + " in each");
        }
        int samples = (int) (attributes.groups() / groups);
        long outputs = outputs(bank, attention.kernels(), shape);
        requireSizes(kernels, shape.subList(0, 1), List.of(samples * outputs));
        if (graph.isInput(convolve.input(0))) {
            requireOneSample(convolve, samples);
        } else {
            Node folded = graph.producer(convolve.input(0), "the samples side by side, [1, N·C, H, W]", "Reshape");
            requireInput(folded);
            requireSizes(folded, shape(folded, 4), List.of(1L, samples * channels, input.get(2), input.get(3)));
        }
        return new RecognisedLayer(
                OnnxForm.GROUPED,
                attention,
                attributes,
                (int) groups,
                bank,
                List.of(outputs, channelsPerGroup, shape.get(2), shape.get(3)),
                foldedBiases(convolve, product, samples * outputs),
                OptionalInt.of(samples));
    }

    /** An optimiser drops a reshape that does nothing. */
    private static void requireOneSample(Node convolve, int samples) throws FormatException {
        if (samples != 1) {
            throw convolve.problem("is for " + samples + " samples, but nothing puts them side by side and back");
        }
    }

    /** Output channels, from the size of the bank. */
    private static long outputs(Constant bank, long kernels, List<Long> shape) {
        long outputs = bank.elements() / kernels;
        for (long size : shape.subList(1, 4)) {
            outputs = size < 1 ? 0 : outputs / size;
        }
        return outputs;
    }

    private @Nullable Constant foldedBiases(Node convolve, Node product, long size) throws FormatException {
        String biases = convolve.input(2);
        if (biases.isEmpty() || graph.isZero(biases)) {
            return null;
        }
        Node flat = graph.producer(biases, "the biases [N·O]", "Reshape");
        requireSizes(flat, shape(flat, 1), List.of(size));
        return biasBank(flat.input(0), product);
    }

    private List<Long> shape(Node reshape, int rank) throws FormatException {
        List<Long> shape = graph.integers(reshape, 1, "the shape");
        if (shape.size() != rank) {
            throw reshape.problem("expected a shape of " + rank + " sizes, found " + shape);
        }
        return shape;
    }

    /** Sizes of a shape: each as expected, or -1 or 0, which leave the right one if the others are right. */
    private static void requireSizes(Node reshape, List<Long> sizes, List<Long> expected) throws FormatException {
        for (int i = 0; i < sizes.size(); i++) {
            boolean open = sizes.get(i) == ANY || (sizes.get(i) == 0 && reshape.integer("allowzero", 0) == 0);
            if (!open && !sizes.get(i).equals(expected.get(i))) {
                throw reshape.problem("expected sizes " + expected + ", found " + sizes);
            }
        }
    }

    /** Attention times bank. */
    private Node product(String value) throws FormatException {
        Node product = graph.producer(value, "the product of attention and bank", "MatMul", "Gemm");
        boolean plain = product.integer("transA", 0) == 0
                && product.integer("transB", 0) == 0
                && product.attribute("alpha", AttributeType.FLOAT)
                        .map(alpha -> alpha.getF() == 1)
                        .orElse(true)
                && product.input(2).isEmpty();
        if (!plain) {
            throw product.problem("expected a plain product of attention and bank");
        }
        return product;
    }

    private Constant biasBank(String biases, Node weights) throws FormatException {
        Node product = product(biases);
        if (!graph.isSame(product.input(0), weights.input(0))) {
            throw product.problem("expected the attention that " + weights + " takes");
        }
        return graph.floats(product, 1, "the bank of biases");
    }
}
