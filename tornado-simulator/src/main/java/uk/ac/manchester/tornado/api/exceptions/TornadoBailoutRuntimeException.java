package uk.ac.manchester.tornado.api.exceptions;

/** A kernel that no device code could be made for. */
public class TornadoBailoutRuntimeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message what is wrong, with the values
     */
    public TornadoBailoutRuntimeException(String message) {
        super(message);
    }

    /**
     * Makes an exception.
     *
     * @param message what is wrong, with the values
     * @param cause what brought this about
     */
    public TornadoBailoutRuntimeException(String message, Exception cause) {
        super(message, cause);
    }
}
