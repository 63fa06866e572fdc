package io.github.dyconv.tornado;

import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * How a {@link Schedule} computes the gradient of the kernel bank, what that says of the attention's, and the means of the
 * output's gradient.
 */
interface FilterGradientTasks {
    /** The schedule's name for it. */
    String term();

    /** What of the forward pass it reads, given its input, besides parameters and attention. */
    List<FloatArray> kept(FloatArray in);

    /** The bank's gradient, {@code [K, O, C/G, kh, kw]}. */
    FloatArray gradient();

    /** The scalar products of each sample's gradient with each kernel, in parts: {@code [N, K, parts]}. */
    FloatArray partial();

    /** The arrays that the tasks write and read, without the gradient, and that never leave the device. */
    List<FloatArray> deviceOnly();

    /**
     * Adds the tasks.
     *
     * @param graph where to
     * @param in the layer's input {@code [N, C, H, W]}
     * @param attention {@code [N, K]}
     * @param outGradient {@code [N, O, H', W']}
     * @param means its means {@code [N, O]}, overwritten
     */
    void appendTo(TaskGraph graph, FloatArray in, FloatArray attention, FloatArray outGradient, FloatArray means);

    /** Adds the grids of the tasks that need one, in the graph of this name. */
    void addGrids(GridScheduler grids, String graph);
}
