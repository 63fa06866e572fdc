package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The attention over a layer's kernels, in one task, which may also pool; of a plain convolution, ones on the host. */
final class LayerAttention {
    private static final String TASK = "Attention";

    /**
     * Elements that a compute unit pools and pads in less time than a launch takes: on PoCL the launch costs some 90 µs, and a unit
     * has done 100,000 by then, or eight times as many that it does not pad.
     */
    private static final int LAUNCH = 1 << 16;

    private final ForwardProblem problem;
    private final LayerParameters parameters;
    private final FloatArray pooled;
    private final FloatArray hidden;
    private final FloatArray weights;

    LayerAttention(ForwardProblem problem, LayerParameters parameters) {
        this(problem, parameters, 1);
    }

    /** One that is computed more than once: a copy of each array but the attention for each time. */
    LayerAttention(ForwardProblem problem, LayerParameters parameters, int copies) {
        this.problem = problem;
        this.parameters = parameters;
        int rows = copies * problem.batch();
        pooled = FloatArrays.zeros("pooled input", rows, problem.geometry().inPlanes());
        hidden = FloatArrays.zeros("hidden", rows, problem.config().hiddenPlanes());
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

    /**
     * Whether a work-item for each sample, which pools it and goes on to its attention, is faster than a launch for the planes and
     * another one for the attention: where it keeps the busiest compute unit little longer.
     */
    static boolean bySample(ForwardProblem problem, int computeUnits) {
        long planes = problem.geometry().inPlanes();
        long more = Math.ceilDiv(problem.batch(), computeUnits) * planes
                - Math.ceilDiv(problem.batch() * planes, computeUnits);
        return problem.dynamic() && more * problem.height() * problem.width() <= LAUNCH;
    }

    /** Adds a task that computes it from the input and pools that, too, a work-item for each sample. */
    void appendBySampleTo(TaskGraph graph, String name, FloatArray in) {
        graph.task(
                name + TASK,
                AttentionKernels::attentionFromInput,
                in,
                pooled,
                parameters.fc1(),
                parameters.fc2(),
                parameters.fc2Bias(),
                parameters.temperature(),
                hidden,
                weights,
                AttentionShape.of(problem));
    }

    /** Adds a task that does the same, and pads the input. */
    void appendBySampleTo(TaskGraph graph, String name, FloatArray in, FloatArray padded, PanelShape panels) {
        graph.task(
                name + TASK,
                AttentionKernels::attentionFromInputAndPad,
                in,
                pooled,
                padded,
                parameters.fc1(),
                parameters.fc2(),
                parameters.fc2Bias(),
                parameters.temperature(),
                hidden,
                weights,
                new PaddedAttentionShape(AttentionShape.of(problem), panels));
    }

    /** Adds the grid with which a processor's compute units share one of these tasks. */
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
