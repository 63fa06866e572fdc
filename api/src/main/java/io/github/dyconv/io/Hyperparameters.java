package io.github.dyconv.io;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Parameters;
import io.github.dyconv.Size2D;
import io.github.dyconv.Temperature;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a layer's hyper-parameters: each of the PyTorch module's constructor, under its name there, or not.
 *
 * <p>As text they are a JSON object, {@code {"in_planes": 3, "out_planes": 16, "kernel_size": [3, 5], "ratio": 0.25,
 * "stride": 1, "padding": 1, "dilation": 1, "groups": 1, "bias": true, "K": 4, "temperature": 34.0}}, the same in a
 * configuration file and in the metadata of a safetensors file. Immutable.
 */
public final class Hyperparameters {
    private static final int MAX_BYTES = 1 << 20;
    private static final int MAX_SHOWN = 40;

    private enum Kind {
        INTEGER("an integer"),
        SIZE("an integer or [height, width]"),
        NUMBER("a number"),
        BOOLEAN("true or false");

        private final String expected;

        Kind(String expected) {
            this.expected = expected;
        }
    }

    private static final Map<String, Kind> KINDS;

    static {
        Map<String, Kind> kinds = new LinkedHashMap<>();
        kinds.put("in_planes", Kind.INTEGER);
        kinds.put("out_planes", Kind.INTEGER);
        kinds.put("kernel_size", Kind.SIZE);
        kinds.put("ratio", Kind.NUMBER);
        kinds.put("stride", Kind.SIZE);
        kinds.put("padding", Kind.SIZE);
        kinds.put("dilation", Kind.SIZE);
        kinds.put("groups", Kind.INTEGER);
        kinds.put("bias", Kind.BOOLEAN);
        kinds.put("K", Kind.INTEGER);
        kinds.put("temperature", Kind.NUMBER);
        KINDS = Collections.unmodifiableMap(kinds);
    }

    /** Nothing is known. */
    public static final Hyperparameters NONE = new Hyperparameters(Map.of());

    private static final List<String> REQUIRED = List.of("in_planes", "out_planes", "kernel_size");

    /** {@code Integer}, {@link Size2D}, {@code Double} or {@code Boolean}, by the key's kind; in the order of {@code KINDS}. */
    private final Map<String, Object> values;

    private Hyperparameters(Map<String, Object> values) {
        Map<String, Object> ordered = new LinkedHashMap<>();
        KINDS.keySet().stream().filter(values::containsKey).forEach(key -> ordered.put(key, values.get(key)));
        this.values = Collections.unmodifiableMap(ordered);
    }

    /**
     * All of a layer's but the temperature.
     *
     * @param config the layer
     * @return its hyper-parameters
     */
    public static Hyperparameters of(DYConv2dConfig config) {
        Conv2dGeometry geometry = config.geometry();
        return new Hyperparameters(Map.of(
                "in_planes", geometry.inPlanes(),
                "out_planes", geometry.outPlanes(),
                "kernel_size", geometry.kernelSize(),
                "ratio", config.ratio(),
                "stride", geometry.stride(),
                "padding", geometry.padding(),
                "dilation", geometry.dilation(),
                "groups", geometry.groups(),
                "bias", geometry.bias(),
                "K", config.kernels()));
    }

    /**
     * All of a layer's, the temperature too.
     *
     * @param parameters the layer's parameters
     * @return its hyper-parameters
     */
    public static Hyperparameters of(Parameters parameters) {
        // As few digits as tell the float.
        return of(parameters.config()).withTemperature(Double.parseDouble(Float.toString(parameters.temperature())));
    }

    /**
     * Reads a configuration file that need not tell everything.
     *
     * @param json the file
     * @return what it tells
     * @throws FormatException if it is not such a JSON object, or a value is of another type: one line with all such keys
     * @throws IOException if the file can't be read
     */
    public static Hyperparameters read(Path json) throws IOException {
        return parse(Place.of(json), text(json), List.of());
    }

