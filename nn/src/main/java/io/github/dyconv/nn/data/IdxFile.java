package io.github.dyconv.nn.data;

import io.github.dyconv.io.FormatException;
import io.github.dyconv.io.Place;
import io.github.dyconv.nn.Shape;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/**
 * MNIST's format, IDX: two zeros, the element type, the number of dimensions, the dimensions as big-endian 32-bit integers, and
 * the elements in row-major order.
 */
final class IdxFile {
    /** Two zeros and the type of unsigned bytes. */
    private static final int UNSIGNED_BYTES = 0x0008;

    private static final int GZIP = 0x1F8B;

    /** Deflate makes at most so many bytes of one. */
    private static final int MAX_EXPANSION = 1032;

    private static final long MAX_BYTES = 1L << 30;

    private IdxFile() {}

    static LabeledImages read(Path imageFile, Path labelFile) throws IOException {
        Array images = array(imageFile, 3);
        Array labels = array(labelFile, 1);
        if (images.dims[0] != labels.dims[0]) {
            throw new FormatException(
                    labelFile,
                    "holds " + labels.dims[0] + " labels, but " + imageFile.getFileName() + " " + images.dims[0]
                            + " pictures");
        }
        return new LabeledImages(new Shape(1, images.dims[1], images.dims[2]), images.bytes, labels.bytes);
    }

    @SuppressWarnings("ArrayRecordComponent") // for the moment only
    private record Array(int[] dims, byte[] bytes) {}

    private static Array array(Path file, int rank) throws IOException {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new FileSystemException(file.toString(), null, "is not a regular file");
            }
            long fileBytes = Files.size(file);
            boolean gzipped = magic(file) == GZIP;
            try (InputStream raw = new BufferedInputStream(Files.newInputStream(file));
                    DataInputStream in = new DataInputStream(gzipped ? new GZIPInputStream(raw) : raw)) {
                return array(Place.of(file), in, rank, gzipped ? fileBytes * MAX_EXPANSION : fileBytes);
            }
        } catch (IOException | OutOfMemoryError e) {
            throw Place.of(file).failure(e);
        }
    }

    private static int magic(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            return in.readUnsignedShort();
        }
    }

    private static Array array(Place place, DataInputStream in, int rank, long most) throws IOException {
        int type = in.readUnsignedShort() << 8 | in.readUnsignedByte();
        int fileRank = in.readUnsignedByte();
        if (type != UNSIGNED_BYTES || fileRank != rank) {
            throw place.problem("is no IDX file of unsigned bytes with " + rank
                    + (rank == 1 ? " dimension" : " dimensions") + ": begins with "
                    + String.format("%08x", type << 8 | fileRank) + ", expected "
                    + String.format("%08x", 0x800 | rank));
        }
        int[] dims = new int[rank];
        long bytes = 1;
        for (int i = 0; i < rank; i++) {
            dims[i] = in.readInt();
            if (dims[i] < 1) {
                throw place.problem("has a dimension of " + Integer.toUnsignedString(dims[i]) + "; expected from 1 to "
                        + Integer.MAX_VALUE);
            }
            bytes = dims[i] > MAX_BYTES / bytes ? Long.MAX_VALUE : bytes * dims[i];
            if (bytes > MAX_BYTES) {
                throw place.problem("its dimensions make more than " + MAX_BYTES + " bytes, the most that is read");
            }
        }
        if (bytes > most) {
            throw place.problem("damaged: promises " + bytes + " bytes, more than the file can hold");
        }
        byte[] content = new byte[(int) bytes];
        int got = in.readNBytes(content, 0, content.length);
        if (got < content.length) {
            throw new EOFException();
        }
        if (in.read() >= 0) {
            throw place.problem("damaged: goes on behind the " + bytes + " bytes that it promises");
        }
        return new Array(dims, content);
    }
}
