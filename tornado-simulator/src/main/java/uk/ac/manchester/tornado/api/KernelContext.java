package uk.ac.manchester.tornado.api;

import io.github.dyconv.simulator.engine.KernelRuntime;
import io.github.dyconv.simulator.engine.MirrorAccess;
import io.github.dyconv.simulator.engine.WorkItemIds;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * A work-item's view of the grid that it runs in. Kernels take one as a parameter; the host passes one as an argument
 * and each work-item sees its own ids in it.
 */
public class KernelContext implements ExecutionContext {

    static {
        MirrorAccess.registerContexts(KernelContext::new);
    }

    /** In the first dimension, the work-item's index in the grid. */
    public final Integer globalIdx;

    /** In the second dimension, the work-item's index in the grid. */
    public final Integer globalIdy;

    /** In the third dimension, the work-item's index in the grid. */
    public final Integer globalIdz;

    /** In the first dimension, the index of the work-item's group. */
    public final Integer groupIdx;

    /** In the second dimension, the index of the work-item's group. */
    public final Integer groupIdy;

    /** In the third dimension, the index of the work-item's group. */
    public final Integer groupIdz;

    /** In the first dimension, the work-item's index in its group. */
    public final Integer localIdx;

    /** In the second dimension, the work-item's index in its group. */
    public final Integer localIdy;

    /** In the third dimension, the work-item's index in its group. */
    public final Integer localIdz;

    /** In the first dimension, the number of work-items in the grid. */
    public final Integer globalGroupSizeX;

    /** In the second dimension, the number of work-items in the grid. */
    public final Integer globalGroupSizeY;

    /** In the third dimension, the number of work-items in the grid. */
    public final Integer globalGroupSizeZ;

    /** In the first dimension, the number of work-items in a group. */
    public final Integer localGroupSizeX;

    /** In the second dimension, the number of work-items in a group. */
    public final Integer localGroupSizeY;

    /** In the third dimension, the number of work-items in a group. */
    public final Integer localGroupSizeZ;

    private final KernelRuntime runtime;

    /** Makes the context that the host passes to a task. */
    public KernelContext() {
        this(WorkItemIds.FIRST, KernelRuntime.HOST);
    }

    private KernelContext(WorkItemIds ids, KernelRuntime runtime) {

        globalIdx = ids.global(0);
        globalIdy = ids.global(1);
        globalIdz = ids.global(2);
        groupIdx = ids.group(0);
        groupIdy = ids.group(1);
        groupIdz = ids.group(2);
        localIdx = ids.local(0);
        localIdy = ids.local(1);
        localIdz = ids.local(2);
        globalGroupSizeX = ids.globalSize(0);
        globalGroupSizeY = ids.globalSize(1);
        globalGroupSizeZ = ids.globalSize(2);
        localGroupSizeX = ids.localSize(0);
        localGroupSizeY = ids.localSize(1);
        localGroupSizeZ = ids.localSize(2);
        this.runtime = runtime;
    }

    @Override
    public void localBarrier() {
        runtime.localBarrier();
    }

    @Override
    public void globalBarrier() {
        runtime.globalBarrier();
    }

    @Override
    public int[] allocateIntLocalArray(int size) {
        return runtime.allocateLocal(int[].class, size);
    }

    @Override
    public long[] allocateLongLocalArray(int size) {
        return runtime.allocateLocal(long[].class, size);
    }

    @Override
    public float[] allocateFloatLocalArray(int size) {
        return runtime.allocateLocal(float[].class, size);
    }

    @Override
    public double[] allocateDoubleLocalArray(int size) {
        return runtime.allocateLocal(double[].class, size);
    }

    @Override
    public byte[] allocateByteLocalArray(int size) {
        return runtime.allocateLocal(byte[].class, size);
    }

    @Override
    public HalfFloat[] allocateHalfFloatLocalArray(int size) {
        return runtime.allocateLocal(HalfFloat[].class, size);
    }