    /**
     * Reads a configuration file that describes a layer alone: {@code in_planes}, {@code out_planes} and
     * {@code kernel_size} must be in it.
     *
     * @param json the file
     * @return what it tells
     * @throws FormatException if it is not such a JSON object, one of the three is missing, or a value is of another type:
     *     one line with all such keys
     * @throws IOException if the file can't be read
     */
    public static Hyperparameters readComplete(Path json) throws IOException {
        return parse(Place.of(json), text(json), REQUIRED);
    }

    private static String text(Path json) throws IOException {
        Place place = Place.of(json);
        byte[] bytes;
        try (InputStream in = Files.newInputStream(json)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        } catch (IOException e) {
            throw place.failure(e);
        }
        if (bytes.length > MAX_BYTES) {
            throw place.problem("is larger than a layer's configuration can be (" + MAX_BYTES + " bytes)");
        }
        return place.utf8(ByteBuffer.wrap(bytes), "is not valid JSON: not UTF-8");
    }

    static Hyperparameters parse(Place place, String json, List<String> required) throws FormatException {
        String expected = "expected a JSON object with the keys " + String.join(", ", KINDS.keySet());
        if (json.isBlank()) {
            throw place.problem("is empty; " + expected);
        }
        if (!(Json.parse(place, json) instanceof Map<?, ?> object)) {
            throw place.problem("is something else; " + expected);
        }
        List<String> problems = new ArrayList<>();
        Map<String, Object> values = new LinkedHashMap<>();
        object.forEach((key, value) -> {
            Kind kind = KINDS.get(key);
            Object typed = kind == null ? null : typed(kind, value);
            if (kind == null) {
                problems.add(shortened(key) + ": unknown key; there are " + String.join(", ", KINDS.keySet()));
            } else if (typed == null) {
                problems.add(key + ": expected " + kind.expected + (tooLarge(kind, value) ? " of 32 bits" : "")
                        + ", got " + shortened(Json.text(value)));
            } else if (key.equals(DYConv2dConfig.TEMPERATURE) && !Temperature.isValid((double) typed)) {
                problems.add("temperature: must be a positive finite number, got " + Json.text(value));
            } else {
                values.put((String) key, typed);
            }
        });
        required.stream().filter(key -> !object.containsKey(key)).forEach(key -> problems.add(missing(key)));
        if (!problems.isEmpty()) {
            throw place.problem(String.join("; ", problems));
        }
        return new Hyperparameters(values);
    }

    private static String missing(String key) {
        return key + ": missing; expected " + kind(key).expected;
    }

    private static Kind kind(String key) {
        Kind kind = KINDS.get(key);
        if (kind == null) {
            throw new IllegalArgumentException("key: '" + key + "' is unknown; there are " + KINDS.keySet());
        }
        return kind;
    }

    private static boolean tooLarge(Kind kind, Object value) {
        return kind == Kind.INTEGER && value instanceof Long;
    }

    private static @Nullable Object typed(Kind kind, Object json) {
        return switch (kind) {
            case INTEGER -> integer(json);
            case SIZE -> size(json);
            case NUMBER -> json instanceof Number number ? number.doubleValue() : null;
            case BOOLEAN -> json instanceof Boolean ? json : null;
        };
    }

    private static @Nullable Integer integer(Object json) {
        return json instanceof Long value && value == value.intValue() ? value.intValue() : null;
    }

    private static @Nullable Size2D size(Object json) {
        if (json instanceof List<?> pair) {
            Integer height = pair.size() == 2 ? integer(pair.get(0)) : null;
            Integer width = pair.size() == 2 ? integer(pair.get(1)) : null;
            return height == null || width == null ? null : new Size2D(height, width);
        }
        Integer both = integer(json);
        return both == null ? null : Size2D.of(both);
    }

    private static String shortened(Object value) {
        String text = value.toString();
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }

