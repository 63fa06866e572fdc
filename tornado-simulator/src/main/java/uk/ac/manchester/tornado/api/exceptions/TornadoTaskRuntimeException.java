package uk.ac.manchester.tornado.api.exceptions;

/** A task that cannot be added to its graph. */
public class TornadoTaskRuntimeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message what is wrong, with the values
     */
    public TornadoTaskRuntimeException(String message) {
        super(message);
    }

    /**
     * Makes an exception.
     *
     * @param message what is wrong, with the values
     * @param cause what brought this about
     */
    public TornadoTaskRuntimeException(String message, Exception cause) {
        super(message, cause);
    }
}
