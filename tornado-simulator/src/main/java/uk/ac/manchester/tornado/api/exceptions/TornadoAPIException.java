package uk.ac.manchester.tornado.api.exceptions;

/** A wrong use of TornadoVM's API. */
public class TornadoAPIException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message what is wrong, with the values
     * @param cause what brought this about
     */
    public TornadoAPIException(String message, Exception cause) {
        super(message, cause);
    }

    /**
     * Makes an exception.
     *
     * @param message what is wrong, with the values
     */
    public TornadoAPIException(String message) {
        super(message);
    }
}
