package uk.ac.manchester.tornado.api;

/** A grid of two dimensions. */
public class WorkerGrid2D extends AbstractWorkerGrid {

    /** The number of dimensions. */
    public static final int DIM = 2;

    /**
     * Makes a grid.
     *
     * @param x the number of work-items in the first dimension
     * @param y the number of work-items in the second dimension
     */
    public WorkerGrid2D(int x, int y) {
        super(x, y, 1);
    }

    @Override
    public int dimension() {
        return DIM;
    }
}
