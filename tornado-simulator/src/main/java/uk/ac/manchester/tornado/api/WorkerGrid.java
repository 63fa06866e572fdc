package uk.ac.manchester.tornado.api;

/** How many work-items a task runs, in up to three dimensions, and in groups of what size. */
public interface WorkerGrid {

    /** {@return the number of dimensions} */
    int dimension();

    /** {@return the number of work-items in each of the three dimensions} */
    long[] getGlobalWork();

    /** {@return the number of work-items per group in each of the three dimensions, or null if the device chooses} */
    long[] getLocalWork();

    /** {@return the number of groups in each of the three dimensions, or null if the device chooses} */
    long[] getNumberOfWorkgroups();

    /** {@return what is added to the global ids in each of the three dimensions} */
    long[] getGlobalOffset();

    /**
     * Sets the number of work-items.
     *
     * @param x the number in the first dimension
     * @param y the number in the second dimension
     * @param z the number in the third dimension
     */
    void setGlobalWork(long x, long y, long z);

    /**
     * Sets the size of the groups, which must divide the number of work-items.
     *
     * @param x the size in the first dimension
     * @param y the size in the second dimension
     * @param z the size in the third dimension
     */
    void setLocalWork(long x, long y, long z);

    /** Leaves the number of groups to the device. */
    void setNumberOfWorkgroupsToNull();

    /** Leaves the size of the groups to the device. */
    void setLocalWorkToNull();

    /**
     * Sets what is added to the global ids.
     *
     * @param x the offset in the first dimension
     * @param y the offset in the second dimension
     * @param z the offset in the third dimension
     */
    void setGlobalOffset(long x, long y, long z);
}
