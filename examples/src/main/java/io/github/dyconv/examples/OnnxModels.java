package io.github.dyconv.examples;

import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Parameters;
import io.github.dyconv.io.FormatException;
import io.github.dyconv.io.Hyperparameters;
import io.github.dyconv.io.LayerQuery;
import io.github.dyconv.onnx.OnnxFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** ONNX models among the files that hold a layer: they hold one, and tell all of it. */
final class OnnxModels {
    private OnnxModels() {}

    /**
     * Reads a layer.
     *
     * @param query what it says of the layer must agree with the graph, but for the temperature, which wins
     * @throws IOException if the file is bad, or does not agree: one line that begins with the file's name
     */
    static Parameters read(Path file, LayerQuery query) throws IOException {
        if (query.prefix().isPresent()) {
            throw new UsageException("--prefix: an ONNX model holds one layer; leave it out");
        }
        Hyperparameters given = query.config().orElse(Hyperparameters.NONE);
        Parameters parameters = withRatio(file, OnnxFile.read(file).parameters(), given);
        Map<String, Object> found = Hyperparameters.of(parameters.config()).values();
        for (var value : given.values().entrySet()) {
            Object there = found.getOrDefault(value.getKey(), value.getValue()); // the temperature is not among them
            if (!there.equals(value.getValue())) {
                throw new FormatException(
                        file, value.getKey() + ": the configuration says " + value.getValue() + ", the model " + there);
            }
        }
        return parameters.withTemperature(
                query.temperature().orElse(given.temperature().orElse(parameters.temperature())));
    }

    /** A graph tells of the ratio only the width that follows, so another one of the same width agrees with it. */
    private static Parameters withRatio(Path file, Parameters parameters, Hyperparameters given) throws IOException {
        if (!(given.values().get("ratio") instanceof Double ratio)) {
            return parameters;
        }
        DYConv2dConfig found = parameters.config();
        DYConv2dConfig config =
                Problems.ofFile(file, () -> new DYConv2dConfig(found.geometry(), ratio, found.kernels()));
        return config.hiddenPlanes() == found.hiddenPlanes()
                ? Parameters.of(config, parameters.stateDict())
                : parameters;
    }
}
