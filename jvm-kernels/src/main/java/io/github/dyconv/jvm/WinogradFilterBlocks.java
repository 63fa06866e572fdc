package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.ChannelKernels.CHANNELS;
import static io.github.dyconv.jvm.ChannelKernels.PIXELS;
import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.WinogradKernels.POINTS;
import static io.github.dyconv.jvm.WinogradKernels.TAPS;

import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Winograd's minimal filtering for the gradient of 3x3 filters, with tiles as in {@link WinogradConvolution}: a quarter of the
 * multiplications of {@link ChannelFilterBlocks}, in blocks of the same layout.
 *
 * <p>For a band of tiles at a time, the block's input channels and the output's gradient are transformed; then, for each of the 36
 * points, a product of matrices ({@link ChannelKernels}, with input channels in the place of its pixels and tiles in that of its
 * products) adds up over the tiles. The sums are transformed back to taps once for a chain of bands, so for most pictures once for
 * a sample.
 */
final class WinogradFilterBlocks implements FilterBlocks {
    private static final int TILE_POINTS = POINTS * POINTS;

    /** Tiles of a band to aim for: with their factors of a block they take about half of a common second-level cache. */
    private static final int BAND_TILES = 48;

    /** Input channels of a block to aim for: the more, the fewer times the output's gradient is transformed. */
    private static final int BLOCK_PLANES = 64;

    /** Floats between the memory of two points, lest at a power of two all fall into the same cache lines. */
    private static final int APART = 64;

    private final ForwardProblem problem;
    private final PanelBlocks blocks;
    private final WinogradTiles tiles;
    private final int bandsPerChain;
    private final int inStride; // from one tile's input channels to the next's
    private final int[] steps; // of a band's tiles
    private final int[] places; // of input channels
    private final float[] zeros = new float[CHANNELS];
    private final Worker[] workers;

    /** What one thread computes in. */
    private final class Worker {
        /** The transformed input, {@code [points, tiles, input channels]}. */
        final Floats inputPoints;

        /** The transformed gradient, {@code [points, tiles, CHANNELS]}. */
        final Floats gradientPoints;

        /** Sums of their products, {@code [panels, points, input channels, CHANNELS]}. */
        final Floats products;

        /** Those of some input channels transformed back along columns, {@code [TAPS, POINTS, PIXELS, CHANNELS]}. */
        final Floats columns;

        /** A panel's result of a chain, where there are several. */
        final Floats chain;

        final WinogradTiles.Band inputBand;
        final WinogradTiles.Band gradientBand;

        Worker(Scratch scratch) {
            inputPoints = scratch.floats(TILE_POINTS * inputStride());
            gradientPoints = scratch.floats(TILE_POINTS * gradientStride());
            products = scratch.floats(PanelBlocks.panelsPerBlock(problem) * TILE_POINTS * productStride());
            columns = scratch.floats(TAPS * POINTS * PIXELS * CHANNELS);
            boolean chains = bandsPerChain < tiles.bands();
            chain = scratch.floats(chains ? blocks.planesPerBlock() * TAPS * TAPS * CHANNELS : 0);
            inputBand = tiles.inputBand(scratch);
            gradientBand = tiles.gradientBand(scratch);
        }
    }

    WinogradFilterBlocks(ForwardProblem problem, int threads, Optional<PackedBank> packed, Scratch scratch) {
        this.problem = problem;
        this.blocks = new PanelBlocks(problem, BLOCK_PLANES, threads, packed, scratch);
        int all = new WinogradTiles(problem, 1).mostTiles();
        this.tiles = new WinogradTiles(problem, Math.ceilDiv(all, BAND_TILES));
        this.bandsPerChain = Math.max(1, AggregationKernels.CHAIN / tiles.mostTiles());
        this.inStride = Math.ceilDiv(blocks.planesPerBlock(), LANES) * LANES;
        this.steps = IntStream.range(0, tiles.mostTiles())
                .map(tile -> tile * inStride)
                .toArray();
        this.places = IntStream.range(0, blocks.planesPerBlock()).toArray();
        this.workers = new Worker[threads];
        Arrays.setAll(workers, i -> new Worker(scratch));
    }

    /** Why it is not for this problem, or empty if it is. */
    static Optional<String> refusal(ForwardProblem problem) {
        return WinogradConvolution.refusal(problem);
    }

    @Override
    public BlockLayout layout() {
        return blocks;
    }

    @Override
    public String term() {
        return "winograd";
    }

