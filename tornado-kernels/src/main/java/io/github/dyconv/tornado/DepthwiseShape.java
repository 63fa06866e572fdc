package io.github.dyconv.tornado;

/**
 * How {@link DepthwiseKernels} divides a convolution, compiled into its kernels as constants.
 *
 * <p>Groups are taken by <i>blocks</i> of {@value #LANES}, output rows by <i>bands</i>. A <i>piece</i> is a band of a block of a
 * sample; a work-item computes some, one after the other, in the same small arrays.
 *
 * @param convolution the sizes
 * @param kernels K
 * @param inPerGroup C / G
 * @param outPerGroup O / G
 * @param blocks of groups, the last one filled up
 * @param rowsPerBand output rows of a band
 * @param inputRows input rows, with padding, that a band reads
 * @param columns output columns, with those beyond the edge of the last tile of {@value #TILE}
 * @param paddedWidth input columns, with padding, that it reads
 * @param firstColumn the first of those that is one of the input: the padding, unless that is negative
 * @param endColumn the first of those beyond the input
 * @param piecesPerItem pieces that a work-item takes
 */
public record DepthwiseShape(
        ConvolutionShape convolution,
        int kernels,
        int inPerGroup,
        int outPerGroup,
        int blocks,
        int rowsPerBand,
        int inputRows,
        int columns,
        int paddedWidth,
        int firstColumn,
        int endColumn,
        int piecesPerItem) {
    /** Groups of a block: the lanes of a vector. */
    public static final int LANES = PanelShape.LANES;

    /** Output columns that a weight serves once it is loaded. */
    public static final int TILE = 4;

    /** Inputs of a piece that stay in the second-level cache, as vectors. */
    private static final int CACHED = 1024;

    /** Output rows of a band at least, since the next one packs some of the same rows anew. */
    private static final int FEWEST_ROWS = 8;

    /** Work-items for each compute unit, so that all finish at about the same time. */
    private static final int ITEMS_PER_UNIT = 8;

    /** Divides a convolution; what affects rounding depends on nothing else. */
    static DepthwiseShape of(ConvolutionShape s, int kernels, int computeUnits) {
        int inPerGroup = s.inPlanes() / s.groups();
        int blocks = Math.ceilDiv(s.groups(), LANES);
        int columns = Math.ceilDiv(s.outWidth(), TILE) * TILE;
        int paddedWidth = extent(columns, s.strideWidth(), s.kernelWidth(), s.dilationWidth());
        int firstColumn = Math.clamp(s.paddingWidth(), 0, paddedWidth);
        int endColumn = Math.clamp((long) s.paddingWidth() + s.width(), firstColumn, paddedWidth);

        int items = Math.multiplyExact(ITEMS_PER_UNIT, computeUnits);
        long cached = CACHED / ((long) paddedWidth * inPerGroup * s.strideHeight());
        long shared = Math.ceilDiv((long) s.batch() * blocks * s.outHeight(), items);
        int most = Math.clamp(Math.min(cached, shared), Math.min(FEWEST_ROWS, s.outHeight()), s.outHeight());
        int bands = Math.ceilDiv(s.outHeight(), most);
        int rowsPerBand = Math.ceilDiv(s.outHeight(), bands);
        int pieces = s.batch() * blocks * Math.ceilDiv(s.outHeight(), rowsPerBand);
        return new DepthwiseShape(
                s,
                kernels,
                inPerGroup,
                s.outPlanes() / s.groups(),
                blocks,
                rowsPerBand,
                extent(rowsPerBand, s.strideHeight(), s.kernelHeight(), s.dilationHeight()),
                columns,
                paddedWidth,
                firstColumn,
                endColumn,
                Math.ceilDiv(pieces, items));
    }

    private static int extent(int outputs, int stride, int taps, int dilation) {
        return (outputs - 1) * stride + (taps - 1) * dilation + 1;
    }

    /**
     * Bands of the output.
     *
     * @return the number
     */
    public int bands() {
        return (convolution().outHeight() + rowsPerBand() - 1) / rowsPerBand();
    }

    /**
     * Pieces of all samples.
     *
     * @return samples · blocks · bands
     */
    public int pieces() {
        return convolution().batch() * blocks() * bands();
    }

    /**
     * Work-items.
     *
     * @return the number
     */
    public int items() {
        return Math.ceilDiv(pieces(), piecesPerItem());
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
     * Weights of a block.
     *
     * @return vectors
     */
    public int weights() {
        return outPerGroup() * inPerGroup() * taps();
    }

    /**
     * Aggregated weights and biases of a block.
     *
     * @return vectors
     */
    public int aggregated() {
        return weights() + outPerGroup();
    }

    /**
     * The bank's last vector, zeros.
     *
     * @return its index
     */
    public int zeroVector() {
        return blocks() * weights() * kernels();
    }

    /**
     * Inputs of a piece.
     *
     * @return vectors
     */
    public int inputs() {
        return inPerGroup() * inputRows() * paddedWidth();
    }

    /**
     * The kernels by blocks: {@code [blocks, O/G, C/G·kh·kw, K, 16]}; and one vector of zeros.
     *
     * @throws IllegalArgumentException if one array can't hold as much
     */
    BankLayout layout() {
        return new BankLayout(
                FloatArrays.size("weight", (long) blocks * weights() * kernels + 1, LANES),
                (graph, task, bank, packed) -> graph.task(task, PackingKernels::packBlocks, bank, packed, this));
    }
}
