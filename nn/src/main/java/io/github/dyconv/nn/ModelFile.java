package io.github.dyconv.nn;

import io.github.dyconv.Tensor;
import io.github.dyconv.io.FormatException;
import io.github.dyconv.io.Place;
import io.github.dyconv.io.Safetensors;
import io.github.dyconv.io.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** Models as files: their state_dict, and in a safetensors file's metadata their temperature. */
public final class ModelFile {
    private static final String TEMPERATURE = "temperature";

    private ModelFile() {}

    /**
     * Writes a safetensors file, wholly or not at all. PyTorch's {@code load_state_dict} takes it as it is.
     *
     * @param file replaced if it exists
     * @param model what to write
     * @param notes further texts for the metadata
     * @throws IOException if that fails
     */
    public static void write(Path file, Model model, Map<String, String> notes) throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>(notes);
        metadata.put("format", "pt");
        metadata.put(TEMPERATURE, Double.toString(model.temperature()));
        Safetensors.write(file, model.stateDict(), metadata);
    }

    /**
     * Reads a model from any {@link TensorFile}: safetensors, a PyTorch checkpoint or NPZ.
     *
     * @param file holds the state_dict; further tensors in it are ignored
     * @param network what it is
     * @param temperature of the dynamic convolutions; if not given, the file must tell it, or there must be none
     * @return the model
     * @throws FormatException if a tensor is missing, misshapen or not of floats, or the temperature is neither given nor told
     * @throws IOException if the file can't be read
     * @throws IllegalArgumentException if the given temperature is not positive
     */
    public static Model read(Path file, Network network, OptionalDouble temperature) throws IOException {
        try (TensorFile opened = TensorFile.open(file)) {
            double used = temperature.isPresent() ? temperature.getAsDouble() : temperature(file, opened, network);
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (Map<String, int[]> part : List.of(network.parameterShapes(), network.bufferShapes())) {
                for (String name : part.keySet()) {
                    if (!opened.names().contains(name)) {
                        throw new FormatException(file, name, "is not in the file");
                    }
                    tensors.put(name, opened.read(name));
                }
            }
            try {
                return Model.of(network, tensors, used);
            } catch (IllegalArgumentException e) {
                throw Place.of(file).problem(String.valueOf(e.getMessage()), e);
            }
        }
    }

    private static double temperature(Path file, TensorFile opened, Network network) throws FormatException {
        if (network.convolutions().stream().noneMatch(Operation.Convolution::dynamic)) {
            return 1; // which nothing looks at
        }
        String told = opened.metadata().get(TEMPERATURE);
        try {
            if (told != null) {
                return Double.parseDouble(told);
            }
        } catch (NumberFormatException e) {
            throw new FormatException(file, "its metadata tells the temperature '" + told + "', which is no number");
        }
        throw new FormatException(file, "does not tell the temperature: give it; after the paper's training it is 1");
    }
}
