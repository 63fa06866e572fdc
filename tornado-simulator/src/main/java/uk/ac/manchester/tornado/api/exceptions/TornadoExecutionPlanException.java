package uk.ac.manchester.tornado.api.exceptions;

/** A plan that could not be closed. */
public class TornadoExecutionPlanException extends Exception {

    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message what is wrong, with the values
     */
    public TornadoExecutionPlanException(String message) {
        super(message);
    }

    /**
     * Makes an exception.
     *
     * @param message what is wrong, with the values
     * @param cause what brought this about
     */
    public TornadoExecutionPlanException(String message, Throwable cause) {
        super(message, cause);
    }
}
