package io.github.dyconv.tornado;

import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** What a {@link Schedule} makes of one layer and input shape: its arrays, and the tasks that go into a task graph. */
interface LayerTasks {
    /** The parameters, in the layouts that the tasks read. */
    LayerParameters parameters();

    /** The attention, and what its task needs. */
    LayerAttention attention();

    /** The arrays that the tasks write and read, and that never leave the device; with the attention, without the output. */
    List<TornadoNativeArray> deviceOnly();

    /**
     * Adds the tasks; their names begin with the layer's.
     *
     * @param graph where to
     * @param in {@code [N, C, H, W]}
     * @param out {@code [N, O, H', W']}
     */
    void appendTo(TaskGraph graph, FloatArray in, FloatArray out);

    /**
     * Adds the grids of the tasks that need one.
     *
     * @param grids where to
     * @param graph the name of the graph that the tasks were added to
     */
    void addGrids(GridScheduler grids, String graph);

    /**
     * The backward pass; to be asked for before the parameters' uploads are made.
     *
     * @throws IllegalArgumentException if an array would be too large
     */
    GradientTasks newGradients();
}
