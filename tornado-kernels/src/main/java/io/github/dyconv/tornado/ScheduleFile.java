package io.github.dyconv.tornado;

import io.github.dyconv.io.AtomicFiles;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Measured schedules in a file of Java's properties: {@link ScheduleKey}s, the {@link MeasuredSchedule}s for them, and two more
 * keys, the format's number and how many entries there are, by which a part of a file is not taken for the whole.
 *
 * @param path where it is, or may be
 */
record ScheduleFile(Path path) {
    /** To be raised when what is written changes, or kernels change so that measurements no longer hold. */
    private static final String FORMAT = "1";

    private static final String FORMAT_KEY = "format";
    private static final String COUNT_KEY = "entries";
    private static final String COMMENT = "Measured by 'dyconv tune'; may be deleted.";

    /**
     * Reads all entries.
     *
     * @return none if there is no such file
     * @throws IOException if it can't be read, or is none of ours, or of another version
     */
    Map<String, String> read() throws IOException {
        if (!Files.exists(path)) {
            return Map.of();
        }
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(path)) {
            properties.load(reader);
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw new IOException("the file is no text of Java's properties", e);
        }
        Map<String, String> entries = new TreeMap<>();
        properties.stringPropertyNames().forEach(key -> entries.put(key, properties.getProperty(key)));
        String format = entries.remove(FORMAT_KEY);
        if (!FORMAT.equals(format)) {
            throw new IOException(format == null ? "the file's end is missing" : "the file's format is not " + FORMAT);
        }
        if (!String.valueOf(entries.size() - 1).equals(entries.remove(COUNT_KEY))) {
            throw new IOException("entries of the file are missing");
        }
        return entries;
    }

    /**
     * Replaces the file, wholly or not at all, and makes its folder if need be.
     *
     * @throws IOException if that fails; an older file then stays as it was
     */
    void write(Map<String, String> entries) throws IOException {
        Properties properties = new Properties();
        properties.putAll(entries);
        properties.setProperty(FORMAT_KEY, FORMAT);
        properties.setProperty(COUNT_KEY, String.valueOf(entries.size()));
        StringWriter text = new StringWriter();
        properties.store(text, COMMENT);
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        AtomicFiles.write(path, out -> out.write(text.toString().getBytes(StandardCharsets.UTF_8)));
    }
}
