package io.github.dyconv.io;

import static io.github.dyconv.DYConv2dConfig.TEMPERATURE;

import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Reads and writes a layer's parameters: under PyTorch's state_dict names in any {@link TensorFile}, and beside them the
 * temperature, which PyTorch's state_dict of this layer lacks.
 */
public final class ParameterFile {
    /** What no tensor's shape tells. */
    private static final List<String> UNTOLD_BY_SHAPES = List.of("stride", "padding", "dilation");

    private ParameterFile() {}

    /**
     * Reads the parameters of a layer whose configuration is known. Further tensors in the file are ignored, whatever they
     * are.
     *
     * @param file the file; of several layers in it, the one whose names have no prefix
     * @param config the layer they are for
     * @param temperature the softmax temperature; if given, the file's own is not looked at
     * @return the parameters
     * @throws FormatException if a tensor is missing, misshapen or not of floats, or the file's temperature is not positive
     * @throws IOException if the file can't be read
     * @throws IllegalArgumentException if the given temperature is not positive and finite
     */
    public static Parameters read(Path file, DYConv2dConfig config, OptionalDouble temperature) throws IOException {
        try (TensorFile tensors = TensorFile.open(file)) {
            return read(tensors, StoredLayer.locate(tensors, Optional.empty()), config, temperature);
        }
    }

    /**
     * Reads a layer of a file, with what the file tells of its configuration.
     *
     * @param file the file
     * @param query which layer, and what the file does not tell
     * @return the parameters, with their configuration
     * @throws FormatException if there is no such layer or more than one, a tensor is misshapen or not of floats, it does
     *     not fit the query's hyper-parameters, or something is still not known: the temperature, or stride, padding and
     *     dilation without a configuration
     * @throws IOException if the file can't be read
     * @throws IllegalArgumentException if the given temperature is not positive and finite
     */
    public static Parameters read(Path file, LayerQuery query) throws IOException {
        try (TensorFile tensors = TensorFile.open(file)) {
            StoredLayer layer = StoredLayer.locate(tensors, query.prefix());
            Hyperparameters given = query.config().orElse(Hyperparameters.NONE);
            Hyperparameters known = given.or(layer.configuration(tensors));
            List<String> untold =
                    UNTOLD_BY_SHAPES.stream().filter(known.unknown()::contains).toList();
            if (query.config().isEmpty() && !untold.isEmpty()) {
                throw new FormatException(
                        file,
                        "does not tell the layer's " + String.join(", ", untold) + ": give them in a configuration"
                                + " (--config), such as {\"stride\": 1, \"padding\": 1, \"dilation\": 1}");
            }
            OptionalDouble temperature = query.temperature().isPresent() ? query.temperature() : given.temperature();
            return read(tensors, layer, ofFile(file, known::config), temperature);
        }
    }

    private static Parameters read(
            TensorFile file, StoredLayer layer, DYConv2dConfig config, OptionalDouble temperature) throws IOException {
        Set<String> needed = config.parameterShapes().keySet();
        layer.require(file, needed);
        OptionalDouble found = temperature.isPresent() ? temperature : layer.temperature(file);
        if (found.isEmpty()) {
            throw new FormatException(
                    file.file(),
                    layer.prefix() + TEMPERATURE,
                    "is neither given (--temperature) nor in the file: 34 is the article's start, 1 its end");
        }
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        for (String name : needed) {
            arrays.put(name, file.read(layer.prefix() + name));
        }
        arrays.put(TEMPERATURE, Tensor.of(new float[] {1}, 1)); // replaced below
        return ofFile(file.file(), () -> Parameters.of(config, arrays)).withTemperature(found.getAsDouble());
    }

    /** The messages of the library's checks begin with a parameter's name; now they begin with the file's. */
    private static <T> T ofFile(Path file, Supplier<T> checked) throws FormatException {
        try {
            return checked.get();
        } catch (IllegalArgumentException e) {
            throw Place.of(file).problem(String.valueOf(e.getMessage()), e);
        }
    }

    /**
     * Writes a layer, wholly or not at all: all parameters and the temperature.
     *
     * <p>As {@code .safetensors}, the temperature and all hyper-parameters are in the metadata, under the key
     * {@code dyconv}, as the JSON of {@link Hyperparameters}, and the tensors are the state_dict of the PyTorch module. As
     * {@code .npz}, the temperature is one more array, and the other hyper-parameters are not in it.
     *
     * @param file replaced if it exists; the ending of its name, in any case, tells the format
     * @param parameters what to write
     * @throws IOException if that fails; an older file is then untouched
     * @throws IllegalArgumentException if the name has another ending
     */
    public static void write(Path file, Parameters parameters) throws IOException {
        String name = file.toString().toLowerCase(Locale.ROOT);
        Map<String, Tensor> tensors = new LinkedHashMap<>(parameters.stateDict());
        if (name.endsWith(".npz")) {
            Npz.write(file, tensors);
        } else if (name.endsWith(".safetensors")) {
            tensors.remove(TEMPERATURE); // else PyTorch would not take the file for a state_dict
            Map<String, String> metadata = new LinkedHashMap<>();
            metadata.put("format", "pt"); // by which some readers know that names and shapes are PyTorch's
            metadata.put(
                    StoredLayer.METADATA_KEY, Hyperparameters.of(parameters).toString());
            Safetensors.write(file, tensors, metadata);
        } else {
            throw new IllegalArgumentException("file: its name must end in .npz or .safetensors, got '" + file + "'");
        }
    }
}
