package io.github.dyconv.tornado;

import java.util.List;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * One of the graphs of a plan that run one after another.
 *
 * @param graph not yet a snapshot
 * @param parts whose tasks are in it
 * @param left what it leaves on the device for the next graph, and that one for those after it, if it names it too
 */
record PlanGraph(TaskGraph graph, List<? extends GraphPart> parts, List<FloatArray> left) {
    String name() {
        return graph.getTaskGraphName();
    }
}
