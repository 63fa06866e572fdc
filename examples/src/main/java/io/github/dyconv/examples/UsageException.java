package io.github.dyconv.examples;

/** Wrong use of the command, or input that it can't take: told to the user in one line, exit code 2. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * What is wrong.
     *
     * @param message names the option or file, the value, and the rule
     */
    public UsageException(String message) {
        super(message);
    }

    /**
     * What is wrong, with what told us so.
     *
     * @param message names the option or file, the value, and the rule
     * @param cause shown with {@code --verbose} only
     */
    public UsageException(String message, Throwable cause) {
        super(message, cause);
    }
}
