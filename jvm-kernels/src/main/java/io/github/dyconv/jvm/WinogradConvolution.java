package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.ChannelKernels.CHANNELS;
import static io.github.dyconv.jvm.ChannelKernels.PIXELS;
import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.WinogradKernels.OUTPUTS;
import static io.github.dyconv.jvm.WinogradKernels.POINTS;
import static io.github.dyconv.jvm.WinogradKernels.TAPS;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Precision;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Winograd's convolution with 3x3 filters, F(4x4, 3x3): a quarter of the multiplications of the direct one
 * ({@link WinogradKernels}).
 *
 * <p>The output is cut into units, a band of rows of one sample each, and units into tiles of 4x4 pixels. A task transforms a
 * unit's input; then, for a panel of output channels and a block of input channels at a time, it aggregates the filters for the
 * unit's sample, transforms them, and multiplies them with the tiles, one product of matrices for each of the 36 points; in the
 * end it transforms the sums back. All that lies between the input and the output stays in the thread's cache, and no thread
 * waits for another. The bank is kept untransformed: transformed, it would be four times as large, and reading it would cost
 * more than transforming the aggregated filters.
 */
final class WinogradConvolution implements Convolution {
    private static final int TILE_POINTS = POINTS * POINTS;
    private static final int FILTER_TAPS = TAPS * TAPS;

    /** Floats of a unit's transformed input and sums to aim for: somewhat more than a common second-level cache. */
    private static final int UNIT_FLOATS = 384 << 10;

    /** Input channels whose filters are transformed at a time. */
    private static final int DEPTH = 128;

    /** Floats between the memory of two points, lest at a power of two all fall into the same cache lines. */
    private static final int APART = 64;

    /** What transforming one filter costs, in products of one point. */
    private static final int FILTER_PRODUCTS = 300;

    /** Share of the direct convolution's products beyond which it is no gain. */
    private static final double MOST_COST = 0.7;

    /** Floats of one band at most. */
    private static final double MOST_FLOATS = 8 << 20;

    private final ForwardProblem problem;
    private final PackedBank bank;
    private final WinogradTiles tiles;
    private final int unitsPerTask;
    private final int panelsPerTask;
    private final int inBlocks; // of ChannelKernels.SPACING input channels
    private final int depth;
    private final int[] steps; // of input channels
    private final int[] places; // of a unit's tiles, up to a whole tile of the product
    private final Worker[] workers;
    private final float[] zeros = new float[CHANNELS];

    // Of the run under way.
    private long run;
    private float[] attention = {};
    private float[] biases = {};
    private MemorySegment x = MemorySegment.NULL;
    private MemorySegment y = MemorySegment.NULL;

    /** What one thread computes in. */
    private final class Worker {
        /** The transformed input of one unit, {@code [points, blocks, tiles, ChannelKernels.SPACING channels]}. */
        final Floats inputPoints;

        /** One input channel's filters for a panel of output channels, {@code [taps, CHANNELS]}. */
        final Floats filter;

        /** The same transformed along columns, {@code [POINTS, TAPS, CHANNELS]}. */
        final Floats filterColumns;

        /** A block of input channels' filters, {@code [points, depth, CHANNELS]}. */
        final Floats filterPoints;

        /** Sums of products of one unit, {@code [points, tiles, CHANNELS]}. */
        final Floats sums;

        /** Of a panel's channels; those behind the last one in use are never stored. */
        final float[] bias = new float[CHANNELS];

        // Whose filters they are.
        long run;
        int panel;
        int channel;
        int sample;

        final WinogradTiles.Band band;
        final WinogradTiles.Outputs outputs;

        Worker(Scratch scratch) {
            inputPoints = scratch.floats(TILE_POINTS * inputStride());
            filter = scratch.floats(FILTER_TAPS * CHANNELS);
            filterColumns = scratch.floats(POINTS * TAPS * CHANNELS);
            filterPoints = scratch.floats(TILE_POINTS * filterStride());
            sums = scratch.floats(TILE_POINTS * sumStride());
            band = tiles.inputBand(scratch);
            outputs = tiles.new Outputs(scratch);
        }
    }

