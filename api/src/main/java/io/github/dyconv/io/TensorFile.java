package io.github.dyconv.io;

import io.github.dyconv.Tensor;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An open file of named tensors: safetensors, a checkpoint of PyTorch's {@code torch.save}, or NPZ, told apart by content.
 * Each tensor is read when it is asked for; the others may be of any type.
 *
 * <p>Files may be hostile: whatever one holds, the methods end in a result or in an {@link IOException} of one line that
 * begins with the file's name; nothing in a file is executed or extracted. The file must be a regular one on the default
 * file system. Not safe for several threads.
 */
public abstract sealed class TensorFile implements Closeable permits NpzFile, SafetensorsFile, TorchFile {
    /** What every zip archive begins with, and an empty one. */
    private static final int ZIP_ENTRY = 0x504B0304;

    private static final int ZIP_END = 0x504B0506;

    /** A pickle (protocol 2) of the number that PyTorch's older format begins with. */
    private static final byte[] LEGACY_TORCH = HexFormat.of().parseHex("80028a0a6cfc9c46f9206aa850192e");

    private final Path file;
    private final long maxArrayBytes;
    private long left;

    TensorFile(Path file, ReadLimits limits) throws IOException {
        this.file = file;
        this.maxArrayBytes = limits.maxArrayBytes();
        this.left = limits.totalBytes(Files.size(file));
    }

    /**
     * Opens a file within {@link ReadLimits#DEFAULT}.
     *
     * @param file the file
     * @return the open file, to be closed
     * @throws FormatException if it is none of these formats, or damaged
     * @throws IOException if it can't be read
     */
    public static TensorFile open(Path file) throws IOException {
        return open(file, ReadLimits.DEFAULT);
    }

    /**
     * Opens a file.
     *
     * @param file the file
     * @param limits how much to accept
     * @return the open file, to be closed
     * @throws FormatException if it is none of these formats, damaged, or larger than the limits
     * @throws IOException if it can't be read
     */
    public static TensorFile open(Path file, ReadLimits limits) throws IOException {
        requireRegular(file);
        byte[] start = start(file);
        int magic = ByteBuffer.wrap(start).getInt();
        if (magic == ZIP_ENTRY || magic == ZIP_END) {
            return ofArchive(Archive.open(file, limits), limits);
        }
        if (start[Long.BYTES] == '{') {
            return SafetensorsFile.of(file, limits);
        }
        throw new FormatException(file, foreign(start));
    }

    private static TensorFile ofArchive(Archive archive, ReadLimits limits) throws IOException {
        try {
            Optional<String> checkpoint = TorchFile.folder(archive);
            if (checkpoint.isPresent()) {
                return new TorchFile(archive, checkpoint.get(), limits);
            }
            NpzFile npz = new NpzFile(archive, limits);
            if (npz.names().isEmpty() && !archive.entries().isEmpty()) {
                throw new FormatException(
                        archive.file(),
                        "is a zip archive, but neither a PyTorch checkpoint nor NPZ: it holds no arrays");
            }
            return npz;
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            archive.close();
            throw Place.of(archive.file()).failure(e);
        }
    }

    /** What a file of none of the formats is, as far as its first bytes tell. */
    private static String foreign(byte[] start) {
        if (Arrays.equals(start, 0, LEGACY_TORCH.length, LEGACY_TORCH, 0, LEGACY_TORCH.length)) {
            return "is a PyTorch checkpoint of the format before 1.6: in Python, torch.save(torch.load(FILE), NEW_FILE)"
                    + " with PyTorch 1.6 or newer";
        }
        if (start[0] == LEGACY_TORCH[0]) {
            return "is a bare Python pickle, which could run code: save a state_dict with torch.save or safetensors";
        }
        if (start[0] == (byte) 0x93) {
            return "begins as NPY, a single array: expected named ones, as numpy.savez writes them";
        }
        return "is neither a safetensors file, nor a PyTorch checkpoint, nor NPZ";
    }

    static void requireRegular(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "is a folder");
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new FileSystemException(
                    file.toString(), null, "is not a regular file, which can be read in any order");
        }
    }

    private static byte[] start(Path file) throws IOException {
        byte[] start = new byte[16];
        try (InputStream in = Files.newInputStream(file)) {
            in.readNBytes(start, 0, start.length);
            return start;
        } catch (IOException e) {
            throw Place.of(file).failure(e);
        }
    }

    /** The file, as the caller named it. */
    final Path file() {
        return file;
    }

    final Place place(String name) {
        return new Place(file, name);
    }

    /** How many bytes the next tensor that is read may take. */
    final long left() {
        return Math.min(left, maxArrayBytes);
    }

    final void used(long bytes) {
        left -= bytes;
    }

    /** The element type of a tensor that may be read. */
    static FloatType requireReadable(Place place, TensorInfo info) throws FormatException {
        FloatType type = FloatType.named(info.dtype())
                .orElseThrow(() -> place.problem("its dtype is " + info.dtype()
                        + "; expected float16, bfloat16, float32 or float64: convert it with .float()"));
        requireElements(place, info);
        return type;
    }

    /** Throws if no tensor has such a shape. */
    static void requireElements(Place place, TensorInfo info) throws FormatException {
        if (info.shape().contains(0L)) {
            throw place.problem("has no elements: its shape is " + info.shape());
        }
        long elements = 1;
        for (long dim : info.shape()) {
            // Neither product passes a long: the one before is at most Tensor.MAX_ELEMENTS.
            elements = dim > Tensor.MAX_ELEMENTS ? Long.MAX_VALUE : elements * dim;
            if (elements > Tensor.MAX_ELEMENTS) {
                throw place.problem("its shape " + info.shape() + " has more elements than one tensor holds ("
                        + Tensor.MAX_ELEMENTS + ")");
            }
        }
    }

    /** Counts bytes that are about to be read, and throws if they are more than the limits leave. */
    final void requireWithin(Place place, TensorInfo info, long bytes) throws FormatException {
        if (bytes > left()) {
            throw place.problem(info + " takes " + bytes + " bytes, more than the limit leaves (" + left() + ")");
        }
        used(bytes);
    }

    /**
     * The format.
     *
     * @return a noun for messages
     */
    public abstract String format();

    /**
     * The names of all tensors.
     *
     * @return an unmodifiable set, in the file's order
     */
    public abstract Set<String> names();

    /**
     * What the file tells of one tensor.
     *
     * @param name one of {@link #names()}
     * @return its type and shape
     * @throws FormatException if what the file tells is not right
     * @throws IOException if the file can't be read
     * @throws IllegalArgumentException if there is no such tensor
     */
    public abstract TensorInfo info(String name) throws IOException;

    /**
     * Reads one tensor.
     *
     * @param name one of {@link #names()}
     * @return a new tensor, in row-major order
     * @throws FormatException if it is not one of floats, has no elements, is damaged, or passes the limits
     * @throws IOException if the file can't be read
     * @throws IllegalArgumentException if there is no such tensor
     */
    public abstract Tensor read(String name) throws IOException;

    /**
     * Texts that the file holds beside the tensors: the {@code __metadata__} of safetensors.
     *
     * @return an unmodifiable map, empty for other formats
     */
    public Map<String, String> metadata() {
        return Map.of();
    }

    static IllegalArgumentException unknown(String name) {
        return new IllegalArgumentException("name: there is no tensor '" + name + "'");
    }
}
