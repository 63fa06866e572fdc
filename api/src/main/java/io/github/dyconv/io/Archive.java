package io.github.dyconv.io;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** An open zip archive whose directory has been checked: not too many entries, no name twice. */
final class Archive implements Closeable {
    private final Path file;
    private final ZipFile zip;
    private final long fileBytes;
    private final Map<String, ZipEntry> entries;

    private Archive(Path file, ZipFile zip, ReadLimits limits) throws IOException {
        this.file = file;
        this.zip = zip;
        this.fileBytes = Files.size(file);
        this.entries = entries(file, zip, limits);
    }

    static Archive open(Path file, ReadLimits limits) throws IOException {
        TensorFile.requireRegular(file);
        ZipFile zip;
        try {
            zip = new ZipFile(file.toFile());
        } catch (ZipException e) {
            boolean encrypted = String.valueOf(e.getMessage()).contains("encrypted"); // the JDK tells it in words only
            Place place = Place.of(file);
            throw encrypted ? place.problem("is an encrypted zip archive; decrypt it first", e) : place.failure(e);
        } catch (IOException | IllegalArgumentException | OutOfMemoryError e) {
            throw Place.of(file).failure(e);
        }
        try {
            return new Archive(file, zip, limits);
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            zip.close();
            throw e;
        }
    }

    private static Map<String, ZipEntry> entries(Path file, ZipFile zip, ReadLimits limits) throws IOException {
        if (zip.size() > limits.maxEntries()) {
            throw new FormatException(
                    file, "has " + zip.size() + " entries, more than the limit of " + limits.maxEntries());
        }
        Map<String, ZipEntry> entries = new LinkedHashMap<>();
        try {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (entries.put(entry.getName(), entry) != null) { // which of the two would count, readers disagree
                    throw new FormatException(file, entry.getName(), "is in the archive twice");
                }
            }
        } catch (IllegalArgumentException e) {
            throw Place.of(file).failure(e);
        }
        return Collections.unmodifiableMap(entries);
    }

    Path file() {
        return file;
    }

    /** All entries by name, in the archive's order. */
    Map<String, ZipEntry> entries() {
        return entries;
    }

    /** Whether the entry is not compressed, so that its length, once {@link #requireThere} passed, is no mere promise. */
    static boolean isStored(ZipEntry entry) {
        return entry.getMethod() == ZipEntry.STORED;
    }

    /** Throws if the archive promises more of a stored entry than the whole file has. */
    void requireThere(Place place, ZipEntry entry) throws FormatException {
        if (isStored(entry) && entry.getSize() > fileBytes) {
            throw place.problem("the archive promises " + entry.getSize() + " bytes, more than the whole file has");
        }
    }

    InputStream open(ZipEntry entry) throws IOException {
        return zip.getInputStream(entry);
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
