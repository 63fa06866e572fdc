package io.github.dyconv.examples;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.dyconv.io.AtomicFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** JSON for people and scripts. */
public final class JsonFiles {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private JsonFiles() {}

    /** An object with a member for each component of a record, named in snake case. */
    static JsonNode tree(Record values) {
        return MAPPER.valueToTree(values);
    }

    /** The tree of a text that we made. */
    static JsonNode parse(String json) {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(json, e);
        }
    }

    /** The tree of the last of several texts, one after another. */
    static JsonNode parseLast(String documents) {
        try (MappingIterator<JsonNode> all = MAPPER.readerFor(JsonNode.class).readValues(documents)) {
            return all.readAll().getLast();
        } catch (IOException e) {
            throw new IllegalArgumentException(documents, e);
        }
    }

    /**
     * Writes a file wholly or not at all.
     *
     * @param file replaced if it exists
     * @param root its content
     * @throws IOException if the file can't be written
     */
    public static void write(Path file, JsonNode root) throws IOException {
        String text = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
        AtomicFiles.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
    }
}
