package uk.ac.manchester.tornado.api.exceptions;

/** A kernel that did not compile. */
public class TornadoCompilationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message what is wrong, with the values
     */
    public TornadoCompilationException(String message) {
        super(message);
    }
}
