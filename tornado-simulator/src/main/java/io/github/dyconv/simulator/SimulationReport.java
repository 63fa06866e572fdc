package io.github.dyconv.simulator;

import io.github.dyconv.simulator.engine.MirrorAccess;
import java.util.List;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;

/**
 * What the kernels of a plan's last execution did to memory. The figures depend on the kernels, their arguments and
 * grids alone, and are the same in every run.
 *
 * @param tasks one entry per task, in the order in which they ran
 */
public record SimulationReport(List<TaskReport> tasks) {

    /**
     * What one task did.
     *
     * @param task the task's name, {@code graph.task}
     * @param kernel the kernel's class and method
     * @param workItems the number of work-items
     * @param groups the number of work-groups; for a {@code @Parallel} kernel, which has none, 0
     * @param barriers how many times a group came together at a barrier, over all groups
     * @param localMemoryBytes the local memory of one group
     * @param bytesRead bytes read from global memory, counting every access
     * @param bytesWritten bytes written to global memory, counting every access
     * @param warpAccesses how many times an instruction of a warp read or wrote global memory. A warp is 32 consecutive
     *     work-items: by the linear local id in a grid, by the innermost {@code @Parallel} loop otherwise
     * @param sectors 32-byte sectors that these touched. A warp that reads 32 neighbouring floats touches 4
     * @param leastSectors sectors that would hold what each access touched if it lay side by side and began at a sector's
     *     boundary; words of 4 bytes that several lanes touch count once
     */
    public record TaskReport(
            String task,
            String kernel,
            long workItems,
            long groups,
            long barriers,
            long localMemoryBytes,
            long bytesRead,
            long bytesWritten,
            long warpAccesses,
            long sectors,
            long leastSectors) {

        /** {@return the mean number of sectors per access of a warp; 4 is ideal where each lane needs its own 4 bytes} */
        public double sectorsPerAccess() {
            return warpAccesses == 0 ? 0 : (double) sectors / warpAccesses;
        }
    }

    /** Copies the list. */
    public SimulationReport {
        tasks = List.copyOf(tasks);
    }

    /**
     * Reports on a plan.
     *
     * @param plan the plan
     * @return the report of its last execution that ended without a fault; without tasks if there was none
     */
    public static SimulationReport of(TornadoExecutionPlan plan) {
        return MirrorAccess.sessionOf(plan).report();
    }

    /**
     * Finds the report of a task.
     *
     * @param task the task's name, {@code graph.task}
     * @return its report
     * @throws IllegalArgumentException if it did not run
     */
    public TaskReport task(String task) {
        return tasks.stream()
                .filter(report -> report.task().equals(task))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("task: expected one of %s, got %s"
                        .formatted(tasks.stream().map(TaskReport::task).toList(), task)));
    }
}
