package io.github.dyconv.benchmarks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.dyconv.examples.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Records as JSON, their components' names in snake case. */
final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private Json() {}

    static JsonNode tree(Object message) {
        return MAPPER.valueToTree(message);
    }

    static String line(Object message) {
        try {
            return MAPPER.writeValueAsString(message);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static <T> T parse(String line, Class<T> type) throws JsonProcessingException {
        return MAPPER.readValue(line, type);
    }

    /**
     * Reads a file.
     *
     * @throws UsageException if it holds something else
     */
    static <T> T read(Path file, Class<T> type) throws IOException {
        try {
            return MAPPER.readValue(Files.readString(file), type);
        } catch (JsonProcessingException e) {
            throw new UsageException(file + ": not the results of a comparison: " + e.getOriginalMessage(), e);
        }
    }
}
