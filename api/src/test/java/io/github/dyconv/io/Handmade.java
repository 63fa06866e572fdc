package io.github.dyconv.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.function.Executable;

/** Files made byte by byte, and those that NumPy made. */
final class Handmade {
    static final String HEADER = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";

    private Handmade() {}

    /** An NPY file of any header and data, right or wrong. */
    static byte[] npy(String header, byte[] data) {
        return npy(1, header.getBytes(StandardCharsets.ISO_8859_1), data);
    }

    static byte[] npy(int version, byte[] header, byte[] data) {
        ByteBuffer bytes = ByteBuffer.allocate(12 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
        bytes.put((byte) version).put((byte) 0);
        if (version == 1) {
            bytes.putShort((short) header.length);
        } else {
            bytes.putInt(header.length);
        }
        bytes.put(header).put(data);
        return Arrays.copyOf(bytes.array(), bytes.position());
    }

    /** Little-endian floats 0, 1, 2, … */
    static byte[] floats(int count) {
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putFloat(i);
        }
        return bytes.array();
    }

    /** A deflated archive. */
    static byte[] zip(Map<String, byte[]> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** An archive without compression, as PyTorch writes it. */
    static byte[] storedZip(Map<String, byte[]> entries) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> content : entries.entrySet()) {
                ZipEntry entry = new ZipEntry(content.getKey());
                entry.setMethod(ZipEntry.STORED);
                entry.setSize(content.getValue().length);
                CRC32 checksum = new CRC32();
                checksum.update(content.getValue());
                entry.setCrc(checksum.getValue());
                zip.putNextEntry(entry);
                zip.write(content.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Where {@code record} begins in the bytes of an archive: {@code PK\1\2} the first directory entry, for example. */
    static int find(byte[] archive, int third, int fourth) {
        for (int i = 0; i + 4 <= archive.length; i++) {
            if (archive[i] == 'P' && archive[i + 1] == 'K' && archive[i + 2] == third && archive[i + 3] == fourth) {
                return i;
            }
        }
        throw new AssertionError("no such record");
    }

    static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A file that NumPy made. */
    static Path numpy(String name) {
        try {
            return Path.of(Handmade.class.getResource("/numpy/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static Path file(Path folder, String name, byte[] bytes) {
        try {
            return Files.write(folder.resolve(name), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The one line of an exception that reading a file must end in. */
    static String refusal(Path file, Executable read) {
        try {
            read.execute();
        } catch (IOException e) {
            assertThat(e.getMessage()).startsWith(file + ": ");
            assertThat(e.getMessage().codePoints().anyMatch(Character::isISOControl))
                    .as("control characters in %s", e.getMessage())
                    .isFalse();
            return e.getMessage().substring((file + ": ").length());
        } catch (Throwable e) {
            throw new AssertionError("expected an IOException", e);
        }
        throw new AssertionError(file + " was read");
    }

    /** Checks what every array of floats that NumPy made holds. */
    static void requireNumpyValues(Tensor array) {
        assertThat(array.shape()).containsExactly(2, 3, 4);
        for (int i = 0; i < 2; i++) {
            for (int j = 0; j < 3; j++) {
                for (int k = 0; k < 4; k++) {
                    assertThat(array.get(i, j, k)).isEqualTo((float) (i + (j / 10.0 + k / 100.0)));
                }
            }
        }
    }
}
