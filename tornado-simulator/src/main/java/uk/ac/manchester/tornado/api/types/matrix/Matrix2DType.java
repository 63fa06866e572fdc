package uk.ac.manchester.tornado.api.types.matrix;

abstract class Matrix2DType {

    /** The number of rows. */
    protected final int ROWS;

    /** The number of columns. */
    protected final int COLUMNS;

    Matrix2DType(int numRows, int numColumns) {
        this.ROWS = numRows;
        this.COLUMNS = numColumns;
    }

    /**
     * Tells the number of rows.
     *
     * @return the number of rows
     */
    public int getNumRows() {
        return ROWS;
    }

    /**
     * Tells the number of columns.
     *
     * @return the number of columns
     */
    public int getNumColumns() {
        return COLUMNS;
    }

    /** Sets all elements to zero. */
    public abstract void clear();
}
