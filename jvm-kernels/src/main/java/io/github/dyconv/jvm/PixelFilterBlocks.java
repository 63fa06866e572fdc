package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.LANES;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;

/**
 * Lanes along pixels ({@link DotKernels}): for few output channels per group, as in depthwise convolutions. A block is {@code
 * [output channel, input channel, tap]}.
 *
 * <p>A band of output rows at a time, the input is packed in phases ({@link PackedInput}), so that what a tap reads is a row of
 * its own that begins at the tap's offset, and the output's gradient with rows as wide as the packed input's, filled up with
 * zeros.
 */
final class PixelFilterBlocks implements FilterBlocks, BlockLayout {
    /** Packed floats of a band to aim for, input and gradient together. */
    private static final int BAND_FLOATS = 64 << 10;

    /** Floats of a tile's rows at most, so that they stay in the first-level cache. */
    private static final int TILE_FLOATS = 10 << 10;

    /** Floats of a worker's sums at most. */
    private static final int MOST_SUMS = 64 << 10;

    /** Tasks to aim for, where there are channels enough: not so many for each thread, lest results depend on their number. */
    private static final int LEAST_TASKS = 4;

    /** What packing a pixel costs, in products of a tile. */
    private static final int PACKING_PRODUCTS = 4;

    private final ForwardProblem problem;
    private final int bandRows;
    private final int bands;
    private final int bandsPerChain;
    private final PackedInput layout;
    private final int channelsPerBlock;
    private final int planesPerBlock;
    private final int channelBlocks;
    private final int planeBlocks;
    private final int rowLength; // of an output channel's gradient in a band
    private final int rowsPerChannel; // pairs of input channel and tap, up to whole tiles
    private final int[] places; // of these pairs
    private final Bank[] bankOfWorker;
    private final Floats[] packedOfWorker;
    private final Floats[] gradientOfWorker;
    private final Floats[] sumsOfWorker; // [channels, rowsPerChannel, LANES]

    PixelFilterBlocks(ForwardProblem problem, int threads, Scratch scratch) {
        Conv2dGeometry g = problem.geometry();
        this.problem = problem;
        int[] split = split(problem);
        this.channelsPerBlock = split[0];
        this.planesPerBlock = split[1];
        this.channelBlocks = Math.ceilDiv(g.outPlanesPerGroup(), channelsPerBlock);
        this.planeBlocks = Math.ceilDiv(g.inPlanesPerGroup(), planesPerBlock);
        this.bandRows = bandRows(problem, channelsPerBlock, planesPerBlock);
        this.bands = Math.ceilDiv(problem.outHeight(), bandRows);
        this.layout = new PackedInput(problem, bandRows, true);
        this.rowLength = Math.ceilDiv(bandRows * layout.packedWidth(), LANES) * LANES;
        this.bandsPerChain = Math.max(1, AggregationKernels.CHAIN * LANES / rowLength);
        int pairs = planesPerBlock * g.taps();
        this.rowsPerChannel = Math.ceilDiv(pairs, DotKernels.ROWS) * DotKernels.ROWS;
        this.places = new int[rowsPerChannel];
        for (int i = 0; i < places.length; i++) {
            int pair = Math.min(i, pairs - 1);
            places[i] = pair / g.taps() * layout.planeStride() + layout.tapOffsets()[pair % g.taps()];
        }
        int slack = rowLength; // the last tap's row may reach so far beyond the last plane
        this.bankOfWorker = new Bank[threads];
        Floats[] banks = scratch.floatsOf(threads, problem.config().kernels() * length());
        Arrays.setAll(bankOfWorker, i -> new Bank(banks[i], length()));
        this.packedOfWorker = scratch.floatsOf(threads, planesPerBlock * layout.planeStride() + slack);
        this.gradientOfWorker = scratch.floatsOf(threads, channelsPerBlock * rowLength);
        this.sumsOfWorker = scratch.floatsOf(threads, channelsPerBlock * rowsPerChannel * LANES);
    }

