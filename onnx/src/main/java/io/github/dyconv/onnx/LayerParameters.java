package io.github.dyconv.onnx;

import static io.github.dyconv.DYConv2dConfig.BIAS;
import static io.github.dyconv.DYConv2dConfig.FC1_WEIGHT;
import static io.github.dyconv.DYConv2dConfig.FC2_BIAS;
import static io.github.dyconv.DYConv2dConfig.FC2_WEIGHT;
import static io.github.dyconv.DYConv2dConfig.TEMPERATURE;
import static io.github.dyconv.DYConv2dConfig.WEIGHT;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Parameters;
import io.github.dyconv.Size2D;
import io.github.dyconv.Tensor;
import io.github.dyconv.io.FormatException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes a layer's parameters of what was recognised in a graph. */
final class LayerParameters {
    private final ModelGraph graph;
    private final RecognisedLayer layer;
    private final Map<String, String> metadata;

    private LayerParameters(ModelGraph graph, RecognisedLayer layer) {
        this.graph = graph;
        this.layer = layer;
        this.metadata = Metadata.of(graph.model());
    }

    /**
     * Checks and copies them.
     *
     * @throws FormatException if they do not go together, or the metadata contradicts them
     */
    static Parameters of(ModelGraph graph, RecognisedLayer layer) throws FormatException {
        try {
            return new LayerParameters(graph, layer).parameters();
        } catch (IllegalArgumentException e) { // its message begins with the hyper-parameter's name
            throw graph.problem("not a DYConv2d: " + e.getMessage(), e);
        }
    }

    private Parameters parameters() throws FormatException {
        DYConv2dConfig config = config();
        AttentionPattern attention = layer.attention();
        Map<String, Constant> constants = new LinkedHashMap<>();
        constants.put(WEIGHT, layer.bank());
        if (layer.biases() != null) {
            constants.put(BIAS, layer.biases());
        }
        constants.put(FC1_WEIGHT, attention.fc1());
        constants.put(FC2_WEIGHT, attention.fc2());
        constants.put(FC2_BIAS, attention.fc2Bias());
        Map<String, int[]> shapes = config.parameterShapes();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (var constant : constants.entrySet()) {
            String name = constant.getKey();
            tensors.put(name, tensor(name, constant.getValue(), shapes.getOrDefault(name, new int[0])));
        }
        tensors.put(TEMPERATURE, Tensor.of(new float[] {attention.temperature()}, 1));
        Parameters parameters = Parameters.of(config, tensors);
        requireAgreement(parameters);
        return parameters;
    }

    private DYConv2dConfig config() throws FormatException {
        int inPlanes = Math.toIntExact(layer.attention().channels());
        Size2D kernelSize = new Size2D(size(2), size(3));
        if (!layer.attributes().kernelSize().orElse(kernelSize).equals(kernelSize)) {
            throw graph.problem("not a DYConv2d: kernel_shape is "
                    + layer.attributes().kernelSize().get() + ", the kernels' own size " + kernelSize);
        }
        Conv2dGeometry geometry = new Conv2dGeometry(
                inPlanes,
                size(0),
                kernelSize,
                layer.attributes().stride(),
                layer.attributes().padding(),
                layer.attributes().dilation(),
                layer.groups(),
                layer.biases() != null);
        if (geometry.inPlanesPerGroup() != size(1)) {
            throw graph.problem("not a DYConv2d: its kernels have " + size(1) + " channels, its " + layer.groups()
                    + " groups " + geometry.inPlanesPerGroup());
        }
        int kernels = Math.toIntExact(layer.attention().kernels());
        int hidden = Math.toIntExact(layer.attention().fc1().shape().get(0));
        DYConv2dConfig config = new DYConv2dConfig(geometry, ratio(inPlanes, hidden), kernels);
        if (config.hiddenPlanes() != hidden) {
            throw graph.problem("not a DYConv2d: the attention's hidden layer has " + hidden + " channels, expected "
                    + config.hiddenPlanes() + " of a layer with " + inPlanes + " input channels"
                    + (inPlanes == 3 ? ": as many as kernels" : " and ratio " + config.ratio()));
        }
        return config;
    }

    private int size(int axis) {
        long size = layer.kernels().get(axis);
        if (size != (int) size) {
            throw new IllegalArgumentException("weight: kernels of " + layer.kernels() + " are too large");
        }
        return (int) size;
    }

    /** The metadata's ratio, else one that gives the hidden layer its width. */
    private double ratio(int inPlanes, int hidden) throws FormatException {
        String told = metadata.get(Metadata.RATIO);
        if (told != null) {
            try {
                return Double.parseDouble(told);
            } catch (NumberFormatException e) {
                throw graph.problem(Metadata.RATIO + ": expected a number, found '" + told + "'", e);
            }
        }
        return DYConv2dConfig.ratioFor(inPlanes, hidden);
    }

    private Tensor tensor(String name, Constant constant, int... shape) throws FormatException {
        long elements = Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b);
        boolean matrix = !name.equals(WEIGHT)
                || (constant.shape().size() == 2 && constant.shape().get(0) == shape[0]);
        if (constant.elements() != elements || !matrix) {
            throw graph.problem("not a DYConv2d: " + name + ": a constant of " + constant.shape() + " is not of "
                    + Arrays.toString(shape));
        }
        return constant.tensor(shape);
    }

    private void requireAgreement(Parameters parameters) throws FormatException {
        for (var expected : Metadata.of(parameters).entrySet()) {
            String told = metadata.getOrDefault(expected.getKey(), expected.getValue());
            if (!told.equals(expected.getValue())) {
                throw graph.problem("its metadata says " + expected.getKey() + " is " + told + ", its graph "
                        + expected.getValue());
            }
        }
    }
}
