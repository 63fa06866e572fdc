package io.github.dyconv.tornado;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How {@link ImplicitGemmKernels} cuts a convolution into tiles: constants of its code, like the {@link ConvolutionShape}.
 *
 * @param shape the convolution
 * @param perItem pixels of a work-item: 1, 2 or 4
 * @param channelWarps warps of a group that have channels of their own: 1, 2 or 4; the others share theirs, on other pixels
 * @param depth input channels of one step: 8 or 16
 * @param splits parts of each sum that different groups compute
 * @param stepsPerSplit steps of each part; the last one may have fewer
 * @param bank kernels of the bank that a group adds up as it loads them; 0 where there are aggregated weights to load
 */
public record ConvolutionTile(
        ConvolutionShape shape, int perItem, int channelWarps, int depth, int splits, int stepsPerSplit, int bank) {
    static final int MOST_DEPTH = 16;

    /** The most kernels of a bank that a group adds up: it has the attention in local memory. */
    static final int MOST_BANK = 8;

    /** All that the kernel can compute with {@link ImplicitGemmKernels#LOCAL} elements of local memory. */
    static final List<TileSize> SIZES = sizes();

    private static List<TileSize> sizes() {
        List<TileSize> sizes = new ArrayList<>();
        for (int channelWarps = 1; channelWarps <= ImplicitGemmKernels.WARPS; channelWarps *= 2) {
            for (int perItem = 1; perItem <= channelWarps; perItem *= 2) { // local memory holds no more pixels
                for (int depth = MOST_DEPTH; depth >= MOST_DEPTH / 2; depth /= 2) {
                    sizes.add(size(channelWarps, perItem, depth));
                }
            }
        }
        return List.copyOf(sizes);
    }

    private static TileSize size(int channelWarps, int perItem, int depth) {
        return new TileSize(
                ImplicitGemmKernels.ROWS * channelWarps,
                ImplicitGemmKernels.LANES * perItem * ImplicitGemmKernels.WARPS / channelWarps,
                depth);
    }

    /** The rule: the size that suits a shape. */
    static TileSize sizeFor(ConvolutionShape s) {
        int outPerGroup = s.outPlanes() / s.groups();
        int pixels = s.outHeight() * s.outWidth();
        int channelWarps =
                outPerGroup > 2 * ImplicitGemmKernels.ROWS ? 4 : outPerGroup > ImplicitGemmKernels.ROWS ? 2 : 1;
        int perItem = channelWarps < 4 || pixels > 2 * ImplicitGemmKernels.LANES ? channelWarps : 2;
        int depth = s.inPlanes() / s.groups() % MOST_DEPTH == 0 ? MOST_DEPTH : MOST_DEPTH / 2;
        return size(channelWarps, perItem, depth);
    }

    /**
     * The tiles that suit a shape.
     *
     * @param computeUnits for how many there should be groups
     */
    static ConvolutionTile of(ConvolutionShape s, int computeUnits) {
        return of(s, sizeFor(s), computeUnits);
    }

    /**
     * The tiles of a size.
     *
     * @param size one of {@link #SIZES}
     * @param computeUnits for how many there should be groups
     */
    static ConvolutionTile of(ConvolutionShape s, TileSize size, int computeUnits) {
        int channelWarps = size.channels() / ImplicitGemmKernels.ROWS;
        int perItem = size.pixels() * channelWarps / ImplicitGemmKernels.WARPS / ImplicitGemmKernels.LANES;
        int depth = size.depth();
        ConvolutionTile whole = new ConvolutionTile(s, perItem, channelWarps, depth, 1, 0, 0);
        int steps = whole.steps();
        int groups = whole.pixelTiles() * whole.channelTiles() * s.batch() * s.groups();
        int stepsPerSplit = SplitSums.stepsPerSplit(groups, steps, computeUnits);
        return new ConvolutionTile(
                s, perItem, channelWarps, depth, Math.ceilDiv(steps, stepsPerSplit), stepsPerSplit, 0);
    }

    /**
     * The same tiles, of a bank if no more is read and written so than by aggregating before: that is where few groups load
     * the same weights, for few samples.
     *
     * @param kernels K
     */
    ConvolutionTile ofBank(int kernels) {
        long loads = (long) shape.batch() * pixelTiles();
        long aggregation = (long) AggregationShape.of(shape.batch(), kernels, 1).blocks() * kernels + shape.batch();
        return loads * kernels <= aggregation + loads && shape.kernelsPerSample() == 1 && kernels <= MOST_BANK
                ? new ConvolutionTile(shape, perItem, channelWarps, depth, splits, stepsPerSplit, kernels)
                : this;
    }

    /**
     * Warps of a group that share channels.
     *
     * @return the number
     */
    public int pixelWarps() {
        return ImplicitGemmKernels.WARPS / channelWarps();
    }

    /**
     * Output channels of a tile.
     *
     * @return the number
     */
    public int channels() {
        return ImplicitGemmKernels.ROWS * channelWarps();
    }

    /**
     * Output pixels of a tile.
     *
     * @return the number
     */
    public int pixels() {
        return ImplicitGemmKernels.LANES * perItem() * pixelWarps();
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
     * The kernels as the tiles read them, one after the other: {@code [K, G, channel tiles, taps, channel blocks, depth,
     * tile channels]}, filled up with zeros.
     *
     * @param kernels K
     * @throws IllegalArgumentException if one array can't hold as much
     */
    BankLayout layout(int kernels) {
        return new BankLayout(
                FloatArrays.size("weight", kernels, kernelLength()),
                (graph, task, bank, packed) ->
                        graph.task(task, PackingKernels::packTiles, bank, packed, kernels, this));
    }

    /** Never negative: TornadoVM's PTX back end writes it into the kernel's name, where a minus sign is a syntax error. */
    @Override
    public int hashCode() {
        return Arrays.hashCode(new int[] {shape.hashCode(), perItem, channelWarps, depth, splits, stepsPerSplit, bank})
                & Integer.MAX_VALUE;
    }
}