    /** Output and input channels of a block: enough blocks, with as little packed twice and as few tiles in part empty as can be. */
    private static int[] split(ForwardProblem problem) {
        Conv2dGeometry g = problem.geometry();
        int channels = g.outPlanesPerGroup();
        int planes = g.inPlanesPerGroup();
        int[] best = {1, 1};
        double least = Double.MAX_VALUE;
        for (int c = 1;
                c <= channels;
                c = c == channels ? c + 1 : Math.min(channels, c + DotKernels.ROWS - c % DotKernels.ROWS)) {
            for (int blocks = 1; blocks <= planes; blocks++) {
                int p = Math.ceilDiv(planes, blocks);
                double count = (double) g.groups() * Math.ceilDiv(channels, c) * blocks;
                double tasks = count * BlockedFilterGradient.shares(problem);
                double sums = (double) c * (p * g.taps() + DotKernels.ROWS) * LANES;
                double packed = (double) planes * Math.ceilDiv(channels, c) + (double) channels * blocks;
                double whole = c - c % DotKernels.ROWS;
                double rows = whole + 2 * (c - whole); // a row by itself is half as fast
                double products = rows * Math.ceilDiv(p * g.taps(), DotKernels.ROWS) * DotKernels.ROWS;
                double cost = (products * count / g.groups() + PACKING_PRODUCTS * packed)
                        * (sums > MOST_SUMS ? 1e3 : 1)
                        * Math.max(1, LEAST_TASKS / tasks);
                if (cost < least) {
                    least = cost;
                    best = new int[] {c, p};
                }
            }
        }
        return best;
    }

    /** Why it can't take a problem, in one plain line, or empty if it can. */
    static Optional<String> refusal(ForwardProblem problem) {
        int[] split = split(problem);
        return PackedInput.refusal(problem, bandRows(problem, split[0], split[1]), true);
    }

    private static int bandRows(ForwardProblem problem, int channels, int planes) {
        double share = (double) planes / problem.geometry().inPlanesPerGroup();
        double reach = share * PackedInput.floatsPerUnit(problem, 0, true);
        double perRow =
                share * PackedInput.floatsPerUnit(problem, 1, true) - reach + (double) channels * problem.outWidth();
        // A tile's rows of x are taps of one plane or two, if planes have more than one.
        int taps = problem.geometry().taps();
        int tileRows = Math.min(channels, DotKernels.ROWS)
                + Math.min(DotKernels.ROWS, 1 + Math.ceilDiv(DotKernels.ROWS, taps));
        double tileRowsThatFit = (double) TILE_FLOATS / tileRows / problem.outWidth();
        double rowsThatFit = Math.min((BAND_FLOATS - reach) / perRow, tileRowsThatFit);
        int rows = (int) Math.clamp(rowsThatFit, 1, problem.outHeight());
        return Math.ceilDiv(problem.outHeight(), Math.ceilDiv(problem.outHeight(), rows));
    }

    @Override
    public BlockLayout layout() {
        return this;
    }

    @Override
    public String term() {
        return "blocked by pixels";
    }

    @Override
    public int count() {
        return problem.geometry().groups() * channelBlocks * planeBlocks;
    }

    @Override
    public int length() {
        return channelsPerBlock * planesPerBlock * problem.geometry().taps();
    }

    @Override
    public int parts(int block) {
        return 1;
    }

    @Override
    public int partLength(int block) {
        return channels(block) * planes(block) * problem.geometry().taps();
    }

    @Override
    public int unit() {
        return length();
    }

    @Override
    public int units() {
        return count();
    }

    @Override
    public int firstUnit(int block, int part) {
        return block;
    }

    private int group(int block) {
        return block / planeBlocks / channelBlocks;
    }

    @Override
    public int firstChannel(int block) {
        return group(block) * problem.geometry().outPlanesPerGroup()
                + block / planeBlocks % channelBlocks * channelsPerBlock;
    }

    @Override
    public int channels(int block) {
        int first = block / planeBlocks % channelBlocks * channelsPerBlock;
        return Math.min(channelsPerBlock, problem.geometry().outPlanesPerGroup() - first);
    }

    @Override
    public boolean begins(int block) {
        return firstPlane(block) == 0;
    }

    /** The first input channel, within its group. */
    private int firstPlane(int block) {
        return block % planeBlocks * planesPerBlock;
    }

    private int planes(int block) {
        return Math.min(planesPerBlock, problem.geometry().inPlanesPerGroup() - firstPlane(block));
    }

    /** Where a kernel's weights of the block's output channel {@code firstChannel + r} are. */
    private long place(int block, int kernel, int r) {
        Conv2dGeometry g = problem.geometry();
        long channel = (long) kernel * g.outPlanes() + firstChannel(block) + r;
        return (channel * g.inPlanesPerGroup() + firstPlane(block)) * g.taps();
    }

    @Override
    public void load(MemorySegment weight, int block, int worker) {
        Floats to = bankOfWorker[worker].floats();
        int count = planes(block) * problem.geometry().taps();
        for (int k = 0; k < problem.config().kernels(); k++) {
            for (int r = 0; r < channels(block); r++) {
                Rows.load(weight, place(block, k, r), to.array(), to.base() + k * length() + r * count, count);
            }
        }
    }

