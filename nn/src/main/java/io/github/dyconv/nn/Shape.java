package io.github.dyconv.nn;

/**
 * The shape of one sample of a value within a network; a batch of it is {@code [N, channels, height, width]}.
 *
 * @param channels at least 1
 * @param height rows, at least 1; 1 for vectors
 * @param width columns, at least 1; 1 for vectors
 */
public record Shape(int channels, int height, int width) {
    /**
     * Checks every value.
     *
     * @throws IllegalArgumentException if one is not positive
     */
    public Shape {
        if (channels < 1 || height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "shape: every dimension must be at least 1, got [" + channels + ", " + height + ", " + width + "]");
        }
    }

    /**
     * Pixels of one channel.
     *
     * @return height times width
     */
    public int plane() {
        return Math.multiplyExact(height, width);
    }

    /**
     * Elements of one sample.
     *
     * @return the product of the dimensions
     */
    public int size() {
        return Math.multiplyExact(channels, plane());
    }

    /**
     * The shape of a batch.
     *
     * @param samples its size N
     * @return {@code [N, channels, height, width]}
     */
    public int[] batch(int samples) {
        return new int[] {samples, channels, height, width};
    }

    /** As {@code [64, 7, 7]}. */
    @Override
    public String toString() {
        return "[" + channels + ", " + height + ", " + width + "]";
    }
}
