package uk.ac.manchester.tornado.api.exceptions;

/** More device memory was needed than there is. */
public class TornadoOutOfMemoryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message what is wrong, with the values
     */
    public TornadoOutOfMemoryException(String message) {
        super(message);
    }
}
