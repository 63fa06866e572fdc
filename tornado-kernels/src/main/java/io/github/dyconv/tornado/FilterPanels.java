package io.github.dyconv.tornado;

/**
 * How {@link VectorFilterGradientKernels} divides the gradient of a bank: constants of its code, like the {@link PanelShape}.
 *
 * <p>The elements of a panel's gradient are taken by tiles of {@code channels x rows x columns} of input channels and kernel
 * taps, {@value #MOST_SUMS} at most, all of them divisors: no tile reaches beyond the kernel.
 *
 * @param panels the layer's convolution
 * @param channels input channels of a tile
 * @param rows kernel rows of a tile
 * @param columns kernel columns of a tile
 * @param channelsPerBlock input channels that a work-item takes, a multiple of {@code channels}
 */
public record FilterPanels(PanelShape panels, int channels, int rows, int columns, int channelsPerBlock) {
    /** As many as keep a processor's multipliers busy, and as TornadoVM compiles in one kernel. */
    static final int MOST_SUMS = 12;

    /** Vectors of a block's bank that stay in the first-level cache, beside as many of its gradient. */
    private static final int CACHED = 160;

    static FilterPanels of(PanelShape p) {
        ConvolutionShape s = p.convolution();
        int columns = largestDivisor(s.kernelWidth(), MOST_SUMS);
        int rows = largestDivisor(s.kernelHeight(), MOST_SUMS / columns);
        int channels = largestDivisor(p.inPerGroup(), MOST_SUMS / columns / rows);
        int tiles = Math.clamp(CACHED / (p.kernels() * p.taps() * channels), 1, p.inPerGroup() / channels);
        return new FilterPanels(p, channels, rows, columns, tiles * channels);
    }

    private static int largestDivisor(int of, int most) {
        int divisor = Math.min(of, most);
        while (of % divisor != 0) {
            divisor--;
        }
        return divisor;
    }

    /**
     * Elements of a tile.
     *
     * @return channels · rows · columns
     */
    public int sums() {
        return channels() * rows() * columns();
    }

    /**
     * Where a sum belongs in a kernel.
     *
     * @param i a sum of the tile
     * @return elements of {@code [C/G, kh, kw]} from the first sum's to the i-th's
     */
    public int element(int i) {
        ConvolutionShape s = panels().convolution();
        int channel = i / (rows() * columns());
        int row = i / columns() % rows();
        return (channel * s.kernelHeight() + row) * s.kernelWidth() + i % columns();
    }

    /**
     * Blocks of a panel.
     *
     * @return the number
     */
    public int blocks() {
        return Math.ceilDiv(panels().inPerGroup(), channelsPerBlock());
    }

    /**
     * Work-items.
     *
     * @return panels · blocks
     */
    public int items() {
        return panels().panels() * blocks();
    }

    /**
     * Vectors that a work-item needs to itself.
     *
     * @return for a tile's sums, and one for each kernel
     */
    public int vectorsPerItem() {
        return MOST_SUMS + panels().kernels();
    }

    /**
     * Output pixels.
     *
     * @return H' · W'
     */
    public int pixels() {
        return panels().convolution().outHeight() * panels().convolution().outWidth();
    }
}
