package io.github.dyconv.onnx;

import static io.github.dyconv.onnx.GraphWriter.any;
import static io.github.dyconv.onnx.GraphWriter.attribute;
import static io.github.dyconv.onnx.GraphWriter.fixed;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto.Dimension;
import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A layer as a graph of ONNX's operators, from {@code x} to {@code y}:
 *
 * <pre>
 *   attention  [N, K]  GlobalAveragePool, Conv, Relu, Conv, Flatten, Div, Softmax
 *   kernels            MatMul of attention and bank, Reshape; likewise the biases, if there are any
 *   portable           Unsqueeze x to [N, 1, C, H, W], Scan over N with a body of one Conv, Squeeze
 *   grouped            Reshape x to [1, N·C, H, W], Conv of N·G groups, Reshape to [N, O, H', W']
 * </pre>
 *
 * <p>Of the ways for any batch, the scan came closest to the grouped form in ONNX Runtime, but for pointwise layers; the others
 * were a plain convolution with all K kernels and a weighted sum behind it, and patches (im2col) with a batched MatMul ({@code
 * docs/onnx.md} has their times). The samples get their dimension of size 1 outside the scan: inside, ONNX Runtime would copy for it.
 */
final class LayerGraph {
    private final DYConv2dConfig config;
    private final Conv2dGeometry geometry;
    private final Parameters parameters;
    private final OnnxExport export;
    private final GraphWriter graph = new GraphWriter("DYConv2d");

    LayerGraph(Parameters parameters, OnnxExport export) {
        this.parameters = parameters;
        this.config = parameters.config();
        this.geometry = config.geometry();
        this.export = export;
    }

    /**
     * Builds it.
     *
     * @throws IllegalArgumentException if the options' input size does not fit the layer, or their batch is too large for it
     */
    GraphProto build() {
        Dimension batch = export.batch().isPresent() ? fixed(export.batch().getAsInt()) : any("batch");
        String x = graph.input("x", batch, fixed(geometry.inPlanes()), inHeight(), inWidth());
        String attention = attention(x);
        String y = switch (export.form()) {
            case PORTABLE -> scan(x, attention);
            case GROUPED -> grouped(x, attention, export.batch().orElseThrow());
        };
        graph.output(y, batch, fixed(geometry.outPlanes()), outHeight(), outWidth());
        return graph.graph();
    }

    private Dimension inHeight() {
        return export.inputSize().map(size -> fixed(size.height())).orElse(any("height"));
    }

    private Dimension inWidth() {
        return export.inputSize().map(size -> fixed(size.width())).orElse(any("width"));
    }

    private Dimension outHeight() {
        return export.inputSize()
                .map(size -> fixed(geometry.outHeight(size.height())))
                .orElse(any("out_height"));
    }

    private Dimension outWidth() {
        return export.inputSize()
                .map(size -> fixed(geometry.outWidth(size.width())))
                .orElse(any("out_width"));
    }

    private String attention(String x) {
        String fc1 = graph.constant(DYConv2dConfig.FC1_WEIGHT, parameters.fc1Weight());
        String fc2 = graph.constant(DYConv2dConfig.FC2_WEIGHT, parameters.fc2Weight());
        String fc2Bias = graph.constant(DYConv2dConfig.FC2_BIAS, parameters.fc2Bias());
        String temperature =
                graph.constant(DYConv2dConfig.TEMPERATURE, Tensor.of(new float[] {parameters.temperature()}));
        String pooled = graph.node("pooled", "GlobalAveragePool", List.of(x));
        String hidden = graph.node("hidden", "Relu", List.of(graph.node("fc1", "Conv", List.of(pooled, fc1))));
        String scores = graph.node("fc2", "Conv", List.of(hidden, fc2, fc2Bias));
        String logits = graph.node("logits", "Flatten", List.of(scores), attribute("axis", 1));
        String cooled = graph.node("cooled", "Div", List.of(logits, temperature));
        return graph.node("attention", "Softmax", List.of(cooled), attribute("axis", 1));
    }

    /** One kernel per sample, under the given shape. */
    private String aggregateWeight(String attention, long... shape) {
        Tensor weight = parameters.weight();
        String bank = graph.constant(DYConv2dConfig.WEIGHT, weight, config.kernels(), weight.size() / config.kernels());
        String flat = graph.node("flat_aggregate_weight", "MatMul", List.of(attention, bank));
        return reshape("aggregate_weight", flat, shape);
    }

    private String aggregateBias(String output, String attention, Tensor bank) {
        return graph.node(output, "MatMul", List.of(attention, graph.constant(DYConv2dConfig.BIAS, bank)));
    }

    private String reshape(String output, String input, long... shape) {
        return graph.node(output, "Reshape", List.of(input, graph.integers(output + "_shape", shape)));
    }

    private String scan(String x, String attention) {
        List<String> inputs = new ArrayList<>();
        String axis = graph.integers("sample_axis", 1);
        inputs.add(graph.node("samples", "Unsqueeze", List.of(x, axis)));
        inputs.add(aggregateWeight(
                attention,
                -1,
                geometry.outPlanes(),
                geometry.inPlanesPerGroup(),
                geometry.kernelSize().height(),
                geometry.kernelSize().width()));
        parameters.bias().ifPresent(bank -> inputs.add(aggregateBias("aggregate_bias", attention, bank)));
        String outputs = graph.node(
                "outputs", "Scan", inputs, attribute("body", scanBody()), attribute("num_scan_inputs", inputs.size()));
        return graph.node("y", "Squeeze", List.of(outputs, axis));
    }

    private GraphProto scanBody() {
        GraphWriter body = new GraphWriter("sample");
        List<String> inputs = new ArrayList<>();
        inputs.add(body.input("sample_x", fixed(1), fixed(geometry.inPlanes()), inHeight(), inWidth()));
        inputs.add(body.input(
                "sample_weight",
                fixed(geometry.outPlanes()),
                fixed(geometry.inPlanesPerGroup()),
                fixed(geometry.kernelSize().height()),
                fixed(geometry.kernelSize().width())));
        if (geometry.bias()) {
            inputs.add(body.input("sample_bias", fixed(geometry.outPlanes())));
        }
        String y = body.node("sample_y", "Conv", inputs, convolution(1));
        body.output(y, fixed(1), fixed(geometry.outPlanes()), outHeight(), outWidth());
        return body.graph();
    }

    private String grouped(String x, String attention, int batch) {
        List<String> inputs = new ArrayList<>();
        // 0 keeps the input's size there.
        inputs.add(reshape("folded_x", x, 1, (long) batch * geometry.inPlanes(), 0, 0));
        inputs.add(aggregateWeight(
                attention,
                (long) batch * geometry.outPlanes(),
                geometry.inPlanesPerGroup(),
                geometry.kernelSize().height(),
                geometry.kernelSize().width()));
        parameters
                .bias()
                .ifPresent(bank -> inputs.add(
                        reshape("aggregate_bias", aggregateBias("flat_aggregate_bias", attention, bank), -1)));
        String folded = graph.node("folded_y", "Conv", inputs, convolution(batch));
        return reshape("y", folded, batch, geometry.outPlanes(), 0, 0);
    }

    private AttributeProto[] convolution(int samples) {
        return new AttributeProto[] {
            attribute("kernel_shape", geometry.kernelSize()),
            attribute("strides", geometry.stride()),
            attribute("pads", geometry.padding(), geometry.padding()),
            attribute("dilations", geometry.dilation()),
            attribute("group", (long) samples * geometry.groups())
        };
    }
}
