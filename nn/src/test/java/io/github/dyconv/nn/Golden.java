package io.github.dyconv.nn;

import io.github.dyconv.Tensor;
import io.github.dyconv.io.TensorFile;
import io.github.dyconv.testing.Float64Npz;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** What PyTorch computed: see make_pytorch.py beside the files. */
public final class Golden {
    private static final Path FOLDER = Path.of("src/test/resources/pytorch");

    private Golden() {}

    /** An array as float32. */
    public static Tensor tensor(String file, String name) {
        try (TensorFile opened = TensorFile.open(FOLDER.resolve(file))) {
            return opened.read(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An array as it is, float64. */
    public static double[] doubles(String file, String name) {
        try {
            return Float64Npz.read(FOLDER.resolve(file), name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
