package io.github.dyconv;

/**
 * A device that was asked for is not there or can't do what was asked (a refusal), or it failed while compiling or running
 * (with the cause).
 */
public class DeviceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A refusal with its reasons.
     *
     * @param message one line
     */
    public DeviceException(String message) {
        super(message);
    }

    /**
     * A failure with its cause.
     *
     * @param message one line
     * @param cause what the device's runtime threw
     */
    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * Whether the device refused, rather than failed.
     *
     * @return true if there is no cause
     */
    public boolean isRefusal() {
        return getCause() == null;
    }
}