    @Override
    public void correlate(MemorySegment x, MemorySegment dy, int sample, int block, Floats sums, int workerNumber) {
        Worker worker = workers[workerNumber];
        for (int first = 0; first < tiles.bands(); first += bandsPerChain) {
            for (int band = first; band < Math.min(first + bandsPerChain, tiles.bands()); band++) {
                transformInput(x, sample, block, band, worker);
                for (int part = 0; part < blocks.parts(block); part++) {
                    transformGradient(dy, sample, block, part, band, worker);
                    multiply(blocks.planes(block), part, band, band == first, worker);
                }
            }
            for (int part = 0; part < blocks.parts(block); part++) {
                int length = blocks.partLength(block);
                if (first == 0) {
                    transformProducts(blocks.planes(block), part, sums, part * length, worker);
                } else {
                    transformProducts(blocks.planes(block), part, worker.chain, 0, worker);
                    AggregationKernels.add(worker.chain, sums, part * length, length);
                }
            }
        }
    }

    private void transformInput(MemorySegment x, int sample, int block, int band, Worker worker) {
        long plane = (long) sample * problem.geometry().inPlanes() + blocks.firstPlane(block);
        int planes = blocks.planes(block);
        for (int c = 0; c < planes; c += LANES) {
            tiles.transformInput(
                    x,
                    plane + c,
                    Math.min(LANES, planes - c),
                    band,
                    worker.inputPoints,
                    c,
                    inputStride(),
                    inStride,
                    worker.inputBand);
        }
    }

    private void transformGradient(MemorySegment dy, int sample, int block, int part, int band, Worker worker) {
        long plane = (long) sample * problem.geometry().outPlanes() + blocks.firstChannel(block, part);
        int channels = blocks.channels(block, part);
        for (int r = 0; r < CHANNELS; r += LANES) {
            int first = Math.min(r, channels - 1); // lanes without a channel get a copy
            tiles.transformGradient(
                    dy,
                    plane + first,
                    Math.min(LANES, channels - first),
                    band,
                    worker.gradientPoints,
                    r,
                    gradientStride(),
                    CHANNELS,
                    worker.gradientBand);
        }
    }

    private void multiply(int planes, int part, int band, boolean fresh, Worker worker) {
        Floats inputs = worker.inputPoints;
        Floats factors = worker.gradientPoints;
        Floats products = worker.products;
        for (int point = 0; point < TILE_POINTS; point++) {
            int to = products.base() + (part * TILE_POINTS + point) * productStride();
            ChannelKernels.run(
                    inputs.array(),
                    inputs.base() + point * inputStride(),
                    places,
                    planes,
                    steps,
                    0,
                    tiles.tiles(band),
                    factors.array(),
                    factors.base() + point * gradientStride(),
                    fresh ? zeros : products.array(),
                    fresh ? 0 : to,
                    fresh ? 0 : CHANNELS,
                    products.array(),
                    to);
        }
    }

    private void transformProducts(int planes, int part, Floats to, int first, Worker worker) {
        int channels = PIXELS * CHANNELS;
        Floats columns = worker.columns;
        for (int c = 0; c < planes; c += PIXELS) {
            for (int column = 0; column < POINTS; column++) {
                WinogradKernels.filterGradient(
                        worker.products.array(),
                        worker.products.base() + (part * TILE_POINTS + column) * productStride() + c * CHANNELS,
                        POINTS * productStride(),
                        LANES,
                        columns.array(),
                        columns.base() + column * channels,
                        POINTS * channels,
                        LANES,
                        channels / LANES);
            }
            for (int i = 0; i < PIXELS * TAPS; i++) {
                int plane = i / TAPS;
                int row = i % TAPS;
                WinogradKernels.filterGradient(
                        columns.array(),
                        columns.base() + row * POINTS * channels + plane * CHANNELS,
                        channels,
                        LANES,
                        to.array(),
                        to.base() + first + ((c + plane) * TAPS + row) * TAPS * CHANNELS,
                        CHANNELS,
                        LANES,
                        CHANNELS / LANES);
            }
        }
    }

    /** From one point's inputs to the next's. */
    private int inputStride() {
        return tiles.mostTiles() * inStride + APART;
    }

    /** From one point's gradients to the next's. */
    private int gradientStride() {
        return tiles.mostTiles() * CHANNELS + APART;
    }

    /** From one point's products to the next's. */
    private int productStride() {
        return blocks.planesPerBlock() * CHANNELS + APART;
    }
}
