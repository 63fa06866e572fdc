package io.github.dyconv.examples;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What is wrong with a file, in words: the exceptions of {@code java.nio.file} often hold the name alone. */
public final class FileErrors {
    private FileErrors() {}

    /** One sentence that names the file. */
    static String text(IOException e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        return switch (e) {
            case FileSystemException named when named.getReason() != null -> message;
            case NoSuchFileException missing -> missing.getFile() + ": no such file";
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case FileSystemException other ->
                other.getFile() + ": " + other.getClass().getSimpleName();
            default -> message;
        };
    }

    /** The message with the file's name in front, unless it is there. */
    static String prefixed(Path file, String message) {
        return message.startsWith(file.toString()) ? message : file + ": " + message;
    }

    /** Wraps an exception that may not name its file. */
    static UsageException unreadable(Path file, IOException e) {
        return new UsageException(prefixed(file, text(e)), e);
    }

    /**
     * Checks, before anything is computed, that a file could be written.
     *
     * @param file may exist
     * @throws UsageException if it surely can't
     */
    public static void requireWritable(Path file) {
        if (Files.isDirectory(file)) {
            throw new UsageException(file + ": can't be written: it is a folder");
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.exists(folder)) {
            throw new UsageException(file + ": can't be written: there is no folder " + folder);
        }
        requireWritable(file, folder);
    }

    /**
     * Checks that files could be made in a folder, which may have to be made itself.
     *
     * @throws UsageException if they surely can't
     */
    static void requireWritableFolder(Path folder) {
        requireWritable(folder, folder);
    }

    private static void requireWritable(Path named, Path folder) {
        Path existing = folder.toAbsolutePath();
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing)) {
            throw new UsageException(named + ": can't be written: " + existing + " is not a folder");
        }
        if (!Files.isWritable(existing)) {
            throw new UsageException(named + ": can't be written: permission denied for " + existing);
        }
    }
}
