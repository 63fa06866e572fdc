package io.github.dyconv.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.WorkerGrid2D;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Runs graphs once. */
final class Runs {

    private Runs() {}

    static SimulationReport run(TaskGraph graph) {
        return run(graph, new GridScheduler());
    }

    static SimulationReport run(TaskGraph graph, GridScheduler grids) {
        try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
            plan.withGridScheduler(grids).execute();
            return SimulationReport.of(plan);
        } catch (TornadoExecutionPlanException e) {
            throw new AssertionError(e);
        }
    }

    static KernelFault faultOf(TaskGraph graph) {
        return faultOf(graph, new GridScheduler());
    }

    static KernelFault faultOf(TaskGraph graph, GridScheduler grids) {
        KernelFault fault = catchThrowableOfType(KernelFault.class, () -> run(graph, grids));
        assertThat(fault).as("a fault of graph %s", graph.getTaskGraphName()).isNotNull();
        return fault;
    }

    static GridScheduler grid1D(String task, int global, int local) {
        WorkerGrid grid = new WorkerGrid1D(global);
        grid.setLocalWork(local, 1, 1);
        return new GridScheduler(task, grid);
    }

    static GridScheduler grid2D(String task, int width, int height, int localWidth, int localHeight) {
        WorkerGrid grid = new WorkerGrid2D(width, height);
        grid.setLocalWork(localWidth, localHeight, 1);
        return new GridScheduler(task, grid);
    }

    /** An array of 0, 1, 2, … */
    static FloatArray counting(int size) {
        FloatArray array = new FloatArray(size);
        for (int i = 0; i < size; i++) {
            array.set(i, i);
        }
        return array;
    }
}
