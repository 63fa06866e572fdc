package io.github.dyconv.io;

import io.github.dyconv.Tensor;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads and writes NPY, NumPy's file of one array.
 *
 * <p>Read are versions 1.0 to 3.0, float16, float32 and float64 (rounded to float32) of either byte order, in C or Fortran order.
 * Other dtypes and arrays without elements are refused. Written is float32, byte for byte as {@code numpy.save} does.
 */
public final class Npy {
    private static final ValueLayout.OfFloat LITTLE_ENDIAN =
            ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int CHUNK_ELEMENTS = 1 << 14;

    private Npy() {}

    /**
     * Reads an array within {@link ReadLimits#DEFAULT}.
     *
     * @param file an NPY file
     * @return the array in row-major order; a scalar has the shape []
     * @throws FormatException if the file is not an NPY array of floats
     * @throws IOException if the file can't be read
     */
    public static Tensor read(Path file) throws IOException {
        return read(file, ReadLimits.DEFAULT);
    }

    /**
     * Reads an array.
     *
     * @param file an NPY file
     * @param limits how much to accept
     * @return the array in row-major order; a scalar has the shape []
     * @throws FormatException if the file is not an NPY array of floats, or is larger than the limits
     * @throws IOException if the file can't be read
     */
    public static Tensor read(Path file, ReadLimits limits) throws IOException {
        Place place = Place.of(file);
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "is a folder");
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            boolean regular = Files.isRegularFile(file); // a pipe tells no length
            long length = regular ? Files.size(file) : NpyReader.UNKNOWN;
            long most = Math.min(limits.maxArrayBytes(), limits.maxTotalBytes()); // nothing in an NPY file expands
            return new NpyReader(place, in, length, regular, most).read().tensor();
        } catch (IOException | OutOfMemoryError e) {
            throw place.failure(e);
        }
    }

    /**
     * Writes an array, wholly or not at all.
     *
     * @param file replaced if it exists
     * @param tensor what to write
     * @throws IOException if that fails; an older file is then untouched
     */
    public static void write(Path file, Tensor tensor) throws IOException {
        AtomicFiles.write(file, out -> write(out, tensor));
    }

    static void write(OutputStream out, Tensor tensor) throws IOException {
        out.write(NpyHeader.written(tensor.shape()));
        writeData(out, tensor);
    }

    /** The elements alone: float32, little-endian, in row-major order. */
    static void writeData(OutputStream out, Tensor tensor) throws IOException {
        byte[] bytes = new byte[CHUNK_ELEMENTS * Float.BYTES];
        MemorySegment chunk = MemorySegment.ofArray(bytes);
        for (int done = 0; done < tensor.size(); done += CHUNK_ELEMENTS) {
            int count = Math.min(CHUNK_ELEMENTS, tensor.size() - done);
            MemorySegment.copy(
                    tensor.segment(),
                    ValueLayout.JAVA_FLOAT_UNALIGNED,
                    (long) done * Float.BYTES,
                    chunk,
                    LITTLE_ENDIAN,
                    0,
                    count);
            out.write(bytes, 0, count * Float.BYTES);
        }
    }
}
