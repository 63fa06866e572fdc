package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Parameters;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Convolution where few output channels share an input: depthwise, with a multiplier, or to a single channel.
 *
 * <p>Memory sets the pace. A task takes one group of one sample through bands of few output rows: it packs a band
 * ({@link PackedInput}), convolves it out of the first-level cache ({@link DepthwiseKernels}) and writes it, so that
 * reading, computing and writing overlap. The few weights of a group are aggregated by each task for itself.
 */
final class DepthwiseConvolution implements Convolution {
    /** Up to so many output channels per group, sharing their loads would waste more than it gains. */
    private static final int MOST_CHANNELS = 2;

    /** Output rows of a band, if its input is small enough: longer bursts of reading and writing wait for memory. */
    private static final int BAND_ROWS = 16;

    /** Packed floats of a band to aim for. */
    private static final int BAND_FLOATS = 64 << 10;

    /** Tasks per thread at least, where there are bands enough. */
    private static final int TASKS_PER_THREAD = 6;

    /** Floats that keep what one worker writes off the cache lines that another reads. */
    private static final int APART = 32;

    /** Products summed in one chain of roundings; more would cost precision. */
    private static final int CHAIN = 320;

    private final ForwardProblem problem;
    private final ThreadTeam team;
    private final PackedBank bank;
    private final PackedInput layout;
    private final int bandRows;
    private final int bands;
    private final int bandsPerTask;
    private final int planesPerChain;
    private final boolean threeByThree;
    private final float[][] packedOfWorker;
    private final float[][][] weightsOfWorker;
    private final float[][] sumsOfWorker;
    private final float[][] chainOfWorker;
    private final ThreadTeam.Body convolving = this::convolveTask;

    // Of the run under way.
    private float[] attention = {};
    private MemorySegment x = MemorySegment.NULL;
    private MemorySegment y = MemorySegment.NULL;

    DepthwiseConvolution(ForwardProblem problem, ThreadTeam team) {
        Conv2dGeometry geometry = problem.geometry();
        int inPlanes = geometry.inPlanesPerGroup();
        this.problem = problem;
        this.team = team;
        this.bank = new PackedBank(problem.config(), 1);
        this.bandRows = bandRows(problem);
        this.bands = Math.ceilDiv(problem.outHeight(), bandRows);
        this.layout = new PackedInput(problem, bandRows, true);
        int groups = problem.batch() * geometry.groups();
        int tasksPerGroup = Math.clamp(Math.ceilDiv(TASKS_PER_THREAD * team.threads(), groups), 1, bands);
        this.bandsPerTask = Math.ceilDiv(bands, tasksPerGroup);
        int chains = Math.ceilDiv(inPlanes, Math.max(1, CHAIN / geometry.taps()));
        this.planesPerChain = Math.ceilDiv(inPlanes, chains);
        this.threeByThree = inPlanes == 1
                && geometry.kernelSize().height() == 3
                && geometry.kernelSize().width() == 3
                && geometry.stride().height() == 1
                && geometry.stride().width() == 1
                && geometry.dilation().height() == 1;
        int rowsBelow = DepthwiseKernels.TILE_ROWS - 1;
        int sums = (bandRows + rowsBelow) * problem.outWidth() + DepthwiseKernels.OVERRUN;
        int packed = inPlanes * layout.planeStride() + rowsBelow * layout.packedWidth() + DepthwiseKernels.OVERRUN;
        this.packedOfWorker = new float[team.threads()][packed];
        int weights = bank.panelLength() + APART;
        this.weightsOfWorker = new float[team.threads()][geometry.outPlanesPerGroup()][weights];
        this.sumsOfWorker = new float[team.threads()][sums];
        this.chainOfWorker = new float[team.threads()][chains > 1 ? sums : 0];
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
        int bands = Math.ceilDiv(problem.outHeight(), Math.min(BAND_ROWS, rowsThatFit));
        return Math.ceilDiv(problem.outHeight(), bands);
    }

    @Override
    public void run(Parameters parameters, float[] newAttention, MemorySegment input, MemorySegment output) {
        bank.update(parameters, team);
        attention = newAttention;
        x = input;
        y = output;
        int groups = problem.batch() * problem.geometry().groups();
        team.run(groups * Math.ceilDiv(bands, bandsPerTask), convolving);
    }

    private void convolveTask(int index, int worker) {
        Conv2dGeometry geometry = problem.geometry();
        int tasksPerGroup = Math.ceilDiv(bands, bandsPerTask);
        int firstBand = index % tasksPerGroup * bandsPerTask;
        int endBand = Math.min(bands, firstBand + bandsPerTask);
        int sample = index / tasksPerGroup / geometry.groups();
        int group = index / tasksPerGroup % geometry.groups();
        int outPlanes = geometry.outPlanesPerGroup();
        for (int c = 0; c < outPlanes; c++) {
            aggregate(sample, group * outPlanes + c, weightsOfWorker[worker][c]);
        }
        for (int band = firstBand; band < endBand; band++) {
            int row = band * bandRows;
            int rows = Math.min(bandRows, problem.outHeight() - row);
            pack(sample, group, row, rows, packedOfWorker[worker]);
            for (int c = 0; c < outPlanes; c++) {
                int channel = group * outPlanes + c;
                float bias = bank.bias(attention, sample * problem.config().kernels(), channel);
                convolve(weightsOfWorker[worker][c], bias, rows, worker);
                long plane = (long) sample * geometry.outPlanes() + channel;
                long to = (plane * problem.outHeight() + row) * problem.outWidth();
                Rows.store(sumsOfWorker[worker], 0, y, to, rows * problem.outWidth());
            }
        }
    }

    private void aggregate(int sample, int channel, float[] weights) {
        int kernels = problem.config().kernels();
        AggregationKernels.aggregate(
                attention,
                sample * kernels,
                kernels,
                bank.panel(channel),
                0,
                bank.panelLength(),
                bank.panelLength(),
                weights);
    }

    private void pack(int sample, int group, int row, int rows, float[] packed) {
        int inPlanes = problem.geometry().inPlanesPerGroup();
        long plane = (long) sample * problem.geometry().inPlanes() + (long) group * inPlanes;
        for (int c = 0; c < inPlanes; c++) {
            layout.pack(x, plane + c, row, rows, packed, c * layout.planeStride());
        }
    }

    private void convolve(float[] weights, float bias, int rows, int worker) {
        float[] packed = packedOfWorker[worker];
        float[] sums = sumsOfWorker[worker];
        int width = problem.outWidth();
        if (threeByThree) {
            int step = layout.tapOffsets()[1];
            DepthwiseKernels.threeByThree(packed, step, layout.packedWidth(), weights, bias, sums, rows, width);
            return;
        }
        sumChain(0, packed, weights, bias, sums, rows);
        for (int c = planesPerChain; c < problem.geometry().inPlanesPerGroup(); c += planesPerChain) {
            sumChain(c, packed, weights, 0, chainOfWorker[worker], rows);
            AggregationKernels.add(chainOfWorker[worker], sums, rows * width);
        }
    }

    private void sumChain(int firstPlane, float[] packed, float[] weights, float start, float[] sums, int rows) {
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
                firstPlane * taps.length,
                start,
                sums,
                rows,
                problem.outWidth());
    }

    @Override
    public long scratchBytes() {
        long ofWorker = packedOfWorker[0].length
                + (long) weightsOfWorker[0].length * weightsOfWorker[0][0].length
                + sumsOfWorker[0].length
                + chainOfWorker[0].length;
        return team.threads() * ofWorker * Float.BYTES + bank.bytes();
    }
}
