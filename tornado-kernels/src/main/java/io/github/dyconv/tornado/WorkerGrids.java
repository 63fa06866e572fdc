package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.WorkerGrid3D;

/** The launch grids of the {@code KernelContext} kernels: always whole groups, since TornadoVM drops a partial one silently. */
final class WorkerGrids {
    private WorkerGrids() {}

    /** For {@link PoolKernels#averageByGroup}: a group for each plane. */
    static WorkerGrid pool(int planes) {
        WorkerGrid grid = new WorkerGrid1D(Math.multiplyExact(planes, PoolKernels.GROUP));
        grid.setLocalWork(PoolKernels.GROUP, 1, 1);
        return grid;
    }

    /** For {@link ImplicitGemmKernels#implicitGemm}: a group for each tile. */
    static WorkerGrid implicitGemm(ConvolutionShape s) {
        int pixelTiles = Math.ceilDiv(s.outHeight() * s.outWidth(), ImplicitGemmKernels.TILE);
        int channelTiles = Math.ceilDiv(s.outPlanes() / s.groups(), ImplicitGemmKernels.TILE);
        int side = ImplicitGemmKernels.SIDE;
        WorkerGrid grid =
                new WorkerGrid3D(Math.multiplyExact(pixelTiles, side), channelTiles * side, s.batch() * s.groups());
        grid.setLocalWork(side, side, 1);
        return grid;
    }

    /** For {@link VectorConvolutionKernels}: large work-items, each a group of its own, which the cores take in turn. */
    static WorkerGrid oneItemPerGroup(int items) {
        WorkerGrid grid = new WorkerGrid1D(items);
        grid.setLocalWork(1, 1, 1);
        return grid;
    }
}
