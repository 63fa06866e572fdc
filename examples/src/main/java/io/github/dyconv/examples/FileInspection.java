package io.github.dyconv.examples;

import static io.github.dyconv.DYConv2dConfig.FC1_WEIGHT;
import static io.github.dyconv.DYConv2dConfig.FC2_BIAS;

import io.github.dyconv.io.Hyperparameters;
import io.github.dyconv.io.StoredLayer;
import io.github.dyconv.io.TensorFile;
import io.github.dyconv.io.TensorInfo;
import io.github.dyconv.onnx.OnnxFile;
import io.github.dyconv.onnx.OnnxLayer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a file of tensors holds.
 *
 * @param format the file's format
 * @param metadata texts beside the tensors
 * @param tensors all of them, in the file's order
 * @param layers the dynamic convolutions among them
 */
record FileInspection(String format, Map<String, String> metadata, List<NamedTensor> tensors, List<Layer> layers) {
    /**
     * A tensor.
     *
     * @param statistics empty for tensors that are not of floats, or have no elements
     */
    record NamedTensor(String name, TensorInfo info, Optional<TensorStatistics> statistics) {}

    /**
     * A dynamic convolution.
     *
     * @param told what the file tells of its hyper-parameters
     * @param hidden width of the attention's hidden layer
     * @param restingAttention the attention [K] where no hidden unit is active: softmax(fc2.bias / temperature); empty
     *     without a temperature
     */
    record Layer(StoredLayer stored, Hyperparameters told, long hidden, List<Double> restingAttention) {}

    /**
     * Reads a whole file, one tensor at a time.
     *
     * @throws IOException if it is bad: one line that begins with its name
     */
    static FileInspection of(Path file) throws IOException {
        return LayerFileType.ONNX.names(file) ? ofModel(file) : ofTensors(file);
    }

    /** The layer that an ONNX model is, as tensors under their names in PyTorch. */
    private static FileInspection ofModel(Path file) throws IOException {
        OnnxLayer model = OnnxFile.read(file);
        List<NamedTensor> tensors = new ArrayList<>();
        model.parameters().stateDict().forEach((name, tensor) -> {
            List<Long> shape =
                    Arrays.stream(tensor.shape()).asLongStream().boxed().toList();
            tensors.add(
                    new NamedTensor(name, new TensorInfo("float32", shape), Optional.of(TensorStatistics.of(tensor))));
        });
        String form = model.form()
                + (model.batch().isPresent()
                        ? " form for batch " + model.batch().getAsInt()
                        : " form for any batch");
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("producer", model.producer());
        metadata.put("operator set", Long.toString(model.operatorSet()));
        metadata.put("form", form);
        return new FileInspection(
                "ONNX",
                metadata,
                tensors,
                List.of(new Layer(
                        new StoredLayer(""),
                        Hyperparameters.of(model.parameters()),
                        model.parameters().config().hiddenPlanes(),
                        softmax(
                                model.parameters().fc2Bias().toArray(),
                                model.parameters().temperature()))));
    }

    private static FileInspection ofTensors(Path file) throws IOException {
        try (TensorFile open = TensorFile.open(file)) {
            List<NamedTensor> tensors = new ArrayList<>();
            for (String name : open.names()) {
                TensorInfo info = open.info(name);
                tensors.add(new NamedTensor(
                        name,
                        info,
                        info.isReadable() ? Optional.of(TensorStatistics.of(open.read(name))) : Optional.empty()));
            }
            List<Layer> layers = new ArrayList<>();
            for (StoredLayer stored : StoredLayer.find(open)) {
                layers.add(layer(open, stored));
            }
            return new FileInspection(open.format(), open.metadata(), tensors, layers);
        }
    }

    private static Layer layer(TensorFile file, StoredLayer stored) throws IOException {
        Hyperparameters told = stored.hyperparameters(file);
        OptionalDouble temperature = told.temperature();
        return new Layer(
                stored,
                told,
                file.info(stored.prefix() + FC1_WEIGHT).shape().getFirst(),
                temperature.isEmpty()
                        ? List.of()
                        : softmax(file.read(stored.prefix() + FC2_BIAS).toArray(), temperature.getAsDouble()));
    }

    private static List<Double> softmax(float[] logits, double temperature) {
        double largest = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            largest = Math.max(largest, logit);
        }
        double[] powers = new double[logits.length];
        double sum = 0;
        for (int k = 0; k < logits.length; k++) {
            powers[k] = Math.exp((logits[k] - largest) / temperature);
            sum += powers[k];
        }
        List<Double> attention = new ArrayList<>();
        for (double power : powers) {
            attention.add(power / sum);
        }
        return attention;
    }
}
