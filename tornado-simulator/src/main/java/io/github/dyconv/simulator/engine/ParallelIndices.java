package io.github.dyconv.simulator.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Follows the {@code @Parallel} loops of a kernel while they run one iteration after the other. Each iteration of the
 * innermost loop is a work-item; what runs between the loops counts as work-items of its own. So that a work-item's
 * indices can be told from its number later, each start of a loop is logged.
 */
final class ParallelIndices implements Launch.WorkItemNames {

    /** A run of work-items whose last index grows by a constant step. */
    private static final class Run {
        private final int firstWorkItem;
        private final int[] indices;
        private int step;

        Run(int firstWorkItem, int[] indices) {
            this.firstWorkItem = firstWorkItem;
            this.indices = indices;
        }
    }

    private static final int WARP_SIZE = 32;

    private final List<String> variables;
    private final int[] indices;
    private final List<Run> runs = new ArrayList<>();
    private int workItem = 1;
    private int trips;
    private long workItems;

    ParallelIndices(List<String> variables) {
        this.variables = variables;
        this.indices = new int[variables.size()];
        runs.add(new Run(workItem, new int[0]));
    }

    /** Begins a loop. */
    void start(int depth, int value) {
        indices[depth] = value;
        trips = 0;
        workItem++;
        runs.add(new Run(workItem, Arrays.copyOf(indices, depth + 1)));
    }

    /** Goes on to the next iteration of a loop. */
    void next(int depth, int value) {
        workItem++;
        trips++;
        if (depth == indices.length - 1) {
            workItems++;
            runs.getLast().step = value - indices[depth];
            indices[depth] = value;
        } else {
            indices[depth] = value;
            runs.add(new Run(workItem, Arrays.copyOf(indices, depth + 1)));
        }
    }

    boolean beginsWarp() {
        return trips % WARP_SIZE == 0;
    }

    int workItem() {
        return workItem;
    }

    /** How many iterations of the innermost loop have ended; 1 for a kernel without such loops. */
    long workItems() {
        return variables.isEmpty() ? 1 : workItems;
    }

    @Override
    public String nameOf(int number) {
        int low = 0;
        int high = runs.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (runs.get(middle).firstWorkItem <= number) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        Run run = runs.get(low);
        if (run.indices.length == 0) {
            return variables.isEmpty() ? "the only work-item" : "the code outside the @Parallel loops";
        }
        int[] at = run.indices.clone();
        at[at.length - 1] += (number - run.firstWorkItem) * run.step;
        StringBuilder name = new StringBuilder("work-item (");
        for (int i = 0; i < at.length; i++) {
            name.append(i == 0 ? "" : ", ")
                    .append(variables.get(i))
                    .append(" = ")
                    .append(at[i]);
        }
        return name.append(')').toString();
    }
}
