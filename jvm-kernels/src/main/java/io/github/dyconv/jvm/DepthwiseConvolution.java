package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Convolution where few output channels share an input: depthwise, with a multiplier, or to a single channel.
 *
 * <p>Memory sets the pace. A task takes one or some groups of one sample through bands of output rows. The common kernel of
 * three by three goes straight from tensor to tensor ({@link DepthwisePlanes}). For others a task packs a band of few rows
 * ({@link PackedInput}), convolves it out of the first-level cache ({@link DepthwiseKernels}) and writes it, so that
 * reading, computing and writing overlap. The few weights are aggregated by each task for itself.
 */
final class DepthwiseConvolution implements Convolution {
    /** Up to so many output channels per group, sharing their loads would waste more than it gains. */
    private static final int MOST_CHANNELS = 2;

    /** Output rows of a packed band, if its input is small enough: longer bursts of reading and writing wait for memory. */
    private static final int BAND_ROWS = 16;

    /** Packed floats of a band to aim for. */
    private static final int BAND_FLOATS = 64 << 10;

    /** Tasks per thread at least, where there are groups or bands enough: so that threads end together. */
    private static final int TASKS_PER_THREAD = 12;

    /** Groups of one task at most. */
    private static final int MOST_GROUPS = 16;

    /** Floats that keep what one worker writes off the cache lines that another reads. */
    private static final int APART = 32;

    private final ForwardProblem problem;
    private final PlainBank bank;
    private final PackedInput layout;
    private final int outHeight;
    private final int outWidth;
    private final int bandRows;
    private final int bands;
    private final int bandsPerTask;
    private final int groupsPerTask;
    private final int planesPerChain;
    private final @Nullable DepthwisePlanes inPlace;
    private final Floats[] packedOfWorker;
    private final Floats[] weightsOfWorker;
    private final Floats[] sumsOfWorker;
    private final Floats[] chainOfWorker;

    // Of the run under way.
    private float[] attention = {};
    private float[] biases = {};
    private MemorySegment x = MemorySegment.NULL;
    private MemorySegment y = MemorySegment.NULL;

    DepthwiseConvolution(ForwardProblem problem, BankLayout bankLayout, ThreadTeam team, Scratch scratch) {
        Conv2dGeometry geometry = problem.geometry();
        int inPlanes = geometry.inPlanesPerGroup();
        this.problem = problem;
        this.bank = new PlainBank(problem.config(), bankLayout, scratch);
        this.outHeight = problem.outHeight();
        this.outWidth = problem.outWidth();
        this.bandRows = bandRows(problem);
        this.bands = Math.ceilDiv(outHeight, bandRows);
        this.layout = new PackedInput(problem, bandRows, true);
        int tasksPerSample = Math.ceilDiv(TASKS_PER_THREAD * team.threads(), problem.batch());
        this.groupsPerTask = Math.clamp(geometry.groups() / tasksPerSample, 1, MOST_GROUPS);
        this.bandsPerTask = Math.max(1, bands / Math.ceilDiv(tasksPerSample, geometry.groups()));
        int chains = Math.ceilDiv(inPlanes, Math.max(1, AggregationKernels.CHAIN / geometry.taps()));
        this.planesPerChain = Math.ceilDiv(inPlanes, chains);
        this.inPlace = DepthwisePlanes.takes(problem) ? new DepthwisePlanes(problem) : null;
        int rowsBelow = DepthwiseKernels.TILE_ROWS - 1;
        int sums = (bandRows + rowsBelow) * outWidth + DepthwiseKernels.OVERRUN;
        int packed = inPlanes * layout.planeStride() + rowsBelow * layout.packedWidth() + DepthwiseKernels.OVERRUN;
        this.packedOfWorker = scratch.floatsOf(team.threads(), packed);
        int channels = groupsPerTask * geometry.outPlanesPerGroup();
        this.weightsOfWorker = scratch.floatsOf(team.threads(), channels * bank.weightsPerChannel() + APART);
        this.sumsOfWorker = scratch.floatsOf(team.threads(), sums);
        this.chainOfWorker = scratch.floatsOf(team.threads(), chains > 1 ? sums : 0);
    }

    /** Why it can't take a problem, in one plain line, or empty if it can. */
    static Optional<String> refusal(ForwardProblem problem) {
        int channels = problem.geometry().outPlanesPerGroup();
        if (channels > MOST_CHANNELS) {
            return Optional.of(channels + " output channels share each input: a tile can use that");
        }
        return PackedInput.refusal(problem, bandRows(problem), true);
    }

    private static int bandRows(ForwardProblem problem) {
        double reach = PackedInput.floatsPerUnit(problem, 0, true);
        double perRow = PackedInput.floatsPerUnit(problem, 1, true) - reach;
        int rowsThatFit = (int) Math.max(1, (BAND_FLOATS - reach) / perRow);
        int rowsAtMost = DepthwisePlanes.takes(problem) ? DepthwisePlanes.bandRows(problem) : BAND_ROWS;
        int bands = Math.ceilDiv(problem.outHeight(), Math.min(rowsAtMost, rowsThatFit));
        return Math.ceilDiv(problem.outHeight(), bands);
    }

