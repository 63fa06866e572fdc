package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.Optional;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The tasks of a schedule of work-groups with local memory: {@link PoolKernels#averageByGroup} and {@link
 * AttentionKernels#attentionByGroup} come before the convolution.
 */
final class GroupTasks extends SeparateTasks {
    private final KernelContext context = new KernelContext();

    GroupTasks(String name, ForwardProblem problem, Convolutions convolutions) {
        super(name, problem, convolutions);
    }

    /**
     * Why a device can't run such tasks, in one plain line, or empty if it can.
     *
     * @param localBytes the most local memory of a group
     * @param group the work-items of a group of the convolution
     */
    static Optional<String> unsupported(TornadoDevice device, ForwardProblem problem, long localBytes, int group) {
        if (device.getDeviceLocalMemorySize() < localBytes) {
            return Optional.of("needs " + localBytes + " bytes of local memory, the device has "
                    + device.getDeviceLocalMemorySize());
        }
        int needed = Math.max(AttentionKernels.GROUP, Math.max(PoolKernels.GROUP, group));
        long largestGroup = Schedule.largestGroup(device);
        if (largestGroup < needed) {
            return Optional.of("needs work-groups of " + needed + ", the device takes at most " + largestGroup);
        }
        return (long) problem.batch() * problem.geometry().inPlanes() * PoolKernels.GROUP > Integer.MAX_VALUE
                ? Optional.of("too many input planes for one launch")
                : Optional.empty();
    }

    @Override
    void appendAttention(TaskGraph graph, FloatArray in) {
        int pixels = problem.height() * problem.width();
        graph.task(
                name + "Pool",
                PoolKernels::averageByGroup,
                context,
                in,
                attention().pooled(),
                pixels);
        attention().appendByGroupTo(graph, name, context);
    }

    @Override
    void addAttentionGrids(GridScheduler grids, String graph) {
        int planes = problem.batch() * problem.geometry().inPlanes();
        grids.addWorkerGrid(graph + "." + name + "Pool", WorkerGrids.groups(planes, PoolKernels.GROUP));
        attention().addGridByGroup(grids, graph, name);
    }
}
