package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import uk.ac.manchester.tornado.api.types.HalfFloat;

/**
 * An off-heap array of bytes, which a kernel reads and writes element by element. On a device of the simulator each
 * access is checked and counted; on the host an access outside the array throws {@link IndexOutOfBoundsException}.
 * Instances aren't safe for use by several threads.
 */
public final class ByteArray extends TornadoNativeArray {
    private static final ValueLayout.OfByte ELEMENT = ValueLayout.JAVA_BYTE;

    private final ArrayStorage storage;

    /**
     * Makes an array of zeros.
     *
     * @param numberOfElements the number of elements
     */
    public ByteArray(int numberOfElements) {
        this(ArrayStorage.allocate(numberOfElements, Byte.BYTES));
    }

    ByteArray(ArrayStorage storage) {
        this.storage = storage;
    }

    /**
     * Copies a Java array.
     *
     * @param values the elements
     * @return a new array with the same elements
     */
    public static ByteArray fromArray(byte[] values) {
        return fromSegment(MemorySegment.ofArray(values));
    }

    /**
     * Makes an array of the given elements.
     *
     * @param values the elements
     * @return a new array with these elements
     */
    public static ByteArray fromElements(byte... values) {
        return fromArray(values);
    }

    /**
     * Copies memory that holds elements and no header.
     *
     * @param segment the elements
     * @return a new array with the same elements
     */
    public static ByteArray fromSegment(MemorySegment segment) {
        return new ByteArray(ArrayStorage.copyOf(segment, Byte.BYTES));
    }

    /**
     * Wraps memory without copying it.
     *
     * @param segment {@link #ARRAY_HEADER} bytes for the header, which this call fills in, then the elements
     * @return an array that shares the segment's memory
     */
    public static ByteArray fromSegmentShallow(MemorySegment segment) {
        return new ByteArray(ArrayStorage.wrap(segment, Byte.BYTES));
    }

    /**
     * Copies what remains in a buffer, whose position stays as it is.
     *
     * @param buffer the elements
     * @return a new array with the same elements
     */
    public static ByteArray fromByteBuffer(ByteBuffer buffer) {
        return fromSegment(MemorySegment.ofBuffer(buffer));
    }

    /**
     * Sets all elements of an array. Inside a kernel it is a loop over the elements.
     *
     * @param array the array to fill
     * @param value the new value of each element
     */
    public static void initialize(ByteArray array, byte value) {
        array.init(value);
    }

    /**
     * Joins arrays.
     *
     * @param arrays the parts, in order
     * @return a new array with the elements of all parts
     */
    public static ByteArray concat(ByteArray... arrays) {
        return new ByteArray(ArrayStorage.concat(arrays, Byte.BYTES));
    }

    /**
     * Copies the elements to the heap.
     *
     * @return a new Java array
     */
    public byte[] toHeapArray() {
        return getSegment().toArray(ELEMENT);
    }

    /**
     * Writes one element.
     *
     * @param index the element's index
     * @param value the new value
     */
    public void set(int index, byte value) {
        storage.segment().set(ELEMENT, storage.offsetForWrite(index), value);
    }

    /**
     * Reads one element.
     *
     * @param index the element's index
     * @return the element
     */
    public byte get(int index) {
        return storage.segment().get(ELEMENT, storage.offsetForRead(index));
    }

    /**
     * Writes a 16-bit float over two bytes.
     *
     * @param index the index of the first byte
     * @param value the new value
     */
    public void setHalfFloat(int index, HalfFloat value) {
        storage.offsetForWrite(index + 1);
        storage.segment()
                .set(ValueLayout.JAVA_SHORT_UNALIGNED, storage.offsetForWrite(index), value.getHalfFloatValue());
    }

    /**
     * Reads a 16-bit float from two bytes.
     *
     * @param index the index of the first byte
     * @return the value
     */
    public HalfFloat getHalfFloat(int index) {
        storage.offsetForRead(index + 1);
        return new HalfFloat(storage.segment().get(ValueLayout.JAVA_SHORT_UNALIGNED, storage.offsetForRead(index)));
    }

    /** Sets all elements to zero. */
    @Override
    public void clear() {
        init((byte) 0);
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
    public void init(byte value) {
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
    public ByteArray slice(int offset, int length) {
        return fromSegment(storage.range(offset, length));
    }

    @Override
    ArrayStorage storage() {
        return storage;
    }
}