    WinogradConvolution(ForwardProblem problem, BankLayout layout, ThreadTeam team, Scratch scratch) {
        Conv2dGeometry geometry = problem.geometry();
        this.problem = problem;
        this.bank = new PackedBank(problem.config(), layout, CHANNELS, team, scratch);
        this.inBlocks = Math.ceilDiv(geometry.inPlanes(), ChannelKernels.SPACING);
        WinogradTiles whole = new WinogradTiles(problem, 1);
        long tileFloats = (long) TILE_POINTS * (inBlocks * ChannelKernels.SPACING + CHANNELS);
        int threads = team.threads();
        int bands = Math.clamp(Math.ceilDiv(whole.mostTiles() * tileFloats, UNIT_FLOATS), 1, problem.outHeight());
        boolean manySamples = problem.batch() >= 2 * threads;
        boolean byPanels = !manySamples
                && problem.batch() * bands % threads != 0
                && bank.layout().count() % threads == 0;
        this.tiles =
                new WinogradTiles(problem, manySamples || byPanels ? bands : Math.ceilDiv(bands, threads) * threads);
        this.unitsPerTask = manySamples ? tiles.bands() : 1;
        this.panelsPerTask =
                byPanels ? bank.layout().count() / threads : bank.layout().count();
        int blocks = Math.ceilDiv(geometry.inPlanesPerGroup(), DEPTH);
        this.depth = Math.ceilDiv(geometry.inPlanesPerGroup(), blocks);
        this.places = IntStream.range(0, Math.ceilDiv(tiles.mostTiles(), PIXELS) * PIXELS)
                .map(tile -> tile * ChannelKernels.SPACING)
                .toArray();
        this.steps = IntStream.range(0, geometry.inPlanes()).map(this::place).toArray();
        this.workers = new Worker[team.threads()];
        Arrays.setAll(workers, i -> new Worker(scratch));
    }

    /** Why it is not for this problem, or empty if it is. */
    static Optional<String> refusal(ForwardProblem problem) {
        Conv2dGeometry geometry = problem.geometry();
        if (problem.options().precision() == Precision.STRICT) {
            return Optional.of("strict precision allows no algebraic shortcut");
        }
        if (geometry.kernelSize().height() != TAPS
                || geometry.kernelSize().width() != TAPS
                || geometry.stride().height() != 1
                || geometry.stride().width() != 1) {
            return Optional.of("it is for 3x3 kernels at stride 1");
        }
        if (geometry.inPlanesPerGroup() < LANES) {
            return Optional.of(geometry.inPlanesPerGroup() + " input channels don't repay the transforms");
        }
        if (WinogradTiles.floatsPerPlane(problem) * (LANES + geometry.inPlanes()) > MOST_FLOATS) {
            return Optional.of("the input is too large to transform");
        }
        double products = TILE_POINTS * (double) new WinogradTiles(problem, 1).mostTiles() + FILTER_PRODUCTS;
        if (products > MOST_COST * FILTER_TAPS * problem.outHeight() * problem.outWidth()) {
            return Optional.of("an output of " + problem.outHeight() + "x" + problem.outWidth()
                    + " is too small for its tiles of " + OUTPUTS + "x" + OUTPUTS);
        }
        return ChannelPanels.refusal(problem).or(() -> PackedBank.refusal(problem.config(), CHANNELS));
    }

    @Override
    public void begin(
            Tensor weight, float[] newAttention, float[] newBiases, MemorySegment input, MemorySegment output) {
        bank.update(weight);
        run++;
        attention = newAttention;
        biases = newBiases;
        x = input;
        y = output;
    }

    @Override
    public int tasks() {
        int blocks = Math.multiplyExact(problem.batch(), tiles.bands()) / unitsPerTask;
        return Math.multiplyExact(blocks, Math.ceilDiv(bank.layout().count(), panelsPerTask));
    }

    @Override
    public boolean bySample() {
        return true;
    }

    private int sample(int unit) {
        return unit / tiles.bands();
    }

    private int band(int unit) {
        return unit % tiles.bands();
    }

    /** With many samples a task takes one of them whole, so that its filters are made once; else one band, or some panels of it. */
    @Override
    public void run(int index, int workerNumber) {
        Worker worker = workers[workerNumber];
        int tasksPerUnits = Math.ceilDiv(bank.layout().count(), panelsPerTask);
        int firstPanel = index % tasksPerUnits * panelsPerTask;
        int lastPanel = Math.min(firstPanel + panelsPerTask, bank.layout().count());
        int begin = index / tasksPerUnits * unitsPerTask;
        for (int unit = begin; unit < begin + unitsPerTask; unit++) {
            transformInput(unit, worker);
            for (int panel = firstPanel; panel < lastPanel; panel++) {
                convolve(panel, unit, worker);
            }
        }
    }

