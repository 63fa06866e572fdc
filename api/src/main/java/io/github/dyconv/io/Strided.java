package io.github.dyconv.io;

import io.github.dyconv.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Arrays whose elements do not lie in row-major order. */
final class Strided {
    private Strided() {}

    /** The strides of an array that lies in row-major order; those of dimensions 1 say nothing. */
    static long[] rowMajor(int... shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int axis = shape.length - 1; axis >= 0; axis--) {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        return strides;
    }

    /** The strides of an array whose first axis is the fastest. */
    static long[] columnMajor(int... shape) {
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int axis = 0; axis < shape.length; axis++) {
            strides[axis] = stride;
            stride *= shape[axis];
        }
        return strides;
    }

    /**
     * Copies elements into row-major order.
     *
     * @param from holds the element at index (i, j, …) at i · strides[0] + j · strides[1] + …
     */
    static Tensor gather(Tensor from, int[] shape, long[] strides) {
        Tensor result = Tensor.zeros(shape);
        MemorySegment source = from.segment();
        MemorySegment target = result.segment();
        int[] index = new int[shape.length];
        long at = 0;
        for (int i = 0; i < result.size(); i++) {
            target.setAtIndex(ValueLayout.JAVA_FLOAT, i, source.getAtIndex(ValueLayout.JAVA_FLOAT, at));
            // Counts up as an odometer, last axis first, and keeps the source's offset in step.
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                at += strides[axis];
                if (++index[axis] < shape[axis]) {
                    break;
                }
                at -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }
        return result;
    }
}
