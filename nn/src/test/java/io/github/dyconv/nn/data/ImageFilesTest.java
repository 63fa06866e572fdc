package io.github.dyconv.nn.data;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.github.dyconv.Tensor;
import io.github.dyconv.nn.Shape;
import io.github.dyconv.testing.DamagedBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ImageFilesTest {
    private static final int CIFAR_RECORD = 3073;

    @TempDir
    Path folder;

    private static byte[] idx(int[] dims, byte... content) {
        ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * dims.length + content.length);
        bytes.putInt(0x800 | dims.length);
        Arrays.stream(dims).forEach(bytes::putInt);
        return bytes.put(content).array();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] counting(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 7);
        }
        return bytes;
    }

    private void write(String name, byte[] bytes) throws IOException {
        Files.write(folder.resolve(name), bytes);
    }

    private void mnist() throws IOException {
        write("train-images-idx3-ubyte", idx(new int[] {5, 3, 4}, counting(60)));
        write("train-labels-idx1-ubyte.gz", gzip(idx(new int[] {5}, (byte) 3, (byte) 0, (byte) 1, (byte) 2, (byte) 9)));
        write("t10k-images-idx3-ubyte.gz", gzip(idx(new int[] {2, 3, 4}, counting(24))));
        write("t10k-labels-idx1-ubyte", idx(new int[] {2}, (byte) 4, (byte) 9));
    }

    private void cifar() throws IOException {
        for (int i = 1; i <= 5; i++) {
            byte[] records = new byte[2 * CIFAR_RECORD];
            records[0] = (byte) i;
            records[CIFAR_RECORD] = 9;
            records[CIFAR_RECORD + 1] = (byte) (100 + i);
            write("data_batch_" + i + ".bin", records);
        }
        write("test_batch.bin", new byte[CIFAR_RECORD]);
    }

    @Test
    void readsMnist() throws IOException {
        mnist();
        ImageFiles files = ImageFiles.read(folder);
        assertThat(files.train().count()).isEqualTo(5);
        assertThat(files.train().shape()).isEqualTo(new Shape(1, 3, 4));
        assertThat(files.train().classes()).isEqualTo(10);
        assertThat(files.train().label(3)).isEqualTo(2);
        assertThat(files.train().pixel(4, 11)).isEqualTo(59 * 7 & 255);
        assertThat(files.test().count()).isEqualTo(2);
        assertThat(files.test().label(0)).isEqualTo(4);
    }

    @Test
    void readsCifar() throws IOException {
        cifar();
        ImageFiles files = ImageFiles.read(folder);
        assertThat(files.train().count()).isEqualTo(10);
        assertThat(files.train().shape()).isEqualTo(new Shape(3, 32, 32));
        assertThat(files.train().label(4)).isEqualTo(3);
        assertThat(files.train().pixel(5, 0)).isEqualTo(103);
        assertThat(files.test().count()).isEqualTo(1);
    }

    private void assertRefused(String told) {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> ImageFiles.read(folder))
                .withMessageStartingWith(folder.toString())
                .withMessageContaining(told);
    }

    @Test
    void whatIsWrongIsToldInOneLine() throws IOException {
        assertRefused("holds neither train-images-idx3-ubyte");
        mnist();
        write("t10k-labels-idx1-ubyte", idx(new int[] {3}, (byte) 4, (byte) 9, (byte) 1));
        assertRefused("t10k-labels-idx1-ubyte: holds 3 labels, but t10k-images-idx3-ubyte.gz 2 pictures");
        mnist();
        write("train-images-idx3-ubyte", idx(new int[] {5, 3, 4}, counting(59)));
        assertRefused("damaged: ends too early");
        write("train-images-idx3-ubyte", idx(new int[] {5, 3, 4}, counting(61)));
        assertRefused("damaged: goes on behind the 60 bytes");
        write("train-images-idx3-ubyte", idx(new int[] {1 << 20, 1 << 10, 1 << 10}, counting(60)));
        assertRefused("its dimensions make more than");
        write("train-images-idx3-ubyte", idx(new int[] {1000, 1000, 1000}, counting(60)));
        assertRefused("damaged: promises 1000000000 bytes, more than the file can hold");
        write("train-images-idx3-ubyte", idx(new int[] {5, 3, -4}, counting(60)));
        assertRefused("has a dimension of 4294967292");
        write("train-images-idx3-ubyte", idx(new int[] {60}, counting(60)));
        assertRefused("is no IDX file of unsigned bytes with 3 dimensions: begins with 00000801, expected 00000803");
        write("train-images-idx3-ubyte", new byte[0]);
        assertRefused("damaged: ends too early");
        mnist();
        write("t10k-labels-idx1-ubyte", idx(new int[] {2}, (byte) 10, (byte) 9));
        assertRefused("the test labels go up to 10, the training labels only to 9");
        cifar();
        write("data_batch_3.bin", new byte[CIFAR_RECORD - 1]);
        assertRefused("data_batch_3.bin: has 3072 bytes; expected a multiple of 3073");
        byte[] label = new byte[CIFAR_RECORD];
        label[0] = 10;
        write("data_batch_3.bin", label);
        assertRefused("picture 0 has the label 10; expected from 0 to 9");
        Files.delete(folder.resolve("data_batch_3.bin"));
        assertRefused("no such file");
    }

    @Test
    @Timeout(value = 120, unit = SECONDS)
    void mutatedFilesGivePicturesOrOneLine() throws IOException {
        mnist();
        String[] names = {"train-images-idx3-ubyte", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz"};
        int read = 0;
        for (int seed = 0; seed < 3000; seed++) {
            Path file = folder.resolve(names[seed % names.length]);
            byte[] whole = Files.readAllBytes(file);
            Files.write(file, DamagedBytes.of(whole, new Random(seed), 20, (byte) 0, (byte) -1, (byte) 8, (byte) 3));
            try {
                ImageFiles.read(folder);
                read++;
            } catch (IOException e) {
                assertThat(e.getMessage())
                        .as("seed " + seed)
                        .startsWith(folder.toString())
                        .doesNotContain("\n");
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
            Files.write(file, whole);
        }
        assertThat(read).isBetween(100, 2900);
    }

    @Test
    void normalizedPicturesHaveMeanZeroAndDeviationOne() throws IOException {
        mnist();
        LabeledImages images = ImageFiles.read(folder).train();
        Tensor input = Tensor.zeros(5, 1, 3, 4);
        int[] labels = new int[5];
        assertThat(new Batches(images, images.normalization(), 5).write(0, input, labels))
                .isEqualTo(5);
        double sum = 0;
        double squares = 0;
        for (float value : input.toArray()) {
            sum += value;
            squares += value * value;
        }
        assertThat(sum / 60).isCloseTo(0, within(1e-6));
        assertThat(squares / 60).isCloseTo(1, within(1e-5));
        assertThat(labels).containsExactly(3, 0, 1, 2, 9);
    }

    @Test
    void anEpochHasEveryPictureOnceInAnOrderOfItsOwn() throws IOException {
        mnist();
        LabeledImages images = ImageFiles.read(folder).train();
        Batches batches = new Batches(images, images.normalization(), 2);
        assertThat(batches.count()).isEqualTo(2);
        int[] order = batches.order(1, 0);
        assertThat(IntStream.of(order).sorted()).containsExactly(0, 1, 2, 3, 4);
        assertThat(batches.order(1, 0)).isEqualTo(order);
        long different = IntStream.range(0, 20)
                .mapToObj(epoch -> Arrays.toString(batches.order(1, epoch)))
                .distinct()
                .count();
        assertThat(different).isGreaterThan(10);
    }

    @Test
    void augmentationShiftsAndMirrors() {
        byte[] pixels = {0, 0, 0, 0, 50, 100, 0, 0, 0};
        LabeledImages one = new LabeledImages(new Shape(1, 3, 3), pixels, new byte[] {1});
        Normalization asIs = new Normalization(new float[] {0}, new float[] {1 / 255f});
        Batches batches = new Batches(one, asIs, 1);
        Tensor input = Tensor.zeros(1, 1, 3, 3);
        int mirrored = 0;
        int shifted = 0;
        for (int epoch = 0; epoch < 400; epoch++) {
            batches.write(new int[] {0}, 0, 9, epoch, new Augmentation(1, true), input, new int[1]);
            float[] values = input.toArray();
            int center = IntStream.range(0, 9)
                    .filter(i -> Math.round(values[i]) == 50)
                    .findFirst()
                    .orElse(-1);
            assertThat(center).isNotNegative(); // by one pixel it can't leave the picture
            shifted += center == 4 ? 0 : 1;
            mirrored += center > 0 && Math.round(values[center - 1]) == 100 && center % 3 > 0 ? 1 : 0;
        }
        assertThat(shifted).isBetween(310, 390); // 8 of 9 shifts
        assertThat(mirrored).isBetween(80, 190); // every other one, where the neighbour is still inside
        batches.write(new int[] {0}, 0, 9, 0, Augmentation.NONE, input, new int[1]);
        assertThat(Math.round(input.toArray()[5])).isEqualTo(100);
    }
}
