package io.github.dyconv.examples;

import io.github.dyconv.Tensor;
import io.github.dyconv.io.Npy;
import io.github.dyconv.io.Npz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** Reads an input by its name's ending: {@code .npz} (array {@code x}), {@code .npy}, or else a picture. */
final class InputFile {
    private static final String ARRAY = "x";

    private InputFile() {}

    /**
     * Reads an input.
     *
     * @throws UsageException if the array is missing, or the file is no picture
     * @throws IOException if the file can't be read, or is not what its name says
     */
    static Tensor read(Path file) throws IOException {
        if (hasEnding(file, ".npz")) {
            Tensor x = Npz.read(file, ARRAY::equals).get(ARRAY);
            if (x == null) {
                throw new UsageException(file + ": has no array '" + ARRAY + "'");
            }
            return x;
        }
        return hasEnding(file, ".npy") ? Npy.read(file) : Pictures.read(file);
    }

    static boolean hasEnding(Path file, String ending) {
        return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
    }
}
