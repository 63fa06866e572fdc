package io.github.dyconv.tornado;

import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * The aggregation of a bank of kernels and the convolution with what it gives, as a {@link Schedule} does them: of a layer's
 * input, or, where the {@link ConvolutionShape} is exchanged, of its output's gradient.
 */
interface ConvolutionTasks {
    /** The arrays that the tasks write and read, without input and output, and that never leave the device. */
    List<TornadoNativeArray> deviceOnly();

    /**
     * Adds the tasks.
     *
     * @param graph where to
     * @param in {@code [N, C, H, W]} of the shape
     * @param attention {@code [N, K]}
     * @param out {@code [N, O, H', W']}
     */
    void appendTo(TaskGraph graph, FloatArray in, FloatArray attention, FloatArray out);

    /** Adds the grids of the tasks that need one, in the graph of this name. */
    void addGrids(GridScheduler grids, String graph);
}
