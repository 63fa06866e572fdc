package io.github.dyconv.nn.data;

import io.github.dyconv.Tensor;
import io.github.dyconv.nn.Shape;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/**
 * Batches of pictures as a network's input. The order of an epoch and the variation of each picture in it depend on nothing but
 * the seed, the epoch and the picture, so training can go on from any step.
 */
public final class Batches {
    private final LabeledImages images;
    private final float[][] tables;
    private final int batch;

    /**
     * Batches of one size.
     *
     * @param images the pictures
     * @param normalization of their pixels
     * @param batch pictures in each, at most as many as there are
     * @throws IllegalArgumentException if the batch is not positive or too large
     */
    public Batches(LabeledImages images, Normalization normalization, int batch) {
        if (batch < 1 || batch > images.count()) {
            throw new IllegalArgumentException(
                    "batch: must be from 1 to the " + images.count() + " pictures there are, got " + batch);
        }
        this.images = images;
        this.batch = batch;
        this.tables = new float[images.shape().channels()][];
        for (int c = 0; c < tables.length; c++) {
            tables[c] = normalization.table(c);
        }
    }

    /**
     * Whole batches in an epoch; what is left over is left out.
     *
     * @return at least 1
     */
    public int count() {
        return images.count() / batch;
    }

    /**
     * The order of an epoch: a random one (Fisher and Yates).
     *
     * @param seed of training
     * @param epoch from 0
     * @return indices of pictures
     */
    public int[] order(long seed, int epoch) {
        int[] order = new int[images.count()];
        SplittableRandom random = random(seed, epoch, -1);
        for (int i = 0; i < order.length; i++) {
            int other = random.nextInt(i + 1);
            order[i] = order[other];
            order[other] = i;
        }
        return order;
    }

    private static SplittableRandom random(long seed, int epoch, int picture) {
        // Different constants, so that no two of the three make up for each other.
        return new SplittableRandom(
                seed * 0x9E3779B97F4A7C15L + epoch * 0xC2B2AE3D27D4EB4FL + picture * 0x165667B19E3779F9L);
    }

    /**
     * Writes a batch of training pictures, varied.
     *
     * @param order of the epoch
     * @param index of the batch
     * @param seed of training
     * @param epoch from 0
     * @param augmentation how to vary them
     * @param input {@code [batch, C, H, W]}, overwritten
     * @param labels overwritten
     */
    public void write(
            int[] order, int index, long seed, int epoch, Augmentation augmentation, Tensor input, int[] labels) {
        for (int n = 0; n < batch; n++) {
            int picture = order[index * batch + n];
            SplittableRandom random = random(seed, epoch, picture);
            int crop = augmentation.crop();
            int down = random.nextInt(2 * crop + 1) - crop;
            int right = random.nextInt(2 * crop + 1) - crop;
            boolean flip = augmentation.flip() && random.nextBoolean();
            write(picture, down, right, flip, input, n);
            labels[n] = images.label(picture);
        }
    }

    /**
     * Writes a batch of pictures as they are, in their order. Behind the last picture of the last batch, the input is left as it
     * was.
     *
     * @param index of the batch
     * @param input {@code [batch, C, H, W]}, overwritten
     * @param labels overwritten
     * @return how many pictures were written
     */
    public int write(int index, Tensor input, int[] labels) {
        int samples = Math.min(batch, images.count() - index * batch);
        for (int n = 0; n < samples; n++) {
            write(index * batch + n, 0, 0, false, input, n);
            labels[n] = images.label(index * batch + n);
        }
        return samples;
    }

    private void write(int picture, int down, int right, boolean flip, Tensor input, int n) {
        Shape shape = images.shape();
        float[] values = new float[shape.size()];
        int i = 0;
        for (int c = 0; c < shape.channels(); c++) {
            float[] table = tables[c];
            for (int h = 0; h < shape.height(); h++) {
                int row = h + down;
                for (int w = 0; w < shape.width(); w++) {
                    int column = (flip ? shape.width() - 1 - w : w) + right;
                    boolean inside = row >= 0 && row < shape.height() && column >= 0 && column < shape.width();
                    values[i++] = table[
                            inside ? images.pixel(picture, (c * shape.height() + row) * shape.width() + column) : 0];
                }
            }
        }
        MemorySegment.copy(
                values,
                0,
                input.segment(),
                ValueLayout.JAVA_FLOAT,
                (long) n * values.length * Float.BYTES,
                values.length);
    }
}
