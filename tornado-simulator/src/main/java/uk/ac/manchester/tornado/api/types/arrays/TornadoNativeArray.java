package uk.ac.manchester.tornado.api.types.arrays;

import io.github.dyconv.simulator.engine.MirrorAccess;
import java.lang.foreign.MemorySegment;

/**
 * The base of the off-heap arrays that are passed to kernels. An array's memory starts with a header, whose first four
 * bytes hold the number of elements; the elements follow.
 */
public abstract class TornadoNativeArray {

    /** The size of the header in bytes, 16 unless the system property {@code tornado.panama.objectHeader} says otherwise. */
    public static final long ARRAY_HEADER = Long.getLong("tornado.panama.objectHeader", 16L);

    static {
        MirrorAccess.registerArrays(new DeviceArrays());
    }

    /** For the array classes. */
    public TornadoNativeArray() {}

    /**
     * Tells the number of elements.
     *
     * @return the number of elements
     */
    public abstract int getSize();

    /**
     * Gives the memory of the elements.
     *
     * @return a view of this array's memory without the header
     */
    public abstract MemorySegment getSegment();

    /**
     * Gives the whole memory.
     *
     * @return a view of this array's memory, header first
     */
    public abstract MemorySegment getSegmentWithHeader();

    /**
     * Tells the size with the header.
     *
     * @return the number of bytes of {@link #getSegmentWithHeader()}
     */
    public abstract long getNumBytesOfSegmentWithHeader();

    /**
     * Tells the size without the header.
     *
     * @return the number of bytes of {@link #getSegment()}
     */
    public abstract long getNumBytesOfSegment();

    /** Sets all elements to zero. */
    protected void clear() {
        getSegment().fill((byte) 0);
    }

    /**
     * Tells the size of one element.
     *
     * @return the number of bytes per element
     */
    public abstract int getElementSize();

    ArrayStorage storage() {
        throw new UnsupportedOperationException("an array class that the simulator does not know");
    }
}
