package io.github.dyconv;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;

/**
 * A dense array of 32-bit floats outside the Java heap, in row-major (C) order: pictures are {@code [N, C, H, W]}.
 *
 * <p>The first element is aligned to 64 bytes, and {@value #HEADROOM} bytes in front of it belong to the tensor too, so
 * that a device whose arrays carry a header (TornadoVM) can use the memory without a copy.
 *
 * <p>Memory from {@link #zeros} and {@link #of} is freed by the garbage collector; memory from
 * {@link #allocate(Arena, int...)} when its arena closes. Like an array, a tensor is safe to read from many threads while
 * nobody writes it.
 */
public final class Tensor {
    /** Bytes in front of the first element that a device may use for a header of its own. */
    public static final int HEADROOM = 64;

    /** Elements in one tensor at most: TornadoVM's arrays and Java's are indexed by {@code int}, and carry a header. */
    public static final int MAX_ELEMENTS = Integer.MAX_VALUE - 64;

    private static final int ALIGNMENT = 64;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final MemorySegment storage;
    private final MemorySegment data;
    private final int[] shape;

    private Tensor(MemorySegment storage, long offset, int[] shape, int elements) {
        this.storage = storage;
        this.data = storage.asSlice(offset, (long) elements * Float.BYTES);
        this.shape = shape;
    }

    /**
     * A tensor of zeros, freed by the garbage collector.
     *
     * @param shape the dimensions, each at least 1; none for a scalar
     * @return the tensor
     * @throws IllegalArgumentException if a dimension is not positive or the product does not fit
     */
    public static Tensor zeros(int... shape) {
        return allocate(Arena.ofAuto(), shape);
    }

    /**
     * A tensor of zeros whose memory lives as long as {@code arena}.
     *
     * @param arena where the memory comes from
     * @param shape the dimensions, each at least 1; none for a scalar
     * @return the tensor
     * @throws IllegalArgumentException if a dimension is not positive or the product does not fit
     */
    public static Tensor allocate(Arena arena, int... shape) {
        int elements = Shapes.elements("shape", shape);
        MemorySegment storage = arena.allocate(HEADROOM + (long) elements * Float.BYTES, ALIGNMENT);
        return new Tensor(storage, HEADROOM, shape.clone(), elements);
    }

    /**
     * A tensor with a copy of {@code values}.
     *
     * @param values the elements in row-major order
     * @param shape the dimensions, each at least 1
     * @return the tensor
     * @throws IllegalArgumentException if the number of values is not the shape's
     */
    public static Tensor of(float[] values, int... shape) {
        if (Shapes.elements("shape", shape) != values.length) {
            throw new IllegalArgumentException(
                    "values: a shape of " + Shapes.text(shape) + " does not hold " + values.length + " values");
        }
        Tensor tensor = zeros(shape);
        MemorySegment.copy(values, 0, tensor.data, FLOAT, 0, values.length);
        return tensor;
    }

    /**
     * A view of memory that the caller owns; nothing is copied.
     *
     * @param memory native memory aligned to 4 bytes, exactly as long as the shape asks
     * @param shape the dimensions, each at least 1
     * @return the view
     * @throws IllegalArgumentException if the memory is on the heap, unaligned, or of another length
     */
    public static Tensor wrap(MemorySegment memory, int... shape) {
        int elements = Shapes.elements("shape", shape);
        if (!memory.isNative() || memory.address() % Float.BYTES != 0) {
            throw new IllegalArgumentException("memory: expected native memory aligned to 4 bytes, got " + memory);
        }
        if (memory.byteSize() != (long) elements * Float.BYTES) {
            throw new IllegalArgumentException("memory: a shape of " + Shapes.text(shape) + " takes "
                    + (long) elements * Float.BYTES + " bytes, got " + memory.byteSize());
        }
        return new Tensor(memory, 0, shape.clone(), elements);
    }

    /**
     * The dimensions.
     *
     * @return a copy
     */
    public int[] shape() {
        return shape.clone();
    }

    /**
     * The number of dimensions.
     *
     * @return 0 for a scalar
     */
    public int rank() {
        return shape.length;
    }

