package io.github.dyconv.nn.data;

import io.github.dyconv.nn.Shape;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** Pictures of one shape with 8 bits per channel, and the class of each. Immutable. */
public final class LabeledImages {
    private final Shape shape;
    private final byte[] pixels;
    private final byte[] labels;

    /**
     * Takes both arrays as they are; they must not be changed afterwards.
     *
     * @param shape of one picture
     * @param pixels {@code [N, C, H, W]}, unsigned
     * @param labels N classes, unsigned
     * @throws IllegalArgumentException if there is no picture, or their numbers do not agree
     */
    public LabeledImages(Shape shape, byte[] pixels, byte[] labels) {
        if (labels.length == 0 || pixels.length != (long) labels.length * shape.size()) {
            throw new IllegalArgumentException("pixels: " + labels.length + " pictures of " + shape + " take "
                    + (long) labels.length * shape.size() + " bytes, got " + pixels.length
                    + "; there must be at least one");
        }
        this.shape = shape;
        this.pixels = pixels;
        this.labels = labels;
    }

    /**
     * How many there are.
     *
     * @return at least 1
     */
    public int count() {
        return labels.length;
    }

    /**
     * The shape of one picture.
     *
     * @return channels, rows, columns
     */
    public Shape shape() {
        return shape;
    }

    /**
     * One more than the largest label.
     *
     * @return from 1 to 256
     */
    public int classes() {
        int classes = 1;
        for (int i = 0; i < count(); i++) {
            classes = Math.max(classes, label(i) + 1);
        }
        return classes;
    }

    /**
     * The class of a picture.
     *
     * @param index from 0 to below {@link #count()}
     * @return from 0 to below {@link #classes()}
     */
    public int label(int index) {
        return Byte.toUnsignedInt(labels[index]);
    }

    /**
     * A checksum of all pixels and labels, to tell whether two sets are the same.
     *
     * @return CRC-32C in hexadecimal
     */
    public String checksum() {
        CRC32C checksum = new CRC32C();
        checksum.update(pixels);
        checksum.update(labels);
        return HexFormat.of().toHexDigits((int) checksum.getValue());
    }

    /** A pixel. */
    int pixel(int index, int offset) {
        return Byte.toUnsignedInt(pixels[index * shape.size() + offset]);
    }

    /**
     * The first ones.
     *
     * @param most how many; all if it is 0, or if there are fewer
     * @return a part, or the same
     */
    public LabeledImages first(int most) {
        return most == 0 || most >= count()
                ? this
                : new LabeledImages(shape, Arrays.copyOf(pixels, most * shape.size()), Arrays.copyOf(labels, most));
    }

    /**
     * Mean and deviation of each channel, for {@link Normalization}.
     *
     * @return of all pixels from 0 to 1
     */
    public Normalization normalization() {
        float[] mean = new float[shape.channels()];
        float[] deviation = new float[shape.channels()];
        for (int c = 0; c < mean.length; c++) {
            long sum = 0;
            long squares = 0;
            for (int n = 0; n < count(); n++) {
                for (int i = c * shape.plane(); i < (c + 1) * shape.plane(); i++) {
                    int pixel = pixel(n, i);
                    sum += pixel;
                    squares += (long) pixel * pixel;
                }
            }
            double pixels = (double) count() * shape.plane();
            double channelMean = sum / pixels;
            mean[c] = (float) (channelMean / 255);
            // A channel that is the same everywhere is only shifted.
            double variance = squares / pixels - channelMean * channelMean;
            deviation[c] = variance > 0 ? (float) (Math.sqrt(variance) / 255) : 1;
        }
        return new Normalization(mean, deviation);
    }
}
