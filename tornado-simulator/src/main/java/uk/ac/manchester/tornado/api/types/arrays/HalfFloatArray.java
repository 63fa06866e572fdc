package uk.ac.manchester.tornado.api.types.arrays;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import uk.ac.manchester.tornado.api.types.HalfFloat;

/**
 * An off-heap array of 16-bit floats, which a kernel reads and writes element by element. On a device of the simulator each
 * access is checked and counted; on the host an access outside the array throws {@link IndexOutOfBoundsException}.
 * Instances aren't safe for use by several threads.
 */
public final class HalfFloatArray extends TornadoNativeArray {
    private static final ValueLayout.OfShort ELEMENT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private final ArrayStorage storage;

    /**
     * Makes an array of zeros.
     *
     * @param numberOfElements the number of elements
     */
    public HalfFloatArray(int numberOfElements) {
        this(ArrayStorage.allocate(numberOfElements, Short.BYTES));
    }

    HalfFloatArray(ArrayStorage storage) {
        this.storage = storage;
    }

    /**
     * Copies a Java array.
     *
     * @param values the elements
     * @return a new array with the same elements
     */
    public static HalfFloatArray fromArray(HalfFloat[] values) {
        HalfFloatArray array = new HalfFloatArray(values.length);
        for (int i = 0; i < values.length; i++) {
            array.set(i, values[i]);
        }
        return array;
    }

    /**
     * Makes an array of the given elements.
     *
     * @param values the elements
     * @return a new array with these elements
     */
    public static HalfFloatArray fromElements(HalfFloat... values) {
        return fromArray(values);
    }

    /**
     * Copies memory that holds elements and no header.
     *
     * @param segment the elements
     * @return a new array with the same elements
     */
    public static HalfFloatArray fromSegment(MemorySegment segment) {
        return new HalfFloatArray(ArrayStorage.copyOf(segment, Short.BYTES));
    }

    /**
     * Wraps memory without copying it.
     *
     * @param segment {@link #ARRAY_HEADER} bytes for the header, which this call fills in, then the elements
     * @return an array that shares the segment's memory
     */
    public static HalfFloatArray fromSegmentShallow(MemorySegment segment) {
        return new HalfFloatArray(ArrayStorage.wrap(segment, Short.BYTES));
    }

    /**
     * Sets all elements of an array. Inside a kernel it is a loop over the elements.
     *
     * @param array the array to fill
     * @param value the new value of each element
     */
    public static void initialize(HalfFloatArray array, HalfFloat value) {
        array.init(value);
    }

    /**
     * Joins arrays.
     *
     * @param arrays the parts, in order
     * @return a new array with the elements of all parts
     */
    public static HalfFloatArray concat(HalfFloatArray... arrays) {
        return new HalfFloatArray(ArrayStorage.concat(arrays, Short.BYTES));
    }

    /**
     * Copies the elements to the heap.
     *
     * @return a new Java array
     */
    public HalfFloat[] toHeapArray() {
        HalfFloat[] values = new HalfFloat[getSize()];
        for (int i = 0; i < values.length; i++) {
            values[i] = get(i);
        }
        return values;
    }

    /**
     * Copies the elements' bits to the heap.
     *
     * @return a new Java array of IEEE 754 binary16 bits
     */
    public short[] toShortArray() {
        return getSegment().toArray(ELEMENT);
    }

    /**
     * Writes one element.
     *
     * @param index the element's index
     * @param value the new value
     */
    public void set(int index, HalfFloat value) {
        storage.segment().set(ELEMENT, storage.offsetForWrite(index), value.getHalfFloatValue());
    }

    /**
     * Reads one element.
     *
     * @param index the element's index
     * @return the element
     */
    public HalfFloat get(int index) {
        return new HalfFloat(storage.segment().get(ELEMENT, storage.offsetForRead(index)));
    }

    /** Sets all elements to zero. */
    @Override
    public void clear() {
        init(new HalfFloat(0.0f));
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
    public void init(HalfFloat value) {
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
    public HalfFloatArray slice(int offset, int length) {
        return fromSegment(storage.range(offset, length));
    }

    @Override
    ArrayStorage storage() {
        return storage;
    }
}
