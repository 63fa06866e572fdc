package io.github.dyconv.tornado;

import java.util.Arrays;
import java.util.List;

/**
 * How {@link HalfKernels} cuts a convolution into tiles: constants of its code, like the {@link ConvolutionShape}.
 *
 * @param shape the convolution
 * @param channelWarps warps of a group that have channels of their own: 1, 2 or 4; the others share theirs, on other pixels
 * @param slices input channels of one step, in slices of {@value #SLICE}: 1 or 2
 * @param splits parts of each sum that different groups compute
 * @param stepsPerSplit steps of each part; the last one may have fewer
 */
public record HalfTile(ConvolutionShape shape, int channelWarps, int slices, int splits, int stepsPerSplit) {
    /** Work-items of a group, in {@value #WARPS} warps. */
    static final int GROUP = 128;

    /** Warps of a group. */
    static final int WARPS = 4;

    /** Input channels that one matrix instruction sums over. */
    static final int SLICE = 16;

    /** Output channels of a matrix instruction. */
    static final int ROWS = 16;

    /** Output pixels of a matrix instruction. */
    static final int COLUMNS = 8;

    /** Output channels of a warp. */
    static final int WARP_CHANNELS = 2 * ROWS;

    /** Output pixels of a warp. */
    static final int WARP_PIXELS = 8 * COLUMNS;

    /** Pairs of weights in one matrix of a slice. */
    static final int WEIGHT_PAIRS = ROWS * SLICE / 2;

    /** Pairs of pixels in one matrix of a slice, and four between them, so that a warp writes to all banks of local memory. */
    static final int INPUT_PAIRS = SLICE * COLUMNS / 2 + 4;

    /** Pairs of weights in local memory, at most: those of 4 warps. */
    static final int MOST_WEIGHT_PAIRS = 2 * 4 * WARP_CHANNELS / ROWS * WEIGHT_PAIRS;

    /** Pairs of pixels in local memory, at most: one slice of 4 warps, or two of 2. */
    static final int MOST_INPUT_PAIRS = 4 * WARP_PIXELS / COLUMNS * INPUT_PAIRS;

    /** Local memory of a group, in bytes. */
    static final int LOCAL_BYTES = (MOST_WEIGHT_PAIRS + MOST_INPUT_PAIRS) * Integer.BYTES;

    /** All that {@link #LOCAL_BYTES} of local memory hold: two slices of four warps' pixels have no place there. */
    static final List<TileSize> SIZES = List.of(size(1, 1), size(2, 2), size(2, 1), size(4, 2), size(4, 1));

    private static TileSize size(int channelWarps, int slices) {
        return new TileSize(WARP_CHANNELS * channelWarps, WARP_PIXELS * WARPS / channelWarps, SLICE * slices);
    }

    /** The rule: the size that suits a shape. */
    static TileSize sizeFor(ConvolutionShape s) {
        int outPerGroup = s.outPlanes() / s.groups();
        int channelWarps = outPerGroup > 2 * WARP_CHANNELS ? 4 : outPerGroup > WARP_CHANNELS ? 2 : 1;
        int slices = channelWarps == 1 || s.inPlanes() / s.groups() <= SLICE ? 1 : 2;
        return size(channelWarps, slices);
    }

    /**
     * The tiles that suit a shape.
     *
     * @param computeUnits for how many there should be groups
     */
    static HalfTile of(ConvolutionShape s, int computeUnits) {
        return of(s, sizeFor(s), computeUnits);
    }

    /**
     * The tiles of a size.
     *
     * @param size one of {@link #SIZES}
     * @param computeUnits for how many there should be groups
     */
    static HalfTile of(ConvolutionShape s, TileSize size, int computeUnits) {
        int channelWarps = size.channels() / WARP_CHANNELS;
        int slices = size.depth() / SLICE;
        HalfTile whole = new HalfTile(s, channelWarps, slices, 1, 0);
        int steps = whole.steps();
        int groups = whole.pixelTiles() * whole.channelTiles() * s.batch() * s.groups();
        int stepsPerSplit = SplitSums.stepsPerSplit(groups, steps, computeUnits);
        return new HalfTile(s, channelWarps, slices, Math.ceilDiv(steps, stepsPerSplit), stepsPerSplit);
    }

    /**
     * Warps of a group that share channels.
     *
     * @return the number
     */
    public int pixelWarps() {
        return WARPS / channelWarps();
    }

    /**
     * Output channels of a tile.
     *
     * @return the number
     */
    public int channels() {
        return WARP_CHANNELS * channelWarps();
    }

    /**
     * Output pixels of a tile.
     *
     * @return the number
     */
    public int pixels() {
        return WARP_PIXELS * pixelWarps();
    }

    /**
     * Input channels of a step.
     *
     * @return the number
     */
    public int depth() {
        return SLICE * slices();
    }

    /**
     * Tiles along the output channels of a group.
     *
     * @return the number
     */
    public int channelTiles() {
        return (shape().outPlanes() / shape().groups() + channels() - 1) / channels();
    }

    /**
     * Tiles along the output pixels.
     *
     * @return the number
     */
    public int pixelTiles() {
        return (shape().outHeight() * shape().outWidth() + pixels() - 1) / pixels();
    }

    /**
     * Steps that the input channels take.
     *
     * @return the number
     */
    public int channelBlocks() {
        return (shape().inPlanes() / shape().groups() + depth() - 1) / depth();
    }

    /**
     * Steps of a whole sum: taps, and within them blocks of input channels.
     *
     * @return the number
     */
    public int steps() {
        return channelBlocks() * shape().kernelHeight() * shape().kernelWidth();
    }

    /**
     * Weights that a group loads for one step.
     *
     * @return the number
     */
    public int weightsPerStep() {
        return depth() * channels();
    }

    /**
     * Elements of one kernel, packed.
     *
     * @return the number
     */
    public int kernelLength() {
        return shape().groups() * channelTiles() * steps() * weightsPerStep();
    }

    /**
     * Rows of the sums of one split: output channels, filled up to whole tiles.
     *
     * @return N · G · channels
     */
    public int sumRows() {
        return shape().batch() * shape().groups() * channelTiles() * channels();
    }

    /**
     * Columns of the sums: output pixels, filled up to whole tiles.
     *
     * @return the number
     */
    public int sumColumns() {
        return pixelTiles() * pixels();
    }

    /**
     * The kernels as the tiles read them, one after the other: {@code [K, G, channel tiles, taps, channel blocks, slices,
     * tile channels / 16, 16, 16]}, filled up with zeros.
     *
     * @param kernels K
     * @throws IllegalArgumentException if one array can't hold as much
     */
    BankLayout layout(int kernels) {
        return new BankLayout(
                FloatArrays.size("weight", kernels, kernelLength()),
                (graph, task, bank, packed) ->
                        graph.task(task, HalfKernels::packMatrices, bank, packed, kernels, this));
    }

    /** Never negative: TornadoVM's PTX back end writes it into the kernel's name, where a minus sign is a syntax error. */
    @Override
    public int hashCode() {
        return Arrays.hashCode(new int[] {shape.hashCode(), channelWarps, slices, splits, stepsPerSplit})
                & Integer.MAX_VALUE;
    }
}
