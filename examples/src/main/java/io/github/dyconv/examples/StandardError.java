package io.github.dyconv.examples;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;

/**
 * Takes standard error back from the launcher.
 *
 * <p>A JVM that uses the Vector API prints {@code WARNING: Using incubator modules} before any of our code runs, and no
 * option stops it. So the launcher starts the JVM with file descriptor 2 on a filter that drops this one line, keeps
 * the real standard error under another number, and names that in the system property {@value #PROPERTY}. Once the JVM
 * is up, the filter is in the way: it would delay what is written to it past the end of the process.
 */
final class StandardError {

    private static final String PROPERTY = "dyconv.stderr";

    private StandardError() {}

    /** The number of the real standard error. */
    static int descriptor() {
        return Integer.getInteger(PROPERTY, 2);
    }

    /** Lets {@link System#err} write to the descriptor that the launcher kept; does nothing without the launcher. */
    static void takeBack() {
        Integer number = Integer.getInteger(PROPERTY);
        if (number == null) {
            return;
        }
        try {
            // The constructor is private; the launcher opens java.io to this program.
            var constructor = FileDescriptor.class.getDeclaredConstructor(int.class);
            constructor.setAccessible(true);
            var stream = new FileOutputStream(constructor.newInstance(number));
            System.setErr(new PrintStream(stream, true, System.err.charset()));
        } catch (ReflectiveOperationException | RuntimeException e) {
            // The filter passes everything else on, so nothing is lost by staying on it.
            System.getLogger(StandardError.class.getName())
                    .log(System.Logger.Level.DEBUG, "standard error stays on the launcher's filter", e);
        }
    }
}
