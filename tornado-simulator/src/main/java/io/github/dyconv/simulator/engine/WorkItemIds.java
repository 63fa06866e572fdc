package io.github.dyconv.simulator.engine;

/** Where a work-item is in its grid. */
public final class WorkItemIds {

    /** The only work-item of a grid of one. */
    public static final WorkItemIds FIRST = new WorkItemIds(GridShape.SINGLE, 0, 0);

    private final GridShape shape;
    private final int group;
    private final int local;

    WorkItemIds(GridShape shape, int group, int local) {
        this.shape = shape;
        this.group = group;
        this.local = local;
    }

    /**
     * Gives the index in the grid.
     *
     * @param axis 0, 1 or 2
     * @return the index
     */
    public int global(int axis) {
        return group(axis) * shape.localSize(axis) + local(axis) + shape.offset(axis);
    }

    /**
     * Gives the group's index.
     *
     * @param axis 0, 1 or 2
     * @return the index
     */
    public int group(int axis) {
        return shape.groupIndex(axis, group);
    }

    /**
     * Gives the index in the group.
     *
     * @param axis 0, 1 or 2
     * @return the index
     */
    public int local(int axis) {
        return shape.localIndex(axis, local);
    }

    /**
     * Gives the number of work-items.
     *
     * @param axis 0, 1 or 2
     * @return the number
     */
    public int globalSize(int axis) {
        return shape.globalSize(axis);
    }

    /**
     * Gives the number of work-items in a group.
     *
     * @param axis 0, 1 or 2
     * @return the number
     */
    public int localSize(int axis) {
        return shape.localSize(axis);
    }

    @Override
    public String toString() {
        return "work-item (global %s, group %s, local %s)"
                .formatted(
                        shape.format(global(0), global(1), global(2)),
                        shape.format(group(0), group(1), group(2)),
                        shape.format(local(0), local(1), local(2)));
    }
}
