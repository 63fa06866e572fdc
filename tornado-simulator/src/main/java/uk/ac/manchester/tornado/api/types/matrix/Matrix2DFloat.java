package uk.ac.manchester.tornado.api.types.matrix;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** A matrix of floats, row after row. */
@SuppressWarnings("serial") // as in TornadoVM, native memory is not serialised
public final class Matrix2DFloat extends Matrix2DType implements TornadoMatrixInterface<FloatBuffer> {

    /** The elements, row after row. */
    private final FloatArray storage;

    /**
     * Wraps floats without copying them.
     *
     * @param rows the number of rows
     * @param columns the number of columns
     * @param array {@code rows * columns} floats
     */
    public Matrix2DFloat(int rows, int columns, FloatArray array) {
        super(rows, columns);
        this.storage = array;
    }

    /**
     * Makes a matrix of zeros.
     *
     * @param rows the number of rows
     * @param columns the number of columns
     */
    public Matrix2DFloat(int rows, int columns) {
        this(rows, columns, new FloatArray(rows * columns));
    }

    /**
     * Copies a Java matrix.
     *
     * @param matrix rows of equal length
     */
    public Matrix2DFloat(float[][] matrix) {
        this(matrix.length, matrix[0].length);
        for (int row = 0; row < ROWS; row++) {
            for (int column = 0; column < COLUMNS; column++) {
                set(row, column, matrix[row][column]);
            }
        }
    }

    /** Sets all elements to zero. */
    @Override
    public void clear() {
        storage.clear();
    }

    /**
     * Reads one element.
     *
     * @param i the row
     * @param j the column
     * @return the element
     */
    public float get(int i, int j) {
        return storage.get(i * COLUMNS + j);
    }

    /**
     * Writes one element.
     *
     * @param i the row
     * @param j the column
     * @param value the new value
     */
    public void set(int i, int j, float value) {
        storage.set(i * COLUMNS + j, value);
    }

    /**
     * Sets all elements.
     *
     * @param value the new value of each element
     */
    public void fill(float value) {
        storage.init(value);
    }

    /**
     * Copies this matrix.
     *
     * @return a new matrix with the same elements
     */
    public Matrix2DFloat duplicate() {
        return new Matrix2DFloat(ROWS, COLUMNS, FloatArray.fromSegment(storage.getSegment()));
    }

    @Override
    public String toString() {
        return "Matrix2DFloat <" + ROWS + " x " + COLUMNS + ">";
    }

    @Override
    public void loadFromBuffer(FloatBuffer buffer) {
        asBuffer().put(buffer);
    }

    @Override
    public FloatBuffer asBuffer() {
        return getSegment().asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    @Override
    public int size() {
        return storage.getSize();
    }

    @Override
    public long getNumBytes() {
        return storage.getNumBytesOfSegment();
    }

    @Override
    public long getNumBytesWithHeader() {
        return storage.getNumBytesOfSegmentWithHeader();
    }

    @Override
    public MemorySegment getSegment() {
        return storage.getSegment();
    }

    @Override
    public MemorySegment getSegmentWithHeader() {
        return storage.getSegmentWithHeader();
    }
}
