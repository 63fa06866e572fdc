package io.github.dyconv.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The readers, as targets of a coverage-guided fuzzer. With Jazzer from Maven Central (com.code-intelligence:jazzer) and its
 * jazzer-api in a folder JAZZER, a temporary folder in memory, and a folder CORPUS with recorded files to begin with:
 *
 * <pre>
 *   java -Djava.io.tmpdir=/dev/shm -Xmx512m --enable-native-access=ALL-UNNAMED \
 *       -cp "JAZZER/*:api/target/classes:api/target/test-classes" com.code_intelligence.jazzer.Jazzer \
 *       --target_class='io.github.dyconv.io.FuzzTargets$Pickle' --instrumentation_includes='io.github.dyconv.io.**' \
 *       -max_total_time=1800 -timeout=10 CORPUS
 * </pre>
 *
 * <p>Whatever the bytes, reading must end in tensors or in an IOException of one line that begins with the file's name.
 */
public final class FuzzTargets {
    /** Small enough to read any file within milliseconds. */
    private static final ReadLimits LIMITS = new ReadLimits(1 << 20, 1 << 22, 256, 32);

    private FuzzTargets() {}

    /** Any file that {@link TensorFile} takes. */
    public static final class Tensors {
        private static final Target TARGET = new Target();

        private Tensors() {}

        /** A file of these bytes. */
        public static void fuzzerTestOneInput(byte[] bytes) {
            TARGET.read(bytes, FuzzTargets::readTensors);
        }
    }

    /** A safetensors file: its header, after which the data that it promises follows. */
    public static final class SafetensorsHeader {
        private static final Target TARGET = new Target();
        private static final int DATA_BYTES = 256;

        private SafetensorsHeader() {}

        /** A header of these bytes. */
        public static void fuzzerTestOneInput(byte[] header) {
            byte[] file = new byte[Long.BYTES + header.length + DATA_BYTES];
            Handmade.littleEndian(file).putLong(header.length).put(header);
            TARGET.read(file, FuzzTargets::readTensors);
        }
    }

    /** The pickle of a PyTorch checkpoint with some storages. */
    public static final class Pickle {
        private static final Target TARGET = new Target();
        private static final int[] STORAGE_BYTES = {1728, 48, 32, 16, 8};

        private Pickle() {}

        /** A checkpoint whose pickle has these bytes. */
        public static void fuzzerTestOneInput(byte[] pickle) {
            TARGET.read(checkpoint(pickle), FuzzTargets::readTensors);
        }

        static byte[] checkpoint(byte[] pickle) {
            Map<String, byte[]> entries = new LinkedHashMap<>();
            entries.put("x/data.pkl", pickle);
            entries.put("x/byteorder", "little".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < STORAGE_BYTES.length; i++) {
                entries.put("x/data/" + i, new byte[STORAGE_BYTES[i]]);
            }
            return Handmade.storedZip(entries);
        }
    }

    /** A single NPY array. */
    public static final class NpyArray {
        private static final Target TARGET = new Target();

        private NpyArray() {}

        /** A file of these bytes. */
        public static void fuzzerTestOneInput(byte[] bytes) {
            TARGET.read(bytes, file -> Npy.read(file, LIMITS));
        }
    }

    /** A zip archive read as NPZ. */
    public static final class NpzArchive {
        private static final Target TARGET = new Target();

        private NpzArchive() {}

        /** A file of these bytes. */
        public static void fuzzerTestOneInput(byte[] bytes) {
            TARGET.read(bytes, file -> Npz.read(file, name -> true, LIMITS));
        }
    }

    /** A layer's configuration. */
    public static final class Configuration {
        private static final Target TARGET = new Target();

        private Configuration() {}

        /** A file of these bytes. */
        public static void fuzzerTestOneInput(byte[] bytes) {
            TARGET.read(bytes, Hyperparameters::read);
        }
    }

    /** Reads everything that a file of tensors has to tell, as {@code dyconv inspect} does. */
    static void readTensors(Path file) throws IOException {
        try (TensorFile tensors = TensorFile.open(file, LIMITS)) {
            IOException first = null;
            for (String name : tensors.names()) {
                try {
                    tensors.info(name);
                    tensors.read(name);
                } catch (IOException e) {
                    first = check(file, e);
                }
            }
            for (StoredLayer layer : StoredLayer.find(tensors)) {
                layer.hyperparameters(tensors);
            }
            if (first != null) {
                throw first;
            }
        }
    }

    private static IOException check(Path file, IOException e) {
        String message = String.valueOf(e.getMessage());
        if (!message.startsWith(file + ": ") || message.codePoints().anyMatch(Character::isISOControl)) {
            throw new AssertionError("not one line that begins with the file's name: " + message, e);
        }
        return e;
    }

    /** What is tried on a file. */
    interface Read {
        /** Reads it. */
        void read(Path file) throws IOException;
    }

    /** A file that gets new content again and again; kept open, since opening it for writing takes longer than all else. */
    static final class Target {
        private final Path file;
        private final FileChannel channel;

        Target() {
            try {
                file = Files.createTempFile("dyconv-fuzz", ".bin");
                file.toFile().deleteOnExit();
                channel = FileChannel.open(file, StandardOpenOption.WRITE);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Returns whether it was read; throws whatever is no IOException. */
        boolean read(byte[] bytes, Read read) {
            try {
                channel.write(ByteBuffer.wrap(bytes), 0);
                channel.truncate(bytes.length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            try {
                read.read(file);
                return true;
            } catch (IOException e) {
                check(file, e);
                return false;
            }
        }
    }
}
