package io.github.dyconv.examples;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.OptionalDouble;

/** TornadoVM's profile of one execution of a graph: an object for the graph, with one in it for each task. */
public final class KernelProfile {
    private static final double MICRO = 1e3;

    private final String graph;
    private final JsonNode root;

    /**
     * Reads a profile.
     *
     * @param graph the graph's name
     * @param log what TornadoVM's profiler tells, which keeps the executions before
     */
    public KernelProfile(String graph, String log) {
        this.graph = graph;
        this.root = JsonFiles.parseLast(log);
    }

    /** All of it. */
    JsonNode root() {
        return root;
    }

    /** A time of the whole graph, in microseconds. */
    OptionalDouble micros(String key) {
        return micros(root.path(graph), key);
    }

    /** A count of the whole graph. */
    long count(String key) {
        return root.path(graph).path(key).asLong();
    }

    /** The method that a task runs, as {@code PoolKernels.average}. */
    String method(String task) {
        return root.path(graph).path(task).path("METHOD").asText();
    }

    /**
     * A time of a task.
     *
     * @param task its name, with the graph's in front
     * @param key what TornadoVM calls it
     * @return microseconds, if it was measured
     */
    public OptionalDouble micros(String task, String key) {
        return micros(root.path(graph).path(task), key);
    }

    private static OptionalDouble micros(JsonNode object, String key) {
        return object.path(key).isMissingNode()
                ? OptionalDouble.empty()
                : OptionalDouble.of(object.path(key).asLong() / MICRO);
    }
}
