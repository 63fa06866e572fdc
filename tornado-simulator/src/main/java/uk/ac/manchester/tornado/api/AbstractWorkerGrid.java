package uk.ac.manchester.tornado.api;

/** What the grids of one, two and three dimensions have in common. */
public abstract class AbstractWorkerGrid implements WorkerGrid {

    /** The number of work-items in each dimension. */
    protected long[] globalWork;

    /** The number of work-items per group in each dimension, or null. */
    protected long[] localWork;

    /** The number of groups in each dimension, or null. */
    protected long[] numOfWorkgroups;

    /** What is added to the global ids. */
    protected long[] globalOffset;

    /**
     * Makes a grid whose groups are left to the device.
     *
     * @param x the number of work-items in the first dimension
     * @param y the number of work-items in the second dimension
     * @param z the number of work-items in the third dimension
     */
    protected AbstractWorkerGrid(long x, long y, long z) {
        globalWork = new long[] {x, y, z};
        globalOffset = new long[3];
    }

    @Override
    public long[] getGlobalWork() {
        return globalWork;
    }

    @Override
    public long[] getLocalWork() {
        return localWork;
    }

    @Override
    public long[] getNumberOfWorkgroups() {
        return numOfWorkgroups;
    }

    @Override
    public long[] getGlobalOffset() {
        return globalOffset;
    }

    @Override
    public void setGlobalWork(long x, long y, long z) {
        globalWork = new long[] {x, y, z};
        countGroups();
    }

    @Override
    public void setLocalWork(long x, long y, long z) {
        localWork = new long[] {x, y, z};
        countGroups();
    }

    @Override
    public void setGlobalOffset(long x, long y, long z) {
        globalOffset = new long[] {x, y, z};
    }

    @Override
    public void setLocalWorkToNull() {
        localWork = null;
    }

    @Override
    public void setNumberOfWorkgroupsToNull() {
        numOfWorkgroups = null;
    }

    private void countGroups() {
        if (localWork != null) {
            numOfWorkgroups = new long[3];
            for (int axis = 0; axis < 3; axis++) {
                numOfWorkgroups[axis] = globalWork[axis] / localWork[axis];
            }
        }
    }
}
