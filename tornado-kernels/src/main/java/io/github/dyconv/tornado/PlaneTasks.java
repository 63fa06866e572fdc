package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.OptionalInt;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The tasks of a schedule that gives whole planes and samples to work-items: {@link PoolKernels#average}, or {@link
 * PoolKernels#averageOfVectors}, and {@link AttentionKernels#attention}, or both in one, come before the convolution.
 */
final class PlaneTasks extends SeparateTasks {
    private static final String POOL = "Pool";

    private final OptionalInt computeUnits;
    private final boolean bySample;

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
        bySample = computeUnits.isPresent() && LayerAttention.bySample(problem, computeUnits.getAsInt());
    }

    @Override
    void appendAttention(TaskGraph graph, FloatArray in) {
        if (bySample) {
            attention().appendBySampleTo(graph, name, in);
        } else {
            appendPool(graph, in);
            attention().appendTo(graph, name);
        }
    }

    private void appendPool(TaskGraph graph, FloatArray in) {
        PlaneShape planeShape = new PlaneShape(planes(), problem.height() * problem.width());
        FloatArray pooled = attention().pooled();
        if (computeUnits.isPresent()) {
            graph.task(name + POOL, PoolKernels::averageOfVectors, in, pooled, planeShape);
        } else {
            graph.task(name + POOL, PoolKernels::average, in, pooled, planeShape);
        }
    }

    @Override
    void addAttentionGrids(GridScheduler grids, String graph) {
        computeUnits.ifPresent(units -> {
            if (!bySample) {
                grids.addWorkerGrid(graph + "." + name + POOL, WorkerGrids.shared(planes(), units));
            }
            attention().addGrid(grids, graph, name, units);
        });
    }

    private int planes() {
        return problem.batch() * problem.geometry().inPlanes();
    }
}
