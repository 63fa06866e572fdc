package io.github.dyconv;

/**
 * A pair of sizes along the two spatial axes: a kernel, stride, padding or dilation.
 *
 * @param height along H, the rows
 * @param width along W, the columns
 */
public record Size2D(int height, int width) {
    /**
     * The same size along both axes.
     *
     * @param size along H and W
     * @return the pair
     */
    public static Size2D of(int size) {
        return new Size2D(size, size);
    }

    /** As PyTorch prints it: one number where both axes agree, else {@code [height, width]}. */
    @Override
    public String toString() {
        return height == width ? Integer.toString(height) : "[" + height + ", " + width + "]";
    }
}
