package io.github.dyconv.io;

import static io.github.dyconv.DYConv2dConfig.BIAS;
import static io.github.dyconv.DYConv2dConfig.FC1_WEIGHT;
import static io.github.dyconv.DYConv2dConfig.FC2_BIAS;
import static io.github.dyconv.DYConv2dConfig.FC2_WEIGHT;
import static io.github.dyconv.DYConv2dConfig.TEMPERATURE;
import static io.github.dyconv.DYConv2dConfig.WEIGHT;

import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Size2D;
import io.github.dyconv.Temperature;
import io.github.dyconv.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A dynamic convolution among the tensors of a file: five or, without bias, four names of one prefix, as PyTorch's
 * state_dict of the article's {@code DYConv2d} (and of {@code Dynamic_conv2d}, which has the same) spells them.
 *
 * @param prefix what precedes the names, empty or ending in a dot
 */
public record StoredLayer(String prefix) {
    /** The key of our hyper-parameters in the metadata of a safetensors file. */
    static final String METADATA_KEY = "dyconv";

    private static final List<String> NAMES = List.of(FC1_WEIGHT, FC2_WEIGHT, FC2_BIAS, WEIGHT);
    private static final int NAMES_SHOWN = 16;

    /**
     * Finds the layers of a file by the names of its tensors.
     *
     * @param file an open file
     * @return those of which no tensor is missing, in the file's order
     */
    public static List<StoredLayer> find(TensorFile file) {
        Set<String> names = file.names();
        return names.stream()
                .filter(name -> name.endsWith(FC1_WEIGHT))
                .map(name -> name.substring(0, name.length() - FC1_WEIGHT.length()))
                .filter(prefix -> prefix.isEmpty() || prefix.endsWith("."))
                .filter(prefix -> NAMES.stream().allMatch(name -> names.contains(prefix + name)))
                .map(StoredLayer::new)
                .toList();
    }

    /**
     * The layer that is meant.
     *
     * @throws FormatException if there is no such layer, or more than one
     */
    static StoredLayer locate(TensorFile file, Optional<String> wanted) throws FormatException {
        List<StoredLayer> all = find(file);
        StoredLayer root = new StoredLayer("");
        if (wanted.isEmpty()) {
            if (all.contains(root) || all.isEmpty()) { // if there is none, what is missing of it will be told
                return root;
            }
            return only(file, all, "holds " + all.size() + " layers; choose one by its prefix (--prefix): ");
        }
        String prefix = wanted.get().isEmpty() || wanted.get().endsWith(".") ? wanted.get() : wanted.get() + ".";
        StoredLayer named = new StoredLayer(prefix);
        if (all.contains(named)) {
            return named;
        }
        List<StoredLayer> ending = all.stream()
                .filter(layer -> !prefix.isEmpty() && layer.prefix().endsWith("." + prefix))
                .toList();
        if (ending.isEmpty()) {
            throw new FormatException(
                    file.file(),
                    "holds no layer with the prefix '" + wanted.get() + "'; "
                            + (all.isEmpty() ? "it has " + listed(file.names()) : "there are " + shown(all)));
        }
        return only(file, ending, "holds " + ending.size() + " layers whose prefixes end so: ");
    }

    private static StoredLayer only(TensorFile file, List<StoredLayer> layers, String problem) throws FormatException {
        if (layers.size() > 1) {
            throw new FormatException(file.file(), problem + shown(layers));
        }
        return layers.getFirst();
    }

    private static String shown(List<StoredLayer> layers) {
        return layers.stream().map(StoredLayer::toString).limit(NAMES_SHOWN).collect(Collectors.joining(", "))
                + (layers.size() > NAMES_SHOWN ? ", …" : "");
    }

    private static String listed(Set<String> names) {
        return names.stream()
                        .limit(NAMES_SHOWN)
                        .map(FormatException::shortened)
                        .collect(Collectors.joining(", ", "[", ""))
                + (names.size() > NAMES_SHOWN ? ", …]" : "]");
    }

