package io.github.dyconv.examples;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Noisy pictures of 8x8 in four classes, told by which quarter is bright, as MNIST's files. */
final class TinyMnist {
    private static final int SIDE = 8;

    private TinyMnist() {}

    static Path write(Path folder) throws IOException {
        Files.createDirectories(folder);
        write(folder, "train", 48);
        write(folder, "t10k", 20);
        return folder;
    }

    private static void write(Path folder, String part, int count) throws IOException {
        Random random = new Random(count);
        ByteBuffer images = ByteBuffer.allocate(16 + count * SIDE * SIDE);
        images.putInt(0x803).putInt(count).putInt(SIDE).putInt(SIDE);
        ByteBuffer labels = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
        for (int n = 0; n < count; n++) {
            labels.put((byte) (n % 4));
            for (int i = 0; i < SIDE * SIDE; i++) {
                boolean bright = n % 4 == i / SIDE / (SIDE / 2) * 2 + i % SIDE / (SIDE / 2);
                images.put((byte) (random.nextInt(120) + (bright ? 60 : 0)));
            }
        }
        Files.write(folder.resolve(part + "-images-idx3-ubyte"), images.array());
        Files.write(folder.resolve(part + "-labels-idx1-ubyte"), labels.array());
    }
}
