package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.LongBuffer;

/**
 * An off-heap array of longs, which a kernel reads and writes element by element. On a device of the simulator each
 * access is checked and counted; on the host an access outside the array throws {@link IndexOutOfBoundsException}.
 * Instances aren't safe for use by several threads.
 */
public final class LongArray extends TornadoNativeArray {
    private static final ValueLayout.OfLong ELEMENT = ValueLayout.JAVA_LONG_UNALIGNED;

    private final ArrayStorage storage;

    /**
     * Makes an array of zeros.
     *
     * @param numberOfElements the number of elements
     */
    public LongArray(int numberOfElements) {
        this(ArrayStorage.allocate(numberOfElements, Long.BYTES));
    }

    LongArray(ArrayStorage storage) {
        this.storage = storage;
    }

    /**
     * Copies a Java array.
     *
     * @param values the elements
     * @return a new array with the same elements
     */
    public static LongArray fromArray(long[] values) {
        return fromSegment(MemorySegment.ofArray(values));
    }

    /**
     * Makes an array of the given elements.
     *
     * @param values the elements
     * @return a new array with these elements
     */
    public static LongArray fromElements(long... values) {
        return fromArray(values);
    }

    /**
     * Copies memory that holds elements and no header.
     *
     * @param segment the elements
     * @return a new array with the same elements
     */
    public static LongArray fromSegment(MemorySegment segment) {
        return new LongArray(ArrayStorage.copyOf(segment, Long.BYTES));
    }

    /**
     * Wraps memory without copying it.
     *
     * @param segment {@link #ARRAY_HEADER} bytes for the header, which this call fills in, then the elements
     * @return an array that shares the segment's memory
     */
    public static LongArray fromSegmentShallow(MemorySegment segment) {
        return new LongArray(ArrayStorage.wrap(segment, Long.BYTES));
    }

    /**
     * Copies what remains in a buffer, whose position stays as it is.
     *
     * @param buffer the elements
     * @return a new array with the same elements
     */
    public static LongArray fromLongBuffer(LongBuffer buffer) {
        return fromSegment(MemorySegment.ofBuffer(buffer));
    }

    /**
     * Sets all elements of an array. Inside a kernel it is a loop over the elements.
     *
     * @param array the array to fill
     * @param value the new value of each element
     */
    public static void initialize(LongArray array, long value) {
        array.init(value);
    }

    /**
     * Joins arrays.
     *
     * @param arrays the parts, in order
     * @return a new array with the elements of all parts
     */
    public static LongArray concat(LongArray... arrays) {
        return new LongArray(ArrayStorage.concat(arrays, Long.BYTES));
    }

    /**
     * Copies the elements to the heap.
     *
     * @return a new Java array
     */
    public long[] toHeapArray() {
        return getSegment().toArray(ELEMENT);
    }

    /**
     * Writes one element.
     *
     * @param index the element's index
     * @param value the new value
     */
    public void set(int index, long value) {
        storage.segment().set(ELEMENT, storage.offsetForWrite(index), value);
    }

    /**
     * Reads one element.
     *
     * @param index the element's index
     * @return the element
     */
    public long get(int index) {
        return storage.segment().get(ELEMENT, storage.offsetForRead(index));
    }

    /** Sets all elements to zero. */
    @Override
    public void clear() {
        init(0L);
    }

    @Override
    public int getElementSize() {
        return storage.elementBytes();
    }

    /**
     * Sets all elements.
     *
     * @param value the new value of each element
     */
    public void init(long value) {
        for (int i = 0; i < getSize(); i++) {
            set(i, value);
        }
    }

    @Override
    public int getSize() {
        return storage.size();
    }

    @Override
    public MemorySegment getSegment() {
        return storage.elements();
    }

    @Override
    public MemorySegment getSegmentWithHeader() {
        return storage.segment();
    }

    @Override
    public long getNumBytesOfSegmentWithHeader() {
        return storage.segment().byteSize();
    }

    @Override
    public long getNumBytesOfSegment() {
        return storage.segment().byteSize() - ARRAY_HEADER;
    }

    /**
     * Copies a part of this array.
     *
     * @param offset the index of the part's first element
     * @param length the part's number of elements
     * @return a new array
     * @throws IllegalArgumentException if the part reaches outside this array
     */
    public LongArray slice(int offset, int length) {
        return fromSegment(storage.range(offset, length));
    }

    @Override
    ArrayStorage storage() {
        return storage;
    }
}
