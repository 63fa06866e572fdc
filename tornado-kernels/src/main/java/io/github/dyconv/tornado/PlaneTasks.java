package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.OptionalInt;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The tasks of a schedule that gives whole planes and samples to work-items: {@link PoolKernels#average}, or {@link
 * PoolKernels#averageOfVectors}, and {@link AttentionKernels#attention} come before the convolution.
 */
final class PlaneTasks extends SeparateTasks {
    private final OptionalInt computeUnits;

    /**
     * Makes the layer's arrays.
     *
     * @param name what the names of tasks begin with
     * @param computeUnits of a processor, which read vectors and share the planes by groups, or empty for flat loops that the
     *     driver shares out
     * @throws IllegalArgumentException if one would be too large
     */
    PlaneTasks(String name, ForwardProblem problem, OptionalInt computeUnits, Convolutions convolutions) {
        super(name, problem, convolutions);
        this.computeUnits = computeUnits;
    }

    @Override
    void appendAttention(TaskGraph graph, FloatArray in) {
        PlaneShape planeShape = new PlaneShape(planes(), problem.height() * problem.width());
        FloatArray pooled = attention().pooled();
        if (computeUnits.isPresent()) {
            graph.task(name + "Pool", PoolKernels::averageOfVectors, in, pooled, planeShape);
        } else {
            graph.task(name + "Pool", PoolKernels::average, in, pooled, planeShape);
        }
        attention().appendTo(graph, name);
    }

    @Override
    void addAttentionGrids(GridScheduler grids, String graph) {
        computeUnits.ifPresent(units -> {
            grids.addWorkerGrid(graph + "." + name + "Pool", WorkerGrids.shared(planes(), units));
            attention().addGrid(grids, graph, name, units);
        });
    }

    private int planes() {
        return problem.batch() * problem.geometry().inPlanes();
    }
}
