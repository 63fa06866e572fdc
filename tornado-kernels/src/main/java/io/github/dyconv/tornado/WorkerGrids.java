package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.Optional;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.WorkerGrid3D;

/** The launch grids of the {@code KernelContext} kernels: always whole groups, since TornadoVM drops a partial one silently. */
public final class WorkerGrids {
    /** CUDA's limit for a grid's second and third dimensions; TornadoVM's PTX back end drops groups beyond it silently. */
    static final int MOST_GROUPS_ALONG_Z = 65_535;

    /** Groups for each compute unit of a processor, so that all finish at about the same time. */
    private static final int GROUPS_PER_UNIT = 8;

    /** Work-items that every device takes in a group, and enough that starting one costs little. */
    private static final int LARGEST_GROUP = 64;

    private WorkerGrids() {}

    /**
     * Work-items of a group on a processor, whose compute units share work by groups: without a size, drivers may make a
     * single group of all, which one unit runs.
     *
     * @param items work-items
     * @param computeUnits of the device
     * @return a divisor of the work-items
     */
    public static int itemsPerGroup(int items, int computeUnits) {
        int size = Math.clamp(items / Math.multiplyExact(GROUPS_PER_UNIT, computeUnits), 1, LARGEST_GROUP);
        while (items % size != 0) {
            size--;
        }
        return size;
    }

    /** For kernels that give a plane or sample to each work-item, on processors. */
    static WorkerGrid shared(int items, int computeUnits) {
        return groups(items / itemsPerGroup(items, computeUnits), itemsPerGroup(items, computeUnits));
    }

    /** For {@link PoolKernels#averageByGroup} and {@link AttentionKernels#attentionByGroup}: a group for each plane or sample. */
    static WorkerGrid groups(int groups, int size) {
        WorkerGrid grid = new WorkerGrid1D(Math.multiplyExact(groups, size));
        grid.setLocalWork(size, 1, 1);
        return grid;
    }

    /**
     * Why there can't be a group for each tile, in one plain line, or empty if there can. Splits don't count: there are some only
     * where groups are fewer than compute units.
     */
    static Optional<String> tilesUnsupported(ForwardProblem problem) {
        long groups = (long) problem.batch() * problem.geometry().groups();
        return groups > MOST_GROUPS_ALONG_Z
                ? Optional.of("batch times groups is " + groups + ", a launch takes at most " + MOST_GROUPS_ALONG_Z)
                : Optional.empty();
    }

    /** For {@link ImplicitGemmKernels#implicitGemm}: a group for each tile and split. */
    static WorkerGrid implicitGemm(ConvolutionTile t) {
        int group = ImplicitGemmKernels.GROUP;
        WorkerGrid grid = new WorkerGrid3D(
                Math.multiplyExact(t.pixelTiles(), group),
                t.channelTiles(),
                t.splits() * t.shape().batch() * t.shape().groups());
        grid.setLocalWork(group, 1, 1);
        return grid;
    }

    /** For {@link HalfKernels#multiply}: a group for each tile and split. */
    static WorkerGrid tensorCores(HalfTile t) {
        WorkerGrid grid = new WorkerGrid3D(
                Math.multiplyExact(t.pixelTiles(), HalfTile.GROUP),
                t.channelTiles(),
                t.splits() * t.shape().batch() * t.shape().groups());
        grid.setLocalWork(HalfTile.GROUP, 1, 1);
        return grid;
    }

    /** For {@link VectorConvolutionKernels}: large work-items, each a group of its own, which the cores take in turn. */
    static WorkerGrid oneItemPerGroup(int items) {
        WorkerGrid grid = new WorkerGrid1D(items);
        grid.setLocalWork(1, 1, 1);
        return grid;
    }
}
