package io.github.dyconv.io;

import io.github.dyconv.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Reads and writes NPZ, NumPy's file of named arrays: a zip archive with an entry {@code name.npy} for each, as
 * {@code numpy.savez} and {@code numpy.savez_compressed} write it. For what is read of each array, see {@link Npy}.
 *
 * <p>Entries of other names are ignored. The archive must lie on the default file system.
 */
public final class Npz {
    /** Fixed, so that equal arrays give equal bytes; in January 1980 the JDK would add the time zone. */
    private static final LocalDateTime TIMESTAMP = LocalDateTime.of(1980, 2, 1, 0, 0);

    private Npz() {}

    /**
     * Reads all arrays within {@link ReadLimits#DEFAULT}.
     *
     * @param file an NPZ file
     * @return an unmodifiable map from names, without {@code .npy}, in the file's order
     * @throws FormatException if the file is not an NPZ archive of floats
     * @throws IOException if the file can't be read
     */
    public static Map<String, Tensor> read(Path file) throws IOException {
        return read(file, name -> true, ReadLimits.DEFAULT);
    }

    /**
     * Reads some arrays within {@link ReadLimits#DEFAULT}.
     *
     * @param file an NPZ file
     * @param wanted says for each name, without {@code .npy}, whether to read it; the others may be anything
     * @return an unmodifiable map from names, in the file's order
     * @throws FormatException if the file is not an NPZ archive, or a wanted array is not one of floats
     * @throws IOException if the file can't be read
     */
    public static Map<String, Tensor> read(Path file, Predicate<String> wanted) throws IOException {
        return read(file, wanted, ReadLimits.DEFAULT);
    }

    /**
     * Reads some arrays.
     *
     * @param file an NPZ file
     * @param wanted says for each name, without {@code .npy}, whether to read it; the others may be anything
     * @param limits how much to accept
     * @return an unmodifiable map from names, in the file's order
     * @throws FormatException if the file is not an NPZ archive, a wanted array is not one of floats, or they are larger
     *     than the limits
     * @throws IOException if the file can't be read
     */
    public static Map<String, Tensor> read(Path file, Predicate<String> wanted, ReadLimits limits) throws IOException {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        try (TensorFile npz = new NpzFile(Archive.open(file, limits), limits)) {
            for (String name : npz.names()) {
                if (wanted.test(name)) {
                    arrays.put(name, npz.read(name));
                }
            }
        }
        return Collections.unmodifiableMap(arrays);
    }

    /**
     * Writes named arrays, wholly or not at all, without compression. Equal arrays in equal order give equal bytes.
     *
     * @param file replaced if it exists
     * @param arrays what to write under which names, in the map's order
     * @throws IOException if that fails; an older file is then untouched
     * @throws IllegalArgumentException if a name is empty or too long for a zip archive
     */
    public static void write(Path file, Map<String, Tensor> arrays) throws IOException {
        AtomicFiles.write(file, out -> {
            try (ZipOutputStream zip = new ZipOutputStream(out)) {
                for (Map.Entry<String, Tensor> array : arrays.entrySet()) {
                    if (array.getKey().isEmpty()) {
                        throw new IllegalArgumentException("arrays: a name is empty");
                    }
                    zip.putNextEntry(entry(array.getKey(), array.getValue()));
                    Npy.write(zip, array.getValue());
                }
            }
        });
    }

    /** A stored entry must tell its length and checksum before its data, so the data is gone through twice. */
    private static ZipEntry entry(String name, Tensor tensor) throws IOException {
        CheckedOutputStream checked = new CheckedOutputStream(OutputStream.nullOutputStream(), new CRC32());
        Npy.write(checked, tensor);
        ZipEntry entry = new ZipEntry(name + NpzFile.SUFFIX);
        entry.setMethod(ZipEntry.STORED);
        entry.setTimeLocal(TIMESTAMP);
        entry.setSize(NpyHeader.written(tensor.shape()).length + (long) tensor.size() * Float.BYTES);
        entry.setCrc(checked.getChecksum().getValue());
        return entry;
    }
}
