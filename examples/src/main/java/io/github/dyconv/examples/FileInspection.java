package io.github.dyconv.examples;

import static io.github.dyconv.DYConv2dConfig.FC1_WEIGHT;
import static io.github.dyconv.DYConv2dConfig.FC2_BIAS;

import io.github.dyconv.io.Hyperparameters;
import io.github.dyconv.io.StoredLayer;
import io.github.dyconv.io.TensorFile;
import io.github.dyconv.io.TensorInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
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