    @Override
    public void begin(
            Tensor weight, float[] newAttention, float[] newBiases, MemorySegment input, MemorySegment output) {
        bank.update(weight);
        attention = newAttention;
        biases = newBiases;
        x = input;
        y = output;
    }

    @Override
    public int tasks() {
        return problem.batch() * groupTasks() * bandTasks();
    }

    @Override
    public boolean bySample() {
        return true;
    }

    /** Tasks that split the groups of a sample. */
    private int groupTasks() {
        return Math.ceilDiv(problem.geometry().groups(), groupsPerTask);
    }

    /** Tasks that split the bands of a group. */
    private int bandTasks() {
        return Math.ceilDiv(bands, bandsPerTask);
    }

    @Override
    public void run(int index, int worker) {
        int firstBand = index % bandTasks() * bandsPerTask;
        int firstGroup = index / bandTasks() % groupTasks() * groupsPerTask;
        int sample = index / bandTasks() / groupTasks();
        int groups = Math.min(groupsPerTask, problem.geometry().groups() - firstGroup);
        int endBand = Math.min(bands, firstBand + bandsPerTask);
        int outPlanes = problem.geometry().outPlanesPerGroup();
        bank.aggregate(attention, sample, firstGroup * outPlanes, groups * outPlanes, weightsOfWorker[worker]);
        for (int g = 0; g < groups; g++) {
            int behind = (groups - g - 1) * outPlanes * outHeight * outWidth; // floats that this task writes afterwards
            for (int band = firstBand; band < endBand; band++) {
                int row = band * bandRows;
                convolveBand(sample, firstGroup, g, row, Math.min(bandRows, outHeight - row), behind, worker);
            }
        }
    }

    /**
     * Convolves a band of a group.
     *
     * @param sample the group's
     * @param firstGroup the task's
     * @param g the group, counted from there
     * @param row the band's first
     * @param rows how many
     * @param behind floats that the task writes behind the group's output, afterwards
     * @param worker who does it
     */
    private void convolveBand(int sample, int firstGroup, int g, int row, int rows, int behind, int worker) {
        Conv2dGeometry geometry = problem.geometry();
        int outPlanes = geometry.outPlanesPerGroup();
        int group = sample * geometry.groups() + firstGroup + g;
        if (inPlace != null && inPlace.staysInside(x, group) && inPlace.overrun() <= behind) {
            for (int c = 0; c < outPlanes; c++) {
                int plane = group * outPlanes + c;
                int base = (g * outPlanes + c) * bank.weightsPerChannel();
                inPlace.convolve(x, group, weightsOfWorker[worker], base, biases[plane], y, plane, row, rows);
            }
            return;
        }
        pack(group, row, rows, packedOfWorker[worker]);
        for (int c = 0; c < outPlanes; c++) {
            int plane = group * outPlanes + c;
            convolve(g * outPlanes + c, biases[plane], rows, worker);
            store(plane, row, rows, sumsOfWorker[worker]);
        }
    }

    /** Groups are counted through all samples. */
    private void pack(int group, int row, int rows, Floats packed) {
        int inPlanes = problem.geometry().inPlanesPerGroup();
        long plane = (long) group * inPlanes;
        for (int c = 0; c < inPlanes; c++) {
            layout.pack(x, plane + c, row, rows, packed.array(), packed.base() + c * layout.planeStride());
        }
    }

    /** The channel is counted from the task's first. */
    private void convolve(int channel, float bias, int rows, int worker) {
        Floats packed = packedOfWorker[worker];
        Floats weights = weightsOfWorker[worker];
        Floats sums = sumsOfWorker[worker];
        int base = channel * bank.weightsPerChannel();
        sumChain(0, packed, weights, base, bias, sums, rows);
        for (int c = planesPerChain; c < problem.geometry().inPlanesPerGroup(); c += planesPerChain) {
            sumChain(c, packed, weights, base, 0, chainOfWorker[worker], rows);
            AggregationKernels.add(chainOfWorker[worker], sums, 0, rows * outWidth);
        }
    }

    private void store(long plane, int row, int rows, Floats sums) {
        long to = (plane * outHeight + row) * outWidth;
        Rows.store(sums.array(), sums.base(), y, to, rows * outWidth);
    }

    private void sumChain(int firstPlane, Floats packed, Floats weights, int base, float start, Floats sums, int rows) {
        int planes = Math.min(planesPerChain, problem.geometry().inPlanesPerGroup() - firstPlane);
        int[] taps = layout.tapOffsets();
        DepthwiseKernels.taps(
                packed,
                firstPlane * layout.planeStride(),
                layout.planeStride(),
                planes,
                taps,
                layout.packedWidth(),
                weights,
                base + firstPlane * taps.length,
                start,
                sums,
                rows,
                outWidth);
    }
}