    @Override
    public Bank bank(int block, int part, int worker) {
        return bankOfWorker[worker];
    }

    @Override
    public void store(Floats from, int block, int kernel, MemorySegment gradient, int worker) {
        int count = planes(block) * problem.geometry().taps();
        int first = from.base() + kernel * length();
        for (int r = 0; r < channels(block); r++) {
            Rows.store(from.array(), first + r * count, gradient, place(block, kernel, r), count);
        }
    }

    @Override
    public void correlate(MemorySegment x, MemorySegment dy, int sample, int block, Floats sums, int worker) {
        Floats lanes = sumsOfWorker[worker];
        int count = planes(block) * problem.geometry().taps();
        sums.clear(length());
        for (int first = 0; first < bands; first += bandsPerChain) {
            lanes.clear(channelsPerBlock * rowsPerChannel * LANES);
            for (int band = first; band < Math.min(first + bandsPerChain, bands); band++) {
                int row = band * bandRows;
                int rows = Math.min(bandRows, problem.outHeight() - row);
                pack(x, sample, block, row, rows, packedOfWorker[worker]);
                spread(dy, sample, block, row, rows, gradientOfWorker[worker]);
                multiply(channels(block), count, Math.ceilDiv(rows * layout.packedWidth(), LANES) * LANES, worker);
            }
            for (int r = 0; r < channels(block); r++) {
                DotKernels.addTotals(
                        lanes.array(),
                        lanes.base() + r * rowsPerChannel * LANES,
                        count,
                        sums.array(),
                        sums.base() + r * count);
            }
        }
    }

    private void pack(MemorySegment x, int sample, int block, int row, int rows, Floats packed) {
        Conv2dGeometry g = problem.geometry();
        long first = (long) sample * g.inPlanes() + (long) group(block) * g.inPlanesPerGroup() + firstPlane(block);
        for (int c = 0; c < planes(block); c++) {
            layout.pack(x, first + c, row, rows, packed.array(), packed.base() + c * layout.planeStride());
        }
        // The last tap's row may reach so far beyond the last plane: times zero, but what is left there may be
        // infinite.
        int end = packed.base() + planes(block) * layout.planeStride();
        Arrays.fill(packed.array(), end, end + rowLength, 0);
    }

    /** Of the gaps between the rows nothing is written: they are zero from the beginning. */
    private void spread(MemorySegment dy, int sample, int block, int row, int rows, Floats to) {
        int width = problem.outWidth();
        for (int c = 0; c < channels(block); c++) {
            long plane = (long) sample * problem.geometry().outPlanes() + firstChannel(block) + c;
            long from = (plane * problem.outHeight() + row) * width;
            int first = to.base() + c * rowLength;
            if (layout.packedWidth() == width) {
                Rows.load(dy, from, to.array(), first, rows * width);
            } else {
                PackingKernels.copy(dy, from, width, 1, to.array(), first, layout.packedWidth(), rows, width);
            }
            Arrays.fill(to.array(), first + rows * layout.packedWidth(), first + rowLength, 0);
        }
    }

    private void multiply(int channels, int count, int length, int worker) {
        Floats dy = gradientOfWorker[worker];
        Floats x = packedOfWorker[worker];
        Floats sums = sumsOfWorker[worker];
        int stride = rowsPerChannel * LANES;
        int fours = channels / DotKernels.ROWS * DotKernels.ROWS;
        for (int c = 0; c < fours; c += DotKernels.ROWS) {
            for (int i = 0; i < count; i += DotKernels.ROWS) {
                DotKernels.fourByFour(
                        dy.array(),
                        dy.base() + c * rowLength,
                        rowLength,
                        x.array(),
                        x.base() + places[i],
                        x.base() + places[i + 1],
                        x.base() + places[i + 2],
                        x.base() + places[i + 3],
                        length,
                        sums.array(),
                        sums.base() + c * stride + i * LANES,
                        stride);
            }
        }
        for (int c = fours; c < channels; c++) {
            for (int i = 0; i < count; i += DotKernels.ROWS) {
                DotKernels.oneByFour(
                        dy.array(),
                        dy.base() + c * rowLength,
                        x.array(),
                        x.base() + places[i],
                        x.base() + places[i + 1],
                        x.base() + places[i + 2],
                        x.base() + places[i + 3],
                        length,
                        sums.array(),
                        sums.base() + c * stride + i * LANES);
            }
        }
    }
}
