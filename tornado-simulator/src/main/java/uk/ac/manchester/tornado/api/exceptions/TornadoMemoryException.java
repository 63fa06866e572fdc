package uk.ac.manchester.tornado.api.exceptions;

/** Device memory that could not be used as asked. */
public class TornadoMemoryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message what is wrong, with the values
     */
    public TornadoMemoryException(String message) {
        super(message);
    }
}
