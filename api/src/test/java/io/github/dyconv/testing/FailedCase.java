package io.github.dyconv.testing;

import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.io.Npz;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keeps the input of a failed comparison, so that it can be run again without the test. */
final class FailedCase {
    private static final Path FOLDER = Path.of("target", "failures");

    private FailedCase() {}

    /** Writes x, the parameters and what came out; returns where to. */
    static Path save(String name, Parameters parameters, Tensor x, Tensor y) {
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        arrays.put("x", x);
        arrays.putAll(parameters.stateDict());
        arrays.put("actual", y);
        try {
            Path file = Files.createDirectories(FOLDER).resolve(name.replaceAll("\\W+", "_") + ".npz");
            Npz.write(file, arrays);
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
