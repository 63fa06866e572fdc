package io.github.dyconv.examples;

import io.github.dyconv.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/** The photograph of Grace Hopper that comes with the examples. */
final class Photograph {
    /** Its file's name. */
    static final String FILE = "grace_hopper.jpg";

    private Photograph() {}

    /** The photograph, {@code [1, 3, 600, 512]} of red, green and blue from 0 to 1. */
    static Tensor read() throws IOException {
        try (InputStream in = Photograph.class.getResourceAsStream(FILE)) {
            return Pictures.read(FILE, Objects.requireNonNull(in, FILE));
        }
    }

    /** The photograph with squares of {@code factor} pixels averaged. */
    static Tensor reduced(int factor) throws IOException {
        Tensor whole = read();
        Tensor reduced = Tensor.zeros(1, 3, whole.dim(2) / factor, whole.dim(3) / factor);
        for (int channel = 0; channel < 3; channel++) {
            for (int h = 0; h < reduced.dim(2); h++) {
                for (int w = 0; w < reduced.dim(3); w++) {
                    reduced.set(mean(whole, channel, h * factor, w * factor, factor), 0, channel, h, w);
                }
            }
        }
        return reduced;
    }

    private static float mean(Tensor picture, int channel, int top, int left, int size) {
        double sum = 0;
        for (int h = top; h < top + size; h++) {
            for (int w = left; w < left + size; w++) {
                sum += picture.get(0, channel, h, w);
            }
        }
        return (float) (sum / (size * size));
    }
}
