package io.github.dyconv.io;

import java.io.IOException;
import java.nio.file.Path;

/** A file that is not what it should be. The message is one line: the file, the array in it if there is one, the reason. */
public class FormatException extends IOException {
    private static final long serialVersionUID = 1L;
    private static final int MAX_NAME = 100;
    private static final int MAX_PROBLEM = 800;

    /**
     * Something is wrong with a file as a whole.
     *
     * @param file as the caller named it
     * @param problem what is wrong
     */
    public FormatException(Path file, String problem) {
        super(oneLine(file + ": " + shortened(problem, MAX_PROBLEM)));
    }

    /**
     * Something is wrong with one array of a file.
     *
     * @param file as the caller named it
     * @param array the array's name
     * @param problem what is wrong
     */
    public FormatException(Path file, String array, String problem) {
        super(oneLine(file + ": " + shortened(array) + ": " + shortened(problem, MAX_PROBLEM)));
    }

    /** A name from a file, not longer than is useful. */
    static String shortened(String name) {
        return shortened(name, MAX_NAME);
    }

    private static String shortened(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most) + "…";
    }

    /** Names come from files that anyone may have made: control characters in them must not reach a terminal or a log. */
    static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.isISOControl(c)
                                || Character.getType(c) == Character.LINE_SEPARATOR
                                || Character.getType(c) == Character.PARAGRAPH_SEPARATOR
                                || Character.getType(c) == Character.FORMAT
                        ? '?'
                        : c)
                .forEach(line::appendCodePoint);
        return line.toString();
    }
}
