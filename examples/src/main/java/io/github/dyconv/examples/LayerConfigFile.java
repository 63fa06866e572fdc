package io.github.dyconv.examples;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Size2D;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Predicate;

/**
 * A layer's configuration as JSON: the hyper-parameters of the PyTorch module under their names there. Everything but
 * {@code in_planes}, {@code out_planes} and {@code kernel_size} has PyTorch's default.
 */
final class LayerConfigFile {
    private static final int MAX_BYTES = 1 << 20;
    private static final List<String> KEYS = List.of(
            "in_planes",
            "out_planes",
            "kernel_size",
            "ratio",
            "stride",
            "padding",
            "dilation",
            "groups",
            "bias",
            "K",
            "temperature");
    private static final String EXPECTED = "expected a JSON object with the keys " + String.join(", ", KEYS);
    private static final String SIZE = "an integer or [height, width]";
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /**
     * A layer's configuration and, if the file has one, its temperature.
     *
     * @param layer the configuration
     * @param temperature positive and finite, or empty
     */
    record LayerConfig(DYConv2dConfig layer, OptionalDouble temperature) {}

    private final Path file;
    private final JsonNode root;
    private final List<String> problems = new ArrayList<>();

    private LayerConfigFile(Path file, JsonNode root) {
        this.file = file;
        this.root = root;
    }

    /**
     * Reads a configuration.
     *
     * @throws UsageException if the file is not JSON, a key is unknown, missing or of another type, or a value is out of
     *     its range: one line with the file and every such key
     */
    static LayerConfig read(Path file) {
        return new LayerConfigFile(file, parse(file)).layerConfig();
    }

    private static JsonNode parse(Path file) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_BYTES + 1);
        } catch (IOException e) {
            throw FileErrors.unreadable(file, e);
        }
        if (bytes.length > MAX_BYTES) {
            throw new UsageException(
                    file + ": is larger than a layer's configuration can be (" + MAX_BYTES + " bytes)");
        }
        try (JsonParser parser = MAPPER.createParser(bytes)) {
            return parse(file, parser);
        } catch (IOException e) {
            throw FileErrors.unreadable(file, e);
        }
    }

    private static JsonNode parse(Path file, JsonParser parser) throws IOException {
        try {
            return Optional.ofNullable(MAPPER.<JsonNode>readTree(parser))
                    .orElseThrow(() -> new UsageException(file + ": is empty; " + EXPECTED));
        } catch (JsonProcessingException e) {
            String key = topLevelKey(parser.getParsingContext());
            // Behind the reason, Jackson tells the place, and how a program could have allowed this.
            String reason =
                    e.getOriginalMessage().replaceFirst(" \\((start marker|of type|bound as).*|: enable `.*", "");
            throw new UsageException(
                    file + ": is not valid JSON at line "
                            + parser.currentLocation().getLineNr() + (key.isEmpty() ? "" : ", key '" + key + "'") + ": "
                            + reason,
                    e);
        }
    }

    private static String topLevelKey(JsonStreamContext context) {
        JsonStreamContext at = context;
        while (!at.inRoot() && !at.getParent().inRoot()) {
            at = at.getParent();
        }
        return at.hasCurrentName() ? at.getCurrentName() : "";
    }

    private LayerConfig layerConfig() {
        if (!root.isObject()) {
            throw new UsageException(file + ": is something else; " + EXPECTED);
        }
        root.fieldNames().forEachRemaining(key -> {
            if (!KEYS.contains(key)) {
                problems.add(key + ": unknown key; there are " + String.join(", ", KEYS));
            }
        });
        int inPlanes = requiredInteger("in_planes");
        int outPlanes = requiredInteger("out_planes");
        Size2D kernelSize = requiredSize("kernel_size");
        double ratio = number("ratio", 0.25);
        Size2D stride = size("stride", 1);
        Size2D padding = size("padding", 0);
        Size2D dilation = size("dilation", 1);
        int groups = integer("groups", 1);
        boolean bias = bias();
        int kernels = integer("K", 4);
        OptionalDouble temperature =
                root.has("temperature") ? OptionalDouble.of(number("temperature", 1)) : OptionalDouble.empty();
        float rounded = (float) temperature.orElse(1); // as the layer keeps it
        if (!(rounded > 0 && rounded < Float.POSITIVE_INFINITY)) {
            problems.add("temperature: must be a positive finite number, got " + root.get("temperature"));
        }
        if (!problems.isEmpty()) {
            throw new UsageException(file + ": " + String.join("; ", problems));
        }
        try {
            return new LayerConfig(
                    new DYConv2dConfig(
                            new Conv2dGeometry(
                                    inPlanes, outPlanes, kernelSize, stride, padding, dilation, groups, bias),
                            ratio,
                            kernels),
                    temperature);
        } catch (IllegalArgumentException e) {
            throw new UsageException(file + ": " + e.getMessage(), e);
        }
    }

    private int requiredInteger(String key) {
        requireKey(key, "an integer");
        return integer(key, 1);
    }

    private Size2D requiredSize(String key) {
        requireKey(key, SIZE);
        return size(key, 1);
    }

    private void requireKey(String key, String expected) {
        if (!root.has(key)) {
            problems.add(key + ": missing; expected " + expected);
        }
    }

    /** The value if it is of the right type, else the default, after noting the problem if there is a value at all. */
    private JsonNode value(String key, JsonNode otherwise, Predicate<JsonNode> fits, String expected) {
        JsonNode value = root.get(key);
        if (value == null) {
            return otherwise;
        }
        if (fits.test(value)) {
            return value;
        }
        String rule = value.isIntegralNumber() && !value.canConvertToInt() ? expected + " of 32 bits" : expected;
        String text = value.toString();
        problems.add(
                key + ": expected " + rule + ", got " + (text.length() > 40 ? text.substring(0, 40) + "..." : text));
        return otherwise;
    }

    private int integer(String key, int otherwise) {
        return value(key, MAPPER.getNodeFactory().numberNode(otherwise), LayerConfigFile::isInteger, "an integer")
                .intValue();
    }

    private Size2D size(String key, int otherwise) {
        JsonNode size = value(key, MAPPER.getNodeFactory().numberNode(otherwise), LayerConfigFile::isSize, SIZE);
        return size.isArray() ? new Size2D(size.get(0).intValue(), size.get(1).intValue()) : Size2D.of(size.intValue());
    }

    private double number(String key, double otherwise) {
        return value(key, MAPPER.getNodeFactory().numberNode(otherwise), JsonNode::isNumber, "a number")
                .doubleValue();
    }

    private boolean bias() {
        return value("bias", MAPPER.getNodeFactory().booleanNode(true), JsonNode::isBoolean, "true or false")
                .booleanValue();
    }

    private static boolean isInteger(JsonNode node) {
        return node.isIntegralNumber() && node.canConvertToInt();
    }

    private static boolean isSize(JsonNode node) {
        return isInteger(node)
                || (node.isArray() && node.size() == 2 && isInteger(node.get(0)) && isInteger(node.get(1)));
    }
}
