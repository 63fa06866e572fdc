package uk.ac.manchester.tornado.api.types.matrix;

import java.lang.foreign.MemorySegment;
import java.nio.Buffer;
import uk.ac.manchester.tornado.api.types.common.PrimitiveStorage;

/**
 * A matrix.
 *
 * @param <T> the kind of buffer that the values fit
 */
public interface TornadoMatrixInterface<T extends Buffer> extends PrimitiveStorage<T> {

    /**
     * Tells the size of the values.
     *
     * @return the number of bytes
     */
    long getNumBytes();

    /**
     * Tells the size with the header.
     *
     * @return the number of bytes with the header
     */
    long getNumBytesWithHeader();

    /**
     * Gives the memory of the elements.
     *
     * @return the memory without the header
     */
    MemorySegment getSegment();

    /**
     * Gives the whole memory.
     *
     * @return the memory, header first
     */
    MemorySegment getSegmentWithHeader();
}
