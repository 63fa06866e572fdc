package io.github.dyconv.nn.data;

import io.github.dyconv.io.FormatException;
import io.github.dyconv.io.Place;
import io.github.dyconv.nn.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** CIFAR-10's binary files: for each picture its label, from 0 to 9, and its red, green and blue plane of 32x32. */
final class CifarFile {
    private static final Shape SHAPE = new Shape(3, 32, 32);
    private static final int RECORD = 1 + SHAPE.size();
    private static final int CLASSES = 10;
    private static final long MAX_BYTES = 1L << 30;

    private CifarFile() {}

    static LabeledImages read(List<Path> files) throws IOException {
        long total = 0;
        for (Path file : files) {
            total += bytes(file);
        }
        if (total > MAX_BYTES) {
            throw new FormatException(
                    files.getFirst(), "and those beside it have " + total + " bytes, more than " + MAX_BYTES);
        }
        int count = (int) (total / RECORD);
        byte[] pixels = new byte[count * SHAPE.size()];
        byte[] labels = new byte[count];
        int n = 0;
        for (Path file : files) {
            n = append(file, bytes(file) / RECORD, pixels, labels, n);
        }
        return new LabeledImages(SHAPE, pixels, labels);
    }

    private static long bytes(Path file) throws IOException {
        try {
            long bytes = Files.size(file);
            if (!Files.isRegularFile(file) || bytes == 0 || bytes % RECORD != 0) {
                throw new FormatException(
                        file, "has " + bytes + " bytes; expected a multiple of " + RECORD + ", one picture's");
            }
            return bytes;
        } catch (IOException e) {
            throw Place.of(file).failure(e);
        }
    }

    private static int append(Path file, long records, byte[] pixels, byte[] labels, int first) throws IOException {
        byte[] one = new byte[RECORD];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = first; n < first + records; n++) {
                if (in.readNBytes(one, 0, RECORD) < RECORD) {
                    throw new EOFException();
                }
                if (one[0] < 0 || one[0] >= CLASSES) {
                    throw new FormatException(
                            file,
                            "picture " + (n - first) + " has the label " + Byte.toUnsignedInt(one[0])
                                    + "; expected from 0 to " + (CLASSES - 1));
                }
                labels[n] = one[0];
                System.arraycopy(one, 1, pixels, n * SHAPE.size(), SHAPE.size());
            }
            return first + (int) records;
        } catch (IOException e) {
            throw Place.of(file).failure(e);
        }
    }
}
