package uk.ac.manchester.tornado.api;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Assigns grids to tasks, which are named {@code graph.task}. */
public class GridScheduler {

    private final Map<String, WorkerGrid> grids = new LinkedHashMap<>();

    /** Makes a scheduler without grids. */
    public GridScheduler() {}

    /**
     * Makes a scheduler with one grid.
     *
     * @param taskName the task's name, {@code graph.task}
     * @param workerGrid its grid
     */
    public GridScheduler(String taskName, WorkerGrid workerGrid) {
        grids.put(taskName, workerGrid);
    }

    /**
     * Assigns a grid to a task.
     *
     * @param taskName the task's name, {@code graph.task}
     * @param workerGrid its grid
     */
    public void addWorkerGrid(String taskName, WorkerGrid workerGrid) {
        grids.put(taskName, workerGrid);
    }

    /**
     * Finds the grid of a task.
     *
     * @param taskName the task's name, {@code graph.task}
     * @return its grid, or null
     */
    public WorkerGrid get(String taskName) {
        return grids.get(taskName);
    }

    /**
     * Tells whether a task has a grid.
     *
     * @param taskScheduleName the graph's name
     * @param taskName the task's name in that graph
     * @return whether there is one
     */
    public boolean contains(String taskScheduleName, String taskName) {
        return grids.containsKey(taskScheduleName + "." + taskName);
    }

    /** {@return the names of the tasks that have a grid} */
    public Set<String> keySet() {
        return grids.keySet();
    }

    @Override
    public String toString() {
        return grids.toString();
    }
}
