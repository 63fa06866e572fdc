package io.github.dyconv.simulator.engine;

import io.github.dyconv.simulator.KernelFault;
import io.github.dyconv.simulator.KernelFault.Kind;
import java.util.Arrays;
import uk.ac.manchester.tornado.api.WorkerGrid;

/** Checks grids, and chooses a group size where a grid leaves it open. */
final class Grids {

    private static final int CHOSEN_GROUP_SIZE = 256;

    private Grids() {}

    static GridShape shapeOf(String task, WorkerGrid grid, SimulatorOptions options) {
        int[] global = toInts(grid.getGlobalWork());
        int[] local = grid.getLocalWork() == null ? chosenLocalSize(global) : toInts(grid.getLocalWork());
        for (int axis = 0; axis < 3; axis++) {
            if (global[axis] < 1 || local[axis] < 1 || global[axis] % local[axis] != 0) {
                throw new KernelFault(
                        Kind.INVALID_GRID,
                        task,
                        "grid: the group size must divide the number of work-items, got global %s, local %s"
                                .formatted(Arrays.toString(global), Arrays.toString(local)));
            }
        }
        long groupSize = (long) local[0] * local[1] * local[2];
        if (groupSize > options.maxGroupSize()) {
            throw new KernelFault(
                    Kind.INVALID_GRID,
                    task,
                    "grid: at most %d work-items fit in a group, got %d, local %s"
                            .formatted(options.maxGroupSize(), groupSize, Arrays.toString(local)));
        }
        return new GridShape(grid.dimension(), global, local, toInts(grid.getGlobalOffset()));
    }

    /** The greatest power of two up to 256 that divides the first size, so that every grid can run. */
    private static int[] chosenLocalSize(int[] global) {
        return new int[] {Math.min(CHOSEN_GROUP_SIZE, Math.max(1, Integer.lowestOneBit(global[0]))), 1, 1};
    }

    private static int[] toInts(long[] sizes) {
        return Arrays.stream(sizes).mapToInt(Math::toIntExact).toArray();
    }
}
