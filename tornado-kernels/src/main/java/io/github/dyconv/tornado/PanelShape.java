package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * How {@link VectorConvolutionKernels} divides a convolution, compiled into its kernels as constants.
 *
 * <p>Output channels are taken by <i>panels</i> of {@value #LANES}, output pixels by <i>tiles</i> of {@value #TILE},
 * products by <i>chunks</i> of input channels. A work-item computes a panel for a band of tile rows and a block of samples,
 * chunk by chunk. Tiles reach beyond the output where they don't fit; the padded input has what they read there.
 *
 * <p>Methods read components by their accessors: the simulator copies the methods that kernels call, and a copy has no access
 * to private fields.
 *
 * @param convolution the sizes
 * @param kernels K
 * @param panelsPerGroup panels of one group's output channels, the last one filled up with zeros
 * @param chunk input channels whose aggregated weights a work-item holds at a time
 * @param tileColumns output columns of a tile, a divisor of {@value #TILE}
 * @param tilesAcross tiles along a row of the output
 * @param tilesDown rows of tiles
 * @param tileRowsPerBand rows of tiles that a work-item takes
 * @param samplesPerBlock samples that a work-item takes, for which it reads the bank once
 * @param paddedHeight rows of the input with padding, at least those that the tiles read; H if they need none
 * @param paddedWidth columns of it, or W
 */
public record PanelShape(
        ConvolutionShape convolution,
        int kernels,
        int panelsPerGroup,
        int chunk,
        int tileColumns,
        int tilesAcross,
        int tilesDown,
        int tileRowsPerBand,
        int samplesPerBlock,
        int paddedHeight,
        int paddedWidth) {
    /** Output channels of a panel: the lanes of a vector. */
    public static final int LANES = 16;

    /** Output pixels of a tile: as many sums as leave some of 32 vector registers free, and a divisor of many widths. */
    public static final int TILE = 14;

    /** Products in one chain of roundings, about; and weights of a panel that stay in the first-level cache. */
    private static final int PRODUCTS = 288;

    /** For trials: tiles may be more than the fewest by one in so many. */
    private static final int TRIED_EXCESS = 8;

    /** Output pixels of a band at least, so that aggregating K weights costs little beside using the sum. */
    private static final int FEWEST_PIXELS = 128;

    /** Work-items for each compute unit, so that all finish at about the same time. */
    private static final int ITEMS_PER_UNIT = 8;

    /**
     * How schedule {@code vector} divides a layer's convolution.
     *
     * @param problem the layer and its input
     * @param computeUnits of the device
     * @return all sizes
     */
    public static PanelShape of(ForwardProblem problem, int computeUnits) {
        return of(ConvolutionShape.of(problem), problem.config().kernels(), computeUnits);
    }

    /**
     * Divides a convolution. Samples are parted before bands: the bank is read once for each block, but aggregated anew for
     * each band. What affects rounding does not depend on the batch.
     *
     * @param kernels K
     * @param computeUnits of the device
     */
    static PanelShape of(ConvolutionShape s, int kernels, int computeUnits) {
        return of(s, kernels, sizeFor(s), computeUnits);
    }

    /** The rule: the size that suits a shape. */
    static PanelSize sizeFor(ConvolutionShape s) {
        return new PanelSize(columnsByExcess(s).getFirst(), PRODUCTS, ITEMS_PER_UNIT);
    }

    /** Sizes worth a trial: shorter and longer chunks, fewer and more work-items. */
    static List<PanelSize> sizes(ConvolutionShape s) {
        List<Integer> columns = columnsByExcess(s);
        long least = tiles(s, columns.getFirst());
        List<PanelSize> sizes = new ArrayList<>();
        for (int c : columns) {
            if (tiles(s, c) <= least + least / TRIED_EXCESS) {
                for (int products = PRODUCTS / 2; products <= 2 * PRODUCTS; products *= 2) {
                    for (int items = ITEMS_PER_UNIT / 2; items <= 2 * ITEMS_PER_UNIT; items *= 2) {
                        sizes.add(new PanelSize(c, products, items));
                    }
                }
            }
        }
        return sizes;
    }

    /** As above, with a size of one's own. */
    static PanelShape of(ConvolutionShape s, int kernels, PanelSize size, int computeUnits) {
        int panelsPerGroup = Math.ceilDiv(s.outPlanes() / s.groups(), LANES);
        int panels = panelsPerGroup * s.groups();
        int inPerGroup = s.inPlanes() / s.groups();
        int chunks = Math.ceilDiv(inPerGroup, Math.max(1, size.products() / (s.kernelHeight() * s.kernelWidth())));
        int columns = size.columns();
        int across = Math.ceilDiv(s.outWidth(), columns);
        int down = Math.ceilDiv(s.outHeight(), TILE / columns);
        int items = Math.multiplyExact(size.itemsPerUnit(), computeUnits);
        int blocks = Math.min(s.batch(), Math.ceilDiv(items, panels));
        int samplesPerBlock = Math.ceilDiv(s.batch(), blocks);
        int mostBands = Math.max(1, s.outHeight() * s.outWidth() / FEWEST_PIXELS);
        int bands = Math.min(mostBands, Math.ceilDiv(items, panels * Math.ceilDiv(s.batch(), samplesPerBlock)));
        int paddedHeight = extent(down * (TILE / columns), s.strideHeight(), s.kernelHeight(), s.dilationHeight());
        int paddedWidth = extent(across * columns, s.strideWidth(), s.kernelWidth(), s.dilationWidth());
        boolean unpadded = s.paddingHeight() == 0
                && s.paddingWidth() == 0
                && paddedHeight <= s.height()
                && paddedWidth <= s.width();
        return new PanelShape(
                s,
                kernels,
                panelsPerGroup,
                Math.ceilDiv(inPerGroup, chunks),
                columns,
                across,
                down,
                Math.ceilDiv(down, bands),
                samplesPerBlock,
                unpadded ? s.height() : paddedHeight,
                unpadded ? s.width() : paddedWidth);
    }

    /** The columns that a tile may have, first those with which the least is computed beyond the output's edges. */
    private static List<Integer> columnsByExcess(ConvolutionShape s) {
        return IntStream.iterate(TILE, columns -> columns >= 1, columns -> columns - 1)
                .filter(columns -> TILE % columns == 0)
                .boxed()
                .sorted(Comparator.comparingLong(columns -> tiles(s, columns))) // stable: of equals, the widest
                .toList();
    }

    private static long tiles(ConvolutionShape s, int columns) {
        return (long) Math.ceilDiv(s.outWidth(), columns) * Math.ceilDiv(s.outHeight(), TILE / columns);
    }

    private static int extent(int outputs, int stride, int taps, int dilation) {
        return (outputs - 1) * stride + (taps - 1) * dilation + 1;
    }

    /**
     * Rows of a tile.
     *
     * @return {@value #TILE} / tileColumns
     */
    public int tileRows() {
        return TILE / tileColumns();
    }

    /**
     * Panels of all groups.
     *
     * @return the number
     */
    public int panels() {
        return panelsPerGroup() * convolution().groups();
    }

    /**
     * Bands of the output.
     *
     * @return the number
     */
    public int bands() {
        return Math.ceilDiv(tilesDown(), tileRowsPerBand());
    }

    /**
     * Taps of the kernel.
     *
     * @return kh · kw
     */
    public int taps() {
        return convolution().kernelHeight() * convolution().kernelWidth();
    }

    /**
     * Input channels of a group.
     *
     * @return C / G
     */
    public int inPerGroup() {
        return convolution().inPlanes() / convolution().groups();
    }

    /**
     * Pieces of the convolution, each a panel for a band and a block of samples.
     *
     * @return panels · bands · blocks of samples
     */
    public int pieces() {
        return panels() * bands() * Math.ceilDiv(convolution().batch(), samplesPerBlock());
    }

    /**
     * Whether the tiles read the input where it stands.
     *
     * @return false if they need a padded copy
     */
    public boolean unpadded() {
        return convolution().paddingHeight() == 0
                && convolution().paddingWidth() == 0
                && paddedHeight() == convolution().height()
                && paddedWidth() == convolution().width();
    }

    /**
     * The kernels by panels: {@code [panels, C/G·kh·kw, K, 16]}, so that the K weights of a sum and the sums of a panel stand
     * in the order in which they are read; and one vector of zeros.
     *
     * @throws IllegalArgumentException if one array can't hold as much
     */
    BankLayout layout() {
        return new BankLayout(
                FloatArrays.size("weight", (long) panels() * inPerGroup() * taps() * kernels + 1, LANES),
                (graph, task, bank, packed) -> graph.task(task, PackingKernels::packPanels, bank, packed, this));
    }

    /**
     * Aggregated weights that a work-item holds.
     *
     * @return elements of a panel's of one chunk
     */
    public int chunkLength() {
        return chunk() * taps() * LANES;
    }

    /**
     * Sums that a work-item holds.
     *
     * @return elements
     */
    public long sumsLength() {
        return (long) samplesPerBlock() * tileRowsPerBand() * tilesAcross() * TILE * LANES;
    }

    /** An array for the aggregated weights of work-items, {@code [items, chunk·kh·kw, 16]}. */
    FloatArray weights(int items) {
        return FloatArrays.zeros("aggregated weight, a chunk for each work-item", items, chunkLength());
    }

    /** An array for the sums of work-items, {@code [items, samplesPerBlock, tiles of a band, 14, 16]}. */
    FloatArray sums(int items) {
        return FloatArrays.zeros("sums of each work-item", items, sumsLength());
    }

    /** An array for copies of the input with zeros around, {@code [copies, N, C, paddedHeight, paddedWidth]}. */
    FloatArray padded(int copies) {
        return FloatArrays.zeros(
                "padded input",
                (long) copies * convolution().batch() * convolution().inPlanes(),
                (long) paddedHeight() * paddedWidth());
    }

    /**
     * The bank's last vector, zeros.
     *
     * @return its index
     */
    public int zeroVector() {
        return panels() * inPerGroup() * taps() * kernels();
    }
}
