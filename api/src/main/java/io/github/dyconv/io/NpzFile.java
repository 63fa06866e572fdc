package io.github.dyconv.io;

import io.github.dyconv.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;

/** An open NPZ file: an archive's entries {@code name.npy}; others are ignored. */
final class NpzFile extends TensorFile {
    static final String SUFFIX = ".npy";

    private final Archive archive;
    private final Map<String, ZipEntry> arrays = new LinkedHashMap<>();

    /** Takes over the archive. */
    NpzFile(Archive archive, ReadLimits limits) throws IOException {
        super(archive.file(), limits);
        this.archive = archive;
        archive.entries().forEach((name, entry) -> {
            if (name.endsWith(SUFFIX)) {
                arrays.put(name.substring(0, name.length() - SUFFIX.length()), entry);
            }
        });
    }

    @Override
    public String format() {
        return "NPZ";
    }

    @Override
    public Set<String> names() {
        return Collections.unmodifiableSet(arrays.keySet());
    }

    @Override
    public TensorInfo info(String name) throws IOException {
        try (InputStream in = archive.open(entry(name))) {
            return NpyHeader.read(in, place(name)).info();
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            throw place(name).failure(e);
        }
    }

    @Override
    public Tensor read(String name) throws IOException {
        ZipEntry entry = entry(name);
        Place place = place(name);
        CRC32 checksum = new CRC32();
        try (InputStream raw = archive.open(entry);
                InputStream in = new CheckedInputStream(raw, checksum)) {
            archive.requireThere(place, entry);
            NpyReader.Result array = new NpyReader(place, in, entry.getSize(), Archive.isStored(entry), left()).read();
            if (checksum.getValue() != entry.getCrc()) { // which ZipFile leaves to its users
                throw place.problem("damaged: its checksum is not the one that the archive tells");
            }
            used(array.bytes());
            return array.tensor();
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            throw place.failure(e);
        }
    }

    private ZipEntry entry(String name) {
        ZipEntry entry = arrays.get(name);
        if (entry == null) {
            throw unknown(name);
        }
        return entry;
    }

    @Override
    public void close() throws IOException {
        archive.close();
    }
}
