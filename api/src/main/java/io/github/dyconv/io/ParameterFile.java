package io.github.dyconv.io;

import static io.github.dyconv.DYConv2dConfig.TEMPERATURE;

import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads and writes a layer's parameters as an NPZ file: PyTorch's state_dict names, and {@code temperature}, which
 * PyTorch's state_dict of this layer lacks.
 */
public final class ParameterFile {
    private static final int NAMES_SHOWN = 16;

    private ParameterFile() {}

    /**
     * Reads the parameters of a layer. Further arrays in the file are ignored, whatever they are.
     *
     * @param npz the file
     * @param config the layer they are for
     * @param temperature the softmax temperature; if given, the file's own is not looked at
     * @return the parameters
     * @throws FormatException if an array is missing, misshapen or not of floats, or the file's temperature is not positive
     * @throws IOException if the file can't be read
     * @throws IllegalArgumentException if the given temperature is not positive and finite
     */
    public static Parameters read(Path npz, DYConv2dConfig config, OptionalDouble temperature) throws IOException {
        Set<String> needed = config.parameterShapes().keySet();
        List<String> found = new ArrayList<>();
        Map<String, Tensor> arrays = new LinkedHashMap<>(Npz.read(npz, name -> {
            found.add(name);
            return needed.contains(name) || (name.equals(TEMPERATURE) && temperature.isEmpty());
        }));
        for (String name : needed) {
            if (!arrays.containsKey(name)) {
                throw new FormatException(npz, name, "is not in the file, which has " + listed(found));
            }
        }
        if (temperature.isPresent()) {
            arrays.put(TEMPERATURE, Tensor.of(new float[] {1}, 1)); // replaced below
        } else if (!arrays.containsKey(TEMPERATURE)) {
            throw new FormatException(
                    npz, TEMPERATURE, "is neither given nor in the file: 34 is the article's start, 1 its end");
        }
        Parameters parameters;
        try {
            parameters = Parameters.of(config, arrays);
        } catch (IllegalArgumentException e) { // its message begins with the array's name
            FormatException failure = new FormatException(npz, String.valueOf(e.getMessage()));
            failure.initCause(e);
            throw failure;
        }
        return temperature.isPresent() ? parameters.withTemperature(temperature.getAsDouble()) : parameters;
    }

    private static String listed(List<String> names) {
        return names.stream().limit(NAMES_SHOWN).collect(Collectors.joining(", ", "[", ""))
                + (names.size() > NAMES_SHOWN ? ", …]" : "]");
    }

    /**
     * Writes all parameters and the temperature, wholly or not at all.
     *
     * @param npz replaced if it exists
     * @param parameters what to write
     * @throws IOException if that fails; an older file is then untouched
     */
    public static void write(Path npz, Parameters parameters) throws IOException {
        Npz.write(npz, parameters.stateDict());
    }
}