    /**
     * One dimension.
     *
     * @param axis 0 is the outermost
     * @return its length
     */
    public int dim(int axis) {
        return shape[axis];
    }

    /**
     * The number of elements.
     *
     * @return the product of the dimensions
     */
    public int size() {
        return (int) (data.byteSize() / Float.BYTES);
    }

    /**
     * Whether the shape is this one.
     *
     * @param expected the dimensions to compare with
     * @return true if all agree
     */
    public boolean hasShape(int... expected) {
        return Arrays.equals(shape, expected);
    }

    /**
     * One element.
     *
     * @param index one index per dimension
     * @return its value
     * @throws IndexOutOfBoundsException if an index is outside
     */
    public float get(int... index) {
        return data.getAtIndex(FLOAT, offset(index));
    }

    /**
     * Writes one element.
     *
     * @param value what to write
     * @param index one index per dimension
     * @throws IndexOutOfBoundsException if an index is outside
     * @throws IllegalArgumentException if the tensor is read-only
     */
    public void set(float value, int... index) {
        data.setAtIndex(FLOAT, offset(index), value);
    }

    private long offset(int[] index) {
        if (index.length != shape.length) {
            throw new IndexOutOfBoundsException(
                    "index: " + Shapes.text(index) + " does not fit the shape " + Shapes.text(shape));
        }
        long offset = 0;
        for (int axis = 0; axis < shape.length; axis++) {
            if (index[axis] < 0 || index[axis] >= shape[axis]) {
                throw new IndexOutOfBoundsException(
                        "index: " + Shapes.text(index) + " is outside the shape " + Shapes.text(shape));
            }
            offset = offset * shape[axis] + index[axis];
        }
        return offset;
    }

    /**
     * The elements' memory, in row-major order, without the headroom.
     *
     * @return the live memory, aligned to 64 bytes unless it is a view from {@link #wrap}
     */
    public MemorySegment segment() {
        return data;
    }

    /**
     * The elements' memory with some of the {@link #HEADROOM} in front, for devices whose arrays begin with a header.
     *
     * @param headerBytes how much of the headroom to include, at most {@link #HEADROOM}
     * @return the live memory, or empty for views from {@link #wrap} and read-only tensors, which have none to give
     */
    public Optional<MemorySegment> segmentWithHeader(int headerBytes) {
        long available = data.address() - storage.address();
        return available < headerBytes || data.isReadOnly()
                ? Optional.empty()
                : Optional.of(storage.asSlice(available - headerBytes, headerBytes + data.byteSize()));
    }

    /**
     * The same elements under another shape, sharing the memory.
     *
     * @param newShape dimensions with the same product
     * @return the view
     * @throws IllegalArgumentException if the product differs
     */
    public Tensor reshape(int... newShape) {
        int elements = Shapes.elements("shape", newShape);
        if (elements != size()) {
            throw new IllegalArgumentException(
                    "shape: " + Shapes.text(newShape) + " does not hold the " + size() + " elements of " + this);
        }
        return new Tensor(storage, data.address() - storage.address(), newShape.clone(), elements);
    }

    /**
     * A view of the same memory that can't be written through.
     *
     * @return the view
     */
    public Tensor asReadOnly() {
        return new Tensor(storage.asReadOnly(), data.address() - storage.address(), shape, size());
    }

    /**
     * A copy in memory of its own, freed by the garbage collector.
     *
     * @return the copy
     */
    public Tensor copy() {
        Tensor copy = zeros(shape);
        copy.data.copyFrom(data);
        return copy;
    }

    /**
     * Overwrites all elements with those of {@code source}.
     *
     * @param source a tensor of the same shape
     * @throws IllegalArgumentException if the shapes differ or this is read-only
     */
    public void copyFrom(Tensor source) {
        Shapes.require("source", shape, source, "");
        data.copyFrom(source.data);
    }

    /**
     * The elements on the heap.
     *
     * @return a copy in row-major order
     */
    public float[] toArray() {
        return data.toArray(FLOAT);
    }

    /** The shape, as {@code Tensor[2, 3, 4, 4]}. */
    @Override
    public String toString() {
        return "Tensor" + Shapes.text(shape);
    }
}
