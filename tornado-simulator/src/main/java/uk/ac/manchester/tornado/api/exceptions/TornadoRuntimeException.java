package uk.ac.manchester.tornado.api.exceptions;

/** A task graph or a plan that cannot be run as it is. */
public class TornadoRuntimeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message what is wrong, with the values
     */
    public TornadoRuntimeException(String message) {
        super(message);
    }

    /**
     * Makes an exception.
     *
     * @param cause what brought this about
     */
    public TornadoRuntimeException(Exception cause) {
        super(cause);
    }
}