    /**
     * The same, and what {@code others} knows beyond it.
     *
     * @param others asked for what is not known here
     * @return both together
     */
    public Hyperparameters or(Hyperparameters others) {
        Map<String, Object> both = new LinkedHashMap<>(others.values);
        both.putAll(values);
        return new Hyperparameters(both);
    }

    /**
     * The same with one hyper-parameter.
     *
     * @param key its name
     * @param value an {@code Integer}, {@link Size2D}, {@code Double} or {@code Boolean}, as the key asks
     */
    Hyperparameters with(String key, Object value) {
        boolean fits = switch (kind(key)) {
            case INTEGER -> value instanceof Integer;
            case SIZE -> value instanceof Size2D;
            case NUMBER -> value instanceof Double;
            case BOOLEAN -> value instanceof Boolean;
        };
        if (!fits) {
            throw new IllegalArgumentException(key + ": expected " + kind(key).expected + ", got " + value);
        }
        Map<String, Object> more = new LinkedHashMap<>(values);
        more.put(key, value);
        return new Hyperparameters(more);
    }

    /**
     * The same with a temperature.
     *
     * @param temperature positive and finite in 32 bits
     * @return with it in the place of an older one
     * @throws IllegalArgumentException if it is not
     */
    public Hyperparameters withTemperature(double temperature) {
        if (!Temperature.isValid(temperature)) {
            throw new IllegalArgumentException("temperature: must be a positive finite number, got " + temperature);
        }
        return with(DYConv2dConfig.TEMPERATURE, temperature);
    }

    /**
     * The softmax temperature.
     *
     * @return positive and finite, or empty if it is not known
     */
    public OptionalDouble temperature() {
        return values.get(DYConv2dConfig.TEMPERATURE) instanceof Double known
                ? OptionalDouble.of(known)
                : OptionalDouble.empty();
    }

    /**
     * The layer, with the PyTorch module's defaults for what is not known: ratio 0.25, stride 1, padding 0, dilation 1,
     * groups 1, a bias, K = 4.
     *
     * @return its configuration
     * @throws IllegalArgumentException if {@code in_planes}, {@code out_planes} or {@code kernel_size} is not known, or a
     *     value is out of its range
     */
    public DYConv2dConfig config() {
        String unknown = REQUIRED.stream()
                .filter(key -> !values.containsKey(key))
                .map(Hyperparameters::missing)
                .collect(Collectors.joining("; "));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException(unknown);
        }
        return new DYConv2dConfig(
                new Conv2dGeometry(
                        get("in_planes", 1),
                        get("out_planes", 1),
                        get("kernel_size", Size2D.of(1)),
                        get("stride", Size2D.of(1)),
                        get("padding", Size2D.of(0)),
                        get("dilation", Size2D.of(1)),
                        get("groups", 1),
                        get("bias", true)),
                get("ratio", DYConv2dConfig.DEFAULT_RATIO),
                get("K", 4));
    }

    /**
     * The same, with the PyTorch module's defaults for what is not known but the temperature.
     *
     * @return all that makes a layer
     * @throws IllegalArgumentException as {@link #config} does
     */
    public Hyperparameters withDefaults() {
        return or(of(config()));
    }

    @SuppressWarnings("unchecked") // the kind of a key fixes the class of its value, and that of its default
    private <T> T get(String key, T otherwise) {
        return (T) values.getOrDefault(key, otherwise);
    }

    /**
     * What is known, by name.
     *
     * @return an unmodifiable map, in the constructor's order, to an {@code Integer}, {@link Size2D}, {@code Double} or
     *     {@code Boolean}
     */
    public Map<String, Object> values() {
        return values;
    }

    /**
     * What is not known.
     *
     * @return the names, in the constructor's order
     */
    public List<String> unknown() {
        return KINDS.keySet().stream().filter(key -> !values.containsKey(key)).toList();
    }

    /** As JSON, which {@link #read} takes back. */
    @Override
    public String toString() {
        return Json.text(values);
    }
}
