package io.github.dyconv.io;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * A file, or an array in it: what messages of readers begin with.
 *
 * @param file as the caller named it
 * @param array the array's name, or null for the file as a whole
 */
public record Place(Path file, @Nullable String array) {
    /**
     * A file as a whole.
     *
     * @param file as the caller named it
     * @return the place
     */
    public static Place of(Path file) {
        return new Place(file, null);
    }

    /**
     * Something that is wrong there.
     *
     * @param text what is wrong
     * @return the exception to throw, whose message is one line
     */
    public FormatException problem(String text) {
        return array == null ? new FormatException(file, text) : new FormatException(file, array, text);
    }

    /**
     * Something that is wrong there.
     *
     * @param text what is wrong
     * @param cause how it was noticed
     * @return the exception to throw, whose message is one line
     */
    public FormatException problem(String text, Throwable cause) {
        FormatException failure = problem(text);
        failure.initCause(cause);
        return failure;
    }

    /** Decodes text; if it is not UTF-8, that is the problem. */
    String utf8(ByteBuffer bytes, String problem) throws FormatException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw problem(problem, e);
        }
    }

    /**
     * What any failure of the JDK's readers becomes: an exception of the same meaning whose message is one clear line.
     *
     * @param cause what went wrong
     * @return the exception to throw
     */
    public IOException failure(Throwable cause) {
        if (cause instanceof FormatException already) {
            return already;
        }
        IOException failure = switch (cause) {
            case NoSuchFileException e -> new NoSuchFileException(file.toString(), null, "no such file");
            case AccessDeniedException e -> new AccessDeniedException(file.toString(), null, "permission denied");
            case FileSystemException e
            when e.getReason() != null -> new FileSystemException(file.toString(), null, e.getReason());
            case ZipException e -> problem("damaged, or not a zip archive: " + e.getMessage());
            case EOFException e -> problem("damaged: ends too early");
            case OutOfMemoryError e -> new IOException(line("not enough memory: " + text(e)));
            case IOException e -> new IOException(line(text(e)));
            default -> problem("damaged: " + text(cause));
        };
        failure.initCause(cause);
        return failure;
    }

    private String line(String text) {
        return FormatException.oneLine(file + ": " + (array == null ? "" : array + ": ") + text);
    }

    private static String text(Throwable e) {
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
