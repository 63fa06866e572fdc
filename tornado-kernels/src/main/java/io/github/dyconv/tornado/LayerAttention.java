package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The attention over a layer's kernels, in one task; of a plain convolution, ones on the host. */
final class LayerAttention {
    private static final String TASK = "Attention";

    private final ForwardProblem problem;
    private final LayerParameters parameters;
    private final FloatArray pooled;
    private final FloatArray hidden;
    private final FloatArray weights;

    LayerAttention(ForwardProblem problem, LayerParameters parameters) {
        this.problem = problem;
        this.parameters = parameters;
        pooled = FloatArrays.zeros(
                "pooled input", problem.batch(), problem.geometry().inPlanes());
        hidden = FloatArrays.zeros("hidden", problem.batch(), problem.config().hiddenPlanes());
        weights =
                FloatArrays.zeros("attention", problem.batch(), problem.config().kernels());
        if (!problem.dynamic()) {
            weights.init(1);
        }
    }

    /** The input's means, {@code [N, C]}, which another task writes. */
    FloatArray pooled() {
        return pooled;
    }

    /** Outputs of the first layer, {@code [N, hidden]}. */
    FloatArray hidden() {
        return hidden;
    }

    /** The attention, {@code [N, K]}. */
    FloatArray weights() {
        return weights;
    }

    /** The arrays that the tasks write and read. */
    List<FloatArray> arrays() {
        return problem.dynamic() ? List.of(pooled, hidden, weights) : List.of();
    }

    /** Sends the ones of a plain convolution. */
    void appendOnes(TaskGraph graph) {
        graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, weights);
    }

    /** Adds the task that computes it from the pooled input, a work-item for each sample, its name beginning with the layer's. */
    void appendTo(TaskGraph graph, String name) {
        graph.task(
                name + TASK,
                AttentionKernels::attention,
                pooled,
                parameters.fc1(),
                parameters.fc2(),
                parameters.fc2Bias(),
                parameters.temperature(),
                hidden,
                weights,
                AttentionShape.of(problem));
    }

    /** Adds the grid with which a processor's compute units share that task. */
    void addGrid(GridScheduler grids, String graph, String name, int computeUnits) {
        grids.addWorkerGrid(graph + "." + name + TASK, WorkerGrids.shared(problem.batch(), computeUnits));
    }

    /** Adds a task that does the same with a work-group for each sample, and wants a grid. */
    void appendByGroupTo(TaskGraph graph, String name, KernelContext context) {
        graph.task(
                name + TASK,
                AttentionKernels::attentionByGroup,
                context,
                pooled,
                parameters.fc1(),
                parameters.fc2(),
                parameters.fc2Bias(),
                parameters.temperature(),
                hidden,
                weights,
                problem.geometry().inPlanes(),
                problem.config().hiddenPlanes(),
                problem.config().kernels());
    }

    /** Adds the grid of that task. */
    void addGridByGroup(GridScheduler grids, String graph, String name) {
        grids.addWorkerGrid(graph + "." + name + TASK, WorkerGrids.groups(problem.batch(), AttentionKernels.GROUP));
    }
}
