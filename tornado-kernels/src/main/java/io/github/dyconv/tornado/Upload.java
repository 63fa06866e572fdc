package io.github.dyconv.tornado;

import java.util.List;
import java.util.function.Consumer;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Arrays that a graph brings to the device, or leaves there, for the graphs after it: parameters that go together.
 *
 * @param name the graph's name
 * @param sent the host arrays to send; none if the graph is no upload
 * @param kept the arrays that stay on the device for the graphs that follow
 * @param packing adds the tasks that make of the former what of the latter is not among them
 */
record Upload(String name, List<FloatArray> sent, List<FloatArray> kept, Consumer<TaskGraph> packing) {
    /** Arrays that stay as they are. */
    static Upload of(String name, List<FloatArray> arrays) {
        return new Upload(name, arrays, arrays, graph -> {});
    }

    /** Several in one graph. */
    static Upload together(String name, List<Upload> uploads) {
        return new Upload(
                name,
                uploads.stream().flatMap(upload -> upload.sent.stream()).toList(),
                uploads.stream().flatMap(upload -> upload.kept.stream()).toList(),
                graph -> uploads.forEach(upload -> upload.packing.accept(graph)));
    }
}
