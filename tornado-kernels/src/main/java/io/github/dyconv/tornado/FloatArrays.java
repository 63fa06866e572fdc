package io.github.dyconv.tornado;

import io.github.dyconv.Tensor;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Makes arrays, and checks their sizes: TornadoVM would take any that fits an int, and fail later. */
final class FloatArrays {
    private FloatArrays() {}

    /** A zeroed array. */
    static FloatArray zeros(int size) {
        FloatArray array = new FloatArray(size);
        array.init(0);
        return array;
    }

    /**
     * A zeroed array.
     *
     * @param what it is, for the message
     * @throws IllegalArgumentException if one array can't hold as much
     */
    static FloatArray zeros(String what, long rows, long columns) {
        return zeros(size(what, rows, columns));
    }

    /**
     * The number of elements.
     *
     * @param what the array is, for the message
     * @throws IllegalArgumentException if one array can't hold as many
     */
    static int size(String what, long rows, long columns) {
        long size = rows * columns;
        if (size > Tensor.MAX_ELEMENTS) {
            throw new IllegalArgumentException(what + ": " + rows + " x " + columns
                    + " elements are more than one array holds; use a smaller batch");
        }
        return (int) size;
    }
}
