package io.github.dyconv.tornado;

import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;

/**
 * Tasks in a task graph with what {@link TornadoPlan} does for them: parameters sent when they changed, of which there are none
 * unless a subclass tells, and grids.
 */
abstract class GraphPart {
    /** The parameters' ways to the device, in the order of {@link #changes()}. */
    List<Upload> uploads() {
        return List.of();
    }

    /**
     * Prepares the parameters that changed since the last call for the device.
     *
     * @return for each of {@link #uploads()}, whether it has to go
     */
    boolean[] changes() {
        return new boolean[0];
    }

    /** Makes the next {@link #changes()} report everything: after a failed upload. */
    void forget() {}

    /** Adds the grids of the tasks that need one, which belong to this task graph. */
    abstract void addGrids(GridScheduler grids, String graph);
}
