package uk.ac.manchester.tornado.api;

/** A grid of one dimension. */
public class WorkerGrid1D extends AbstractWorkerGrid {

    /** The number of dimensions. */
    public static final int DIM = 1;

    /**
     * Makes a grid.
     *
     * @param x the number of work-items in the first dimension
     */
    public WorkerGrid1D(int x) {
        super(x, 1, 1);
    }

    @Override
    public int dimension() {
        return DIM;
    }
}
