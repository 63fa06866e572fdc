package uk.ac.manchester.tornado.api.exceptions;

/** A device that is not there. */
public class TornadoDeviceNotFound extends TornadoRuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes an exception.
     *
     * @param message what is wrong, with the values
     */
    public TornadoDeviceNotFound(String message) {
        super(message);
    }
}
