package uk.ac.manchester.tornado.api.types.vectors;

import java.nio.Buffer;
import uk.ac.manchester.tornado.api.types.common.PrimitiveStorage;

/**
 * A short vector.
 *
 * @param <T> the kind of buffer that the values fit
 */
public interface TornadoVectorsInterface<T extends Buffer> extends PrimitiveStorage<T> {

    /**
     * Tells the size of the values.
     *
     * @return the number of bytes
     */
    long getNumBytes();
}
