package uk.ac.manchester.tornado.api;

/** A grid of three dimensions. */
public class WorkerGrid3D extends AbstractWorkerGrid {

    /** The number of dimensions. */
    public static final int DIM = 3;

    /**
     * Makes a grid.
     *
     * @param x the number of work-items in the first dimension
     * @param y the number of work-items in the second dimension
     * @param z the number of work-items in the third dimension
     */
    public WorkerGrid3D(int x, int y, int z) {
        super(x, y, z);
    }

    @Override
    public int dimension() {
        return DIM;
    }
}
