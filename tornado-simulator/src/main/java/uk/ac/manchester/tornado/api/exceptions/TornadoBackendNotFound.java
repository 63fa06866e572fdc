package uk.ac.manchester.tornado.api.exceptions;

/** A backend that is not there. */
public class TornadoBackendNotFound extends TornadoRuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message what is wrong, with the values
     */
    public TornadoBackendNotFound(String message) {
        super(message);
    }
}
