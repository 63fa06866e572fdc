package io.github.dyconv.simulator.engine;

import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Matrix instructions, which the 32 lanes of a warp execute together. Matrices are distributed over the lanes; a lane's part,
 * a fragment, is only good for these methods.
 */
public interface MatrixUnit {
    /**
     * Makes a lane's part of a 16 x 8 matrix.
     *
     * @param value of all its elements
     * @return the fragment
     */
    float[] fragment(float value);

    /**
     * Loads a lane's part of a 16 x 16 matrix, 16 rows of 32 bytes.
     *
     * @param tile local memory, two numbers in an int
     * @param depth 16
     * @param byteOffset where the matrix begins
     * @return the fragment
     */
    HalfFloat[] loadA(int[] tile, int depth, int byteOffset);

    /**
     * Loads a lane's part of a 16 x 8 matrix, 16 rows of 16 bytes.
     *
     * @param tile local memory, two numbers in an int
     * @param depth 16
     * @param byteOffset where the matrix begins
     * @return the fragment
     */
    HalfFloat[] loadB(int[] tile, int depth, int byteOffset);

    /**
     * Multiplies and adds.
     *
     * @param a part of a 16 x 16 matrix
     * @param b part of a 16 x 8 matrix
     * @param c part of a 16 x 8 matrix
     * @param shape the sizes
     * @return the part of {@code a · b + c}
     */
    float[] multiply(HalfFloat[] a, HalfFloat[] b, float[] c, MMAShape shape);

    /**
     * Stores a 16 x 8 matrix.
     *
     * @param d part of the matrix
     * @param to global memory
     * @param row of its first element
     * @param column of its first element
     * @param columns from one row to the next in {@code to}
     */
    void store(float[] d, FloatArray to, int row, int column, int columns);
}
