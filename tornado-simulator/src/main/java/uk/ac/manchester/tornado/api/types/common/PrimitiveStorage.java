package uk.ac.manchester.tornado.api.types.common;

import java.io.Serializable;
import java.nio.Buffer;

/**
 * What is stored as primitive values.
 *
 * @param <T> the kind of buffer that the values fit
 */
public interface PrimitiveStorage<T extends Buffer> extends Serializable {

    /**
     * Overwrites the values with those of a buffer.
     *
     * @param buffer the new values
     */
    void loadFromBuffer(T buffer);

    /**
     * Gives the values as a buffer.
     *
     * @return a buffer of the values
     */
    T asBuffer();

    /**
     * Tells the number of values.
     *
     * @return the number of values
     */
    int size();
}