    @Override
    public void atomicAdd(IntArray array, int index, int val) {
        runtime.atomically(array, index, () -> array.set(index, array.get(index) + val));
    }

    @Override
    public void atomicAdd(LongArray array, int index, long val) {
        runtime.atomically(array, index, () -> array.set(index, array.get(index) + val));
    }

    @Override
    public void atomicAdd(FloatArray array, int index, float val) {
        runtime.atomically(array, index, () -> array.set(index, array.get(index) + val));
    }

    @Override
    public void atomicAdd(DoubleArray array, int index, double val) {
        runtime.atomically(array, index, () -> array.set(index, array.get(index) + val));
    }

    @Override
    public void atomicAdd(int[] array, int index, int val) {
        runtime.atomically(array, index, () -> array[index] += val);
    }

    /**
     * Makes a lane's part of the sums of a matrix product.
     *
     * @param v the value of all elements
     * @return the fragment
     */
    public float[] mmaFragment(float v) {
        return runtime.matrices().fragment(v);
    }

    /**
     * Loads a lane's part of a 16 x 16 matrix from the beginning of a tile.
     *
     * @param aTile local memory, two FP16 numbers in an int, the first in the lower half; 16 rows of 8
     * @param wmmaK 16
     * @return the fragment
     */
    public HalfFloat[] mmaLoadA(int[] aTile, int wmmaK) {
        return mmaLoadA(aTile, wmmaK, 0);
    }

    /**
     * Loads a lane's part of a 16 x 16 matrix.
     *
     * @param aTile local memory, two FP16 numbers in an int, the first in the lower half; 16 rows of 8
     * @param wmmaK 16
     * @param byteOffset where the matrix begins, a multiple of 16
     * @return the fragment
     */
    public HalfFloat[] mmaLoadA(int[] aTile, int wmmaK, int byteOffset) {
        return runtime.matrices().loadA(aTile, wmmaK, byteOffset);
    }

    /**
     * Loads a lane's part of a 16 x 8 matrix from the beginning of a tile.
     *
     * @param bTile local memory, two FP16 numbers in an int, the first in the lower half; 16 rows of 4
     * @param wmmaK 16
     * @return the fragment
     */
    public HalfFloat[] mmaLoadB(int[] bTile, int wmmaK) {
        return mmaLoadB(bTile, wmmaK, 0);
    }

    /**
     * Loads a lane's part of a 16 x 8 matrix.
     *
     * @param bTile local memory, two FP16 numbers in an int, the first in the lower half; 16 rows of 4
     * @param wmmaK 16
     * @param byteOffset where the matrix begins, a multiple of 16
     * @return the fragment
     */
    public HalfFloat[] mmaLoadB(int[] bTile, int wmmaK, int byteOffset) {
        return runtime.matrices().loadB(bTile, wmmaK, byteOffset);
    }

    /**
     * Multiplies FP16 matrices and adds in FP32, the lanes of a warp together.
     *
     * @param fragA part of a 16 x 16 matrix
     * @param fragB part of a 16 x 8 matrix
     * @param fragC part of what is added
     * @param mmaShape the sizes
     * @return the part of the result
     */
    public float[] mma(HalfFloat[] fragA, HalfFloat[] fragB, float[] fragC, MMAShape mmaShape) {
        return runtime.matrices().multiply(fragA, fragB, fragC, mmaShape);
    }

    /**
     * Stores a 16 x 8 matrix.
     *
     * @param fragD part of the matrix
     * @param c where to, a matrix by rows
     * @param tileRow the row of the first element
     * @param tileCol the column of the first element
     * @param dimN columns of {@code c}
     */
    public void mmaStore(float[] fragD, FloatArray c, int tileRow, int tileCol, int dimN) {
        runtime.matrices().store(fragD, c, tileRow, tileCol, dimN);
    }
}
