package io.github.dyconv.nn.data;

import io.github.dyconv.io.FormatException;
import io.github.dyconv.nn.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Reads the pictures of MNIST and of what is distributed in its format, such as Fashion-MNIST (IDX files, plain or gzipped),
 * and of CIFAR-10 (its binary version). Files may be hostile: whatever they hold, the result is pictures or an
 * {@link IOException} of one line that begins with the file's name.
 *
 * @param train for training
 * @param test for validation
 */
public record ImageFiles(LabeledImages train, LabeledImages test) {
    private static final List<String> CIFAR_TRAIN =
            List.of("data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin");
    private static final String CIFAR_TEST = "test_batch.bin";

    /**
     * Reads both parts from a folder that holds them under their usual names.
     *
     * @param folder the folder
     * @return all pictures
     * @throws FormatException if a file is not what it should be, or the two parts do not belong together
     * @throws IOException if a file is missing, or can't be read
     */
    public static ImageFiles read(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new NoSuchFileException(
                    folder.toString(), null, Files.exists(folder) ? "is not a folder" : "no such folder");
        }
        ImageFiles files = Files.exists(folder.resolve(CIFAR_TEST)) ? cifar(folder) : idx(folder);
        Shape shape = files.train.shape();
        if (!files.test.shape().equals(shape)) {
            throw new FormatException(
                    folder, "the test pictures are " + files.test.shape() + ", the training pictures " + shape);
        }
        if (files.test.classes() > files.train.classes()) {
            throw new FormatException(
                    folder,
                    "the test labels go up to " + (files.test.classes() - 1) + ", the training labels only to "
                            + (files.train.classes() - 1));
        }
        return files;
    }

    private static ImageFiles cifar(Path folder) throws IOException {
        return new ImageFiles(
                CifarFile.read(CIFAR_TRAIN.stream().map(folder::resolve).toList()),
                CifarFile.read(List.of(folder.resolve(CIFAR_TEST))));
    }

    private static ImageFiles idx(Path folder) throws IOException {
        return new ImageFiles(idx(folder, "train"), idx(folder, "t10k"));
    }

    private static LabeledImages idx(Path folder, String part) throws IOException {
        return IdxFile.read(
                plainOrGzipped(folder, part + "-images-idx3-ubyte"),
                plainOrGzipped(folder, part + "-labels-idx1-ubyte"));
    }

    private static Path plainOrGzipped(Path folder, String name) throws IOException {
        Path plain = folder.resolve(name);
        Path gzipped = folder.resolve(name + ".gz");
        if (Files.exists(plain)) {
            return plain;
        }
        if (Files.exists(gzipped)) {
            return gzipped;
        }
        throw new NoSuchFileException(
                folder.toString(),
                null,
                "holds neither " + name + " (or " + name + ".gz), as MNIST and Fashion-MNIST have, nor CIFAR-10's "
                        + CIFAR_TEST);
    }
}
