package io.github.dyconv.nn;

import io.github.dyconv.nn.data.ImageFiles;
import io.github.dyconv.nn.data.LabeledImages;
import java.util.Random;

/** Noisy pictures of 8x8 in four classes, told by which quarter is bright. */
final class TinyPictures {
    private static final int SIDE = 8;

    private TinyPictures() {}

    static ImageFiles of(int train, int test) {
        return new ImageFiles(part(train, new Random(1)), part(test, new Random(2)));
    }

    private static LabeledImages part(int count, Random random) {
        byte[] pixels = new byte[count * SIDE * SIDE];
        byte[] labels = new byte[count];
        for (int n = 0; n < count; n++) {
            labels[n] = (byte) (n % 4);
            for (int i = 0; i < SIDE * SIDE; i++) {
                boolean bright = labels[n] == i / SIDE / (SIDE / 2) * 2 + i % SIDE / (SIDE / 2);
                pixels[n * SIDE * SIDE + i] = (byte) (random.nextInt(120) + (bright ? 60 : 0));
            }
        }
        return new LabeledImages(new Shape(1, SIDE, SIDE), pixels, labels);
    }
}