    private void transformInput(int unit, Worker worker) {
        int inPlanes = problem.geometry().inPlanes();
        for (int channel = 0; channel < inPlanes; channel += LANES) {
            tiles.transformInput(
                    x,
                    (long) sample(unit) * inPlanes + channel,
                    Math.min(LANES, inPlanes - channel),
                    band(unit),
                    worker.inputPoints,
                    place(channel),
                    inputStride(),
                    ChannelKernels.SPACING,
                    worker.band);
        }
    }

    private void convolve(int panel, int unit, Worker worker) {
        int inPlanes = problem.geometry().inPlanesPerGroup();
        for (int channel = 0; channel < inPlanes; channel += depth) {
            int planes = Math.min(depth, inPlanes - channel);
            transformFilters(panel, channel, planes, sample(unit), worker);
            multiply(panel, channel, planes, unit, worker);
        }
        transformOutput(panel, unit, worker);
    }

    /** Makes the worker's filters those of a sample, if they are not yet. */
    private void transformFilters(int panel, int channel, int planes, int sample, Worker worker) {
        if (worker.run == run && worker.panel == panel && worker.channel == channel && worker.sample == sample) {
            return;
        }
        worker.run = run;
        worker.panel = panel;
        worker.channel = channel;
        worker.sample = sample;
        int kernels = problem.config().kernels();
        Floats filter = worker.filter;
        Floats columns = worker.filterColumns;
        int row = TAPS * CHANNELS;
        for (int c = 0; c < planes; c++) {
            AggregationKernels.aggregate(
                    attention,
                    sample * kernels,
                    kernels,
                    bank.panel(panel).array(),
                    bank.panel(panel).base() + (channel + c) * FILTER_TAPS * CHANNELS,
                    bank.panelLength(),
                    FILTER_TAPS * CHANNELS,
                    filter);
            WinogradKernels.filter(
                    filter.array(),
                    filter.base(),
                    row,
                    LANES,
                    columns.array(),
                    columns.base(),
                    row,
                    LANES,
                    row / LANES);
            for (int point = 0; point < POINTS; point++) {
                WinogradKernels.filter(
                        columns.array(),
                        columns.base() + point * row,
                        CHANNELS,
                        LANES,
                        worker.filterPoints.array(),
                        worker.filterPoints.base() + point * POINTS * filterStride() + c * CHANNELS,
                        filterStride(),
                        LANES,
                        CHANNELS / LANES);
            }
        }
    }

    private void multiply(int panel, int channel, int planes, int unit, Worker worker) {
        int count = tiles.tiles(band(unit));
        int first = bank.layout().group(panel) * problem.geometry().inPlanesPerGroup() + channel;
        boolean fresh = channel == 0;
        Floats sums = worker.sums;
        for (int point = 0; point < TILE_POINTS; point++) {
            int to = sums.base() + point * sumStride();
            ChannelKernels.run(
                    worker.inputPoints.array(),
                    worker.inputPoints.base() + point * inputStride(),
                    places,
                    count,
                    steps,
                    first,
                    planes,
                    worker.filterPoints.array(),
                    worker.filterPoints.base() + point * filterStride(),
                    fresh ? zeros : sums.array(),
                    fresh ? 0 : to,
                    fresh ? 0 : CHANNELS,
                    sums.array(),
                    to);
        }
    }

    /** From one point's filters to the next's. */
    private int filterStride() {
        return depth * CHANNELS + APART;
    }

    /** From one point's sums to the next's: a unit's tiles, up to a whole tile of the product. */
    private int sumStride() {
        return places.length * CHANNELS + APART;
    }

    /** From one point's inputs to the next's. */
    private int inputStride() {
        return inBlocks * blockStride() + APART;
    }

    /** From one block of input channels to the next, within a point. */
    private int blockStride() {
        return places.length * ChannelKernels.SPACING;
    }

    /** Where an input channel stands, within a point. */
    private int place(int channel) {
        return channel / ChannelKernels.SPACING * blockStride() + channel % ChannelKernels.SPACING;
    }

    private void transformOutput(int panel, int unit, Worker worker) {
        int used = bank.layout().usedChannels(panel);
        int plane =
                sample(unit) * problem.geometry().outPlanes() + bank.layout().firstChannel(panel);
        System.arraycopy(biases, plane, worker.bias, 0, used);
        for (int r = 0; r < used; r += LANES) {
            tiles.transformOutput(
                    worker.sums,
                    r,
                    sumStride(),
                    band(unit),
                    Math.min(LANES, used - r),
                    y,
                    plane + r,
                    worker.bias,
                    r,
                    worker.outputs);
        }
    }

    @Override
    public Optional<PackedBank> packedBank() {
        return Optional.of(bank);
    }
}
