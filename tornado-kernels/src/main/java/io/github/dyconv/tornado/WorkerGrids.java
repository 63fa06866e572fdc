package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.WorkerGrid3D;

/** The launch grids of the {@code KernelContext} kernels: always whole groups, since TornadoVM drops a partial one silently. */
final class WorkerGrids {
    private WorkerGrids() {}

    /** For {@link PoolKernels#averageByGroup} and {@link AttentionKernels#attentionByGroup}: a group for each plane or sample. */
    static WorkerGrid groups(int groups, int size) {
        WorkerGrid grid = new WorkerGrid1D(Math.multiplyExact(groups, size));
        grid.setLocalWork(size, 1, 1);
        return grid;
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