    /**
     * The hyper-parameters that the file tells: those that follow from the tensors' shapes, and what the metadata that
     * {@link ParameterFile#write} leaves, or a tensor {@code temperature}, adds to them.
     *
     * <p>The ratio is {@link DYConv2dConfig#ratioFor one that gives} the hidden layer's width.
     *
     * @param file the file that the layer was found in
     * @return what is known
     * @throws FormatException if the shapes are not those of such a layer, or the metadata or the temperature is not what it
     *     should be
     * @throws IOException if the file can't be read
     */
    public Hyperparameters hyperparameters(TensorFile file) throws IOException {
        Hyperparameters told = configuration(file);
        OptionalDouble temperature = temperature(file);
        return temperature.isPresent() ? told.withTemperature(temperature.getAsDouble()) : told;
    }

    /** As {@link #hyperparameters}, without a look at a tensor of the temperature, which need not be right if unused. */
    Hyperparameters configuration(TensorFile file) throws IOException {
        require(file, NAMES);
        List<Integer> weight = shape(file, WEIGHT, "[K, out_planes, in_planes / groups, height, width]", 5);
        List<Integer> fc1 = shape(file, FC1_WEIGHT, "[hidden, in_planes, 1, 1]", 4);
        int inPlanes = fc1.get(1);
        if (inPlanes % weight.get(2) != 0) {
            throw new FormatException(
                    file.file(),
                    prefix + WEIGHT,
                    "its shape " + weight + " tells " + weight.get(2) + " input planes per group, which does not divide"
                            + " the " + inPlanes + " of " + FC1_WEIGHT + " " + fc1);
        }
        return noted(file)
                .or(Hyperparameters.NONE
                        .with("in_planes", inPlanes)
                        .with("out_planes", weight.get(1))
                        .with("kernel_size", new Size2D(weight.get(3), weight.get(4)))
                        .with("ratio", DYConv2dConfig.ratioFor(inPlanes, fc1.getFirst()))
                        .with("groups", inPlanes / weight.get(2))
                        .with("bias", file.names().contains(prefix + BIAS))
                        .with("K", weight.getFirst()));
    }

    /** The temperature that the file tells, in a tensor beside the layer's or in its metadata. */
    OptionalDouble temperature(TensorFile file) throws IOException {
        String name = prefix + TEMPERATURE;
        if (!file.names().contains(name)) {
            return noted(file).temperature();
        }
        Tensor temperature = file.read(name);
        if (temperature.size() != 1) {
            throw new FormatException(file.file(), name, "expected one element, got " + temperature);
        }
        float value = temperature.toArray()[0];
        if (!Temperature.isValid(value)) {
            throw new FormatException(file.file(), name, "must be a positive finite number, got " + value);
        }
        return OptionalDouble.of(value);
    }

    /** What the metadata tells. We write a layer alone, without a prefix. */
    private Hyperparameters noted(TensorFile file) throws FormatException {
        String json = file.metadata().get(METADATA_KEY);
        return json == null || !prefix.isEmpty()
                ? Hyperparameters.NONE
                : Hyperparameters.parse(new Place(file.file(), "metadata '" + METADATA_KEY + "'"), json, List.of());
    }

    /** Throws if a tensor of the layer is missing. */
    void require(TensorFile file, Iterable<String> names) throws FormatException {
        for (String name : names) {
            if (!file.names().contains(prefix + name)) {
                throw new FormatException(
                        file.file(), prefix + name, "is not in the file, which has " + listed(file.names()));
            }
        }
    }

    private List<Integer> shape(TensorFile file, String name, String expected, int rank) throws IOException {
        List<Long> shape = file.info(prefix + name).shape();
        if (shape.size() != rank || shape.stream().anyMatch(dim -> dim < 1 || dim > Integer.MAX_VALUE)) {
            throw new FormatException(file.file(), prefix + name, "expected " + expected + ", got " + shape);
        }
        return shape.stream().map(Long::intValue).toList();
    }

    /** The prefix without its dot, as {@code --prefix} takes it. */
    @Override
    public String toString() {
        return prefix.isEmpty() ? "''" : prefix.substring(0, prefix.length() - 1);
    }
}
