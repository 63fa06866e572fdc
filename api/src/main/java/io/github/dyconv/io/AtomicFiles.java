package io.github.dyconv.io;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Writes files so that nobody ever sees a part of one: into a temporary file in the same folder, which then takes the
 * place of the target. If anything fails, or the JVM is interrupted, the temporary file is deleted and an older file stays
 * as it was.
 *
 * <p>A symbolic link is followed. What can't be replaced, such as {@code /dev/stdout}, is written to directly. Safe for
 * many threads.
 */
public final class AtomicFiles {
    private static final Set<Path> IN_PROGRESS = ConcurrentHashMap.newKeySet();

    static {
        Thread cleaner = new Thread(() -> IN_PROGRESS.forEach(AtomicFiles::deleteQuietly), "dyconv-temporary-files");
        try {
            Runtime.getRuntime().addShutdownHook(cleaner);
        } catch (IllegalStateException e) { // first used while the JVM shuts down: nothing will interrupt it again
            System.getLogger(AtomicFiles.class.getName()).log(System.Logger.Level.DEBUG, "no clean-up at exit", e);
        }
    }

    /** Makes the content of a file. */
    @FunctionalInterface
    public interface Content {
        /**
         * Writes all of it.
         *
         * @param out a buffered stream; closing it is not needed and does no harm
         * @throws IOException if that fails; the file is then not written
         */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * What content is written to. Closing it does not close the file: content often goes through a stream that closes the
     * one below it, a zip archive's for example. Failures name the file.
     */
    private static final class Target extends FilterOutputStream {
        private final Place place;

        Target(Path file, OutputStream out) {
            super(out);
            this.place = Place.of(file);
        }

        @Override
        public void write(int value) throws IOException {
            try {
                out.write(value);
            } catch (IOException e) {
                throw place.failure(e);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                throw place.failure(e);
            }
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException e) {
                throw place.failure(e);
            }
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }

    private AtomicFiles() {}

    /**
     * Writes a file wholly or not at all.
     *
     * @param file replaced if it exists; its folder must exist
     * @param content called once; whatever it throws is thrown on
     * @throws IOException if the file can't be written; one line that begins with the file's name
     */
    public static void write(Path file, Content content) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "is a folder");
        }
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new NoSuchFileException(file.toString(), null, "its folder does not exist");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            try (OutputStream out = Files.newOutputStream(file)) {
                writeAll(file, content, out);
            }
        } else {
            replace(file, Files.exists(file) ? file.toRealPath() : file.toAbsolutePath(), content);
        }
    }

    private static void replace(Path file, Path target, Content content) throws IOException {
        String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        Path temporary = target.resolveSibling(".dyconv-" + random + ".tmp");
        IN_PROGRESS.add(temporary);
        try {
            try (FileChannel channel =
                            FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                    OutputStream out = Channels.newOutputStream(channel)) {
                writeAll(file, content, out);
                channel.force(true); // else a power cut could leave the new name with the content missing
            }
            move(temporary, target);
        } catch (FileSystemException e) {
            throw temporary.toString().equals(e.getFile()) ? Place.of(file).failure(e) : e;
        } finally {
            deleteQuietly(temporary);
            IN_PROGRESS.remove(temporary);
        }
    }

    private static void writeAll(Path file, Content content, OutputStream out) throws IOException {
        Target target = new Target(file, new BufferedOutputStream(out));
        content.writeTo(target);
        target.flush();
    }

    private static void move(Path temporary, Path target) throws IOException {
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void deleteQuietly(Path temporary) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            System.getLogger(AtomicFiles.class.getName())
                    .log(System.Logger.Level.WARNING, "could not delete " + temporary, e);
        }
    }
}
