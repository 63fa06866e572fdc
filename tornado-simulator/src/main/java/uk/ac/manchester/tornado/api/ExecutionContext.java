package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/** What a kernel may ask of its work-group. */
public interface ExecutionContext {

    /** Waits until every work-item of the group is here; orders their accesses to local memory. */
    void localBarrier();

    /** Waits until every work-item of the group is here; orders their accesses to global memory. */
    void globalBarrier();

    /**
     * Allocates memory that the group shares. Every work-item of the group gets the same array.
     *
     * @param size the number of elements, the same in every work-item
     * @return the array, with undefined contents
     */
    int[] allocateIntLocalArray(int size);

    /**
     * Allocates memory that the group shares. Every work-item of the group gets the same array.
     *
     * @param size the number of elements, the same in every work-item
     * @return the array, with undefined contents
     */
    long[] allocateLongLocalArray(int size);

    /**
     * Allocates memory that the group shares. Every work-item of the group gets the same array.
     *
     * @param size the number of elements, the same in every work-item
     * @return the array, with undefined contents
     */
    float[] allocateFloatLocalArray(int size);

    /**
     * Allocates memory that the group shares. Every work-item of the group gets the same array.
     *
     * @param size the number of elements, the same in every work-item
     * @return the array, with undefined contents
     */
    double[] allocateDoubleLocalArray(int size);

    /**
     * Allocates memory that the group shares. Every work-item of the group gets the same array.
     *
     * @param size the number of elements, the same in every work-item
     * @return the array, with undefined contents
     */
    byte[] allocateByteLocalArray(int size);

    /**
     * Allocates memory that the group shares. Every work-item of the group gets the same array.
     *
     * @param size the number of elements, the same in every work-item
     * @return the array, with undefined contents
     */
    HalfFloat[] allocateHalfFloatLocalArray(int size);

    /**
     * Adds to an element in one step that other work-items can't come between.
     *
     * @param array the array
     * @param index the element's index
     * @param val what to add
     */
    void atomicAdd(IntArray array, int index, int val);

    /**
     * Adds to an element in one step that other work-items can't come between.
     *
     * @param array the array
     * @param index the element's index
     * @param val what to add
     */
    void atomicAdd(LongArray array, int index, long val);

    /**
     * Adds to an element in one step that other work-items can't come between.
     *
     * @param array the array
     * @param index the element's index
     * @param val what to add
     */
    void atomicAdd(FloatArray array, int index, float val);

    /**
     * Adds to an element in one step that other work-items can't come between.
     *
     * @param array the array
     * @param index the element's index
     * @param val what to add
     */
    void atomicAdd(DoubleArray array, int index, double val);

    /**
     * Adds to an element in one step that other work-items can't come between.
     *
     * @param array the array
     * @param index the element's index
     * @param val what to add
     */
    void atomicAdd(int[] array, int index, int val);
}
