package io.github.dyconv.io;

import java.util.List;

/**
 * What a file tells of a tensor before its data is read.
 *
 * @param dtype the element type as NumPy and PyTorch call it, such as {@code float32} or {@code int64}
 * @param shape the dimensions, each at least 0; none for a scalar
 */
public record TensorInfo(String dtype, List<Long> shape) {
    /** Keeps a copy of the dimensions. */
    public TensorInfo {
        shape = List.copyOf(shape);
    }

    /**
     * Whether {@link TensorFile#read} takes it.
     *
     * @return true for float16, bfloat16, float32 and float64 with at least one element
     */
    public boolean isReadable() {
        return FloatType.named(dtype).isPresent() && !shape.contains(0L);
    }

    /** The shape of one that may be read. */
    int[] dimensions() {
        return shape.stream().mapToInt(Long::intValue).toArray();
    }

    /** For example {@code [4, 16, 3, 3, 3] of float32}. */
    @Override
    public String toString() {
        return shape + " of " + dtype;
    }
}
