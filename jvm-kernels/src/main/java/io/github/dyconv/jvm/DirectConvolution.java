package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Parameters;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;

/**
 * Direct convolution over packed input ({@link PackedInput}), panel by panel ({@link PackedBank}), with lanes along pixels or
 * along output channels ({@link Panels}).
 *
 * <p>The input is cut into units, a band of output rows of one sample each. As many units as fit the scratch memory are
 * packed at once, all threads sharing the work; then each task takes a panel of output channels and one or several units. For
 * some input channels at a time, a chain, it aggregates the panel for the unit's sample and multiplies at once: aggregated
 * weights never leave the cache. Where weights outweigh the input (small pictures, many channels), a task takes one panel for
 * many units, so that a chain of the bank, once read, serves several samples.
 */
final class DirectConvolution implements Convolution {
    /** Packed input kept at once, in floats: 32 MiB, or as much as one unit per thread takes. */
    private static final int SCRATCH_FLOATS = 8 << 20;

    /** Packed floats of one unit to aim for: half of a common second-level cache. */
    private static final int UNIT_FLOATS = 128 << 10;

    /** Output rows times columns of a unit at least, so that aggregating per unit stays a small part of the work. */
    private static final int UNIT_PIXELS = 512;

    /** Tasks per thread to aim for, so that threads end together. */
    private static final int TASKS_PER_THREAD = 6;

    /** Products summed in one chain of roundings; more would cost precision. */
    private static final int CHAIN = 320;

    /** Floats that the last tile may read beyond a unit's end. */
    private static final int SLACK = 256;

    private final ForwardProblem problem;
    private final ThreadTeam team;
    private final PackedInput layout;
    private final Panels panels;
    private final PackedBank bank;
    private final int bandRows;
    private final int bands;
    private final int units;
    private final int unitsPerTask;
    private final int planesPerChain;
    private final float[][] packed;
    private final Worker[] workers;
    private final float[] zeros;
    private final ThreadTeam.Body packing = this::packChannel;
    private final ThreadTeam.Body convolving = this::convolve;

    // Of the run under way.
    private int firstUnit;
    private int unitsNow;
    private float[] attention = {};
    private MemorySegment x = MemorySegment.NULL;
    private MemorySegment y = MemorySegment.NULL;

    /** What one thread computes in. */
    private final class Worker {
        /** A chain of an aggregated panel. */
        final float[] weights = new float[planesPerChain * problem.geometry().taps() * panels.channels()];

        final float[] bias = new float[panels.channels()];

        /** Of each unit of a task. */
        final float[][] sums = new float[unitsPerTask][];

        final float[] chain = planesPerChain < problem.geometry().inPlanesPerGroup() ? panels.newSums() : new float[0];

        Worker() {
            Arrays.setAll(sums, i -> panels.newSums());
        }

        long bytes() {
            return ((long) weights.length + bias.length + (long) sums.length * sums[0].length + chain.length)
                    * Float.BYTES;
        }
    }

    private DirectConvolution(
            ForwardProblem problem, ThreadTeam team, int bandRows, PackedInput layout, Panels panels) {
        Conv2dGeometry geometry = problem.geometry();
        this.problem = problem;
        this.team = team;
        this.bandRows = bandRows;
        this.layout = layout;
        this.panels = panels;
        this.bank = new PackedBank(problem.config(), panels.channels());
        this.bands = Math.ceilDiv(problem.outHeight(), bandRows);
        this.units = Math.multiplyExact(problem.batch(), bands);
        int unitFloats = geometry.inPlanes() * layout.planeStride() + SLACK;
        int unitsAtOnce = Math.min(units, Math.max(team.threads(), SCRATCH_FLOATS / unitFloats));
        boolean weightsDominate = (long) problem.config().kernels() * bank.panelLength() > unitFloats;
        int tasks = TASKS_PER_THREAD * team.threads();
        this.unitsPerTask = weightsDominate
                ? (int) Math.max(1, Math.min(unitsAtOnce, (long) unitsAtOnce * bank.panelCount() / tasks))
                : 1;
        int chains = Math.ceilDiv(geometry.inPlanesPerGroup(), Math.max(1, CHAIN / geometry.taps()));
        this.planesPerChain = Math.ceilDiv(geometry.inPlanesPerGroup(), chains);
        this.packed = new float[unitsAtOnce][unitFloats];
        this.zeros = new float[panels.channels()];
        this.workers = new Worker[team.threads()];
        Arrays.setAll(workers, i -> new Worker());
    }

    /** With lanes along pixels. */
    static DirectConvolution byPixels(ForwardProblem problem, ThreadTeam team, TileKernels kernel) {
        int bandRows = bandRows(problem, true);
        PackedInput layout = new PackedInput(problem, bandRows, true);
        return new DirectConvolution(
                problem, team, bandRows, layout, new PixelPanels(kernel, problem, layout, bandRows));
    }

    /** With lanes along output channels. */
    static DirectConvolution byChannels(ForwardProblem problem, ThreadTeam team) {
        int bandRows = bandRows(problem, false);
        PackedInput layout = new PackedInput(problem, bandRows, false);
        return new DirectConvolution(
                problem, team, bandRows, layout, new ChannelPanels(problem, layout, bandRows, team.threads()));
    }

    /** Why it can't take this problem by pixels, or empty if it can. */
    static Optional<String> refusalByPixels(ForwardProblem problem, TileKernels kernel) {
        return refusal(problem, true, kernel.channels());
    }

    /** Why it should not take this problem by channels, or empty if it should. */
    static Optional<String> refusalByChannels(ForwardProblem problem) {
        return ChannelPanels.refusal(problem).or(() -> refusal(problem, false, ChannelKernels.CHANNELS));
    }

    private static Optional<String> refusal(ForwardProblem problem, boolean phased, int channels) {
        if (PackedInput.floatsPerSample(problem, bandRows(problem, phased), phased) > SCRATCH_FLOATS
                || problem.height() + 2L * problem.geometry().padding().height() > Integer.MAX_VALUE / 2
                || problem.width() + 2L * problem.geometry().padding().width() > Integer.MAX_VALUE / 2) {
            return Optional.of("the padded input is too wide to pack");
        }
        return PackedBank.refusal(problem.config(), channels);
    }

    private static int bandRows(ForwardProblem problem, boolean phased) {
        double perRow = PackedInput.floatsPerSample(problem, 1, phased) - PackedInput.floatsPerSample(problem, 0, phased);
        int rowsThatFit = (int) Math.max(1, UNIT_FLOATS / perRow);
        int rowsThatPay = Math.ceilDiv(UNIT_PIXELS, problem.outWidth());
        int bands = Math.ceilDiv(problem.outHeight(), Math.max(rowsThatFit, rowsThatPay));
        return Math.ceilDiv(problem.outHeight(), bands);
    }

    @Override
    public void run(Parameters parameters, float[] newAttention, MemorySegment input, MemorySegment output) {
        bank.update(parameters, team);
        attention = newAttention;
        x = input;
        y = output;
        for (firstUnit = 0; firstUnit < units; firstUnit += packed.length) {
            unitsNow = Math.min(packed.length, units - firstUnit);
            team.run(unitsNow * problem.geometry().inPlanes(), packing);
            team.run(bank.panelCount() * Math.ceilDiv(unitsNow, unitsPerTask), convolving);
        }
    }

    private void packChannel(int index, int worker) {
        int inPlanes = problem.geometry().inPlanes();
        int slot = index / inPlanes;
        int channel = index % inPlanes;
        long plane = (long) sample(slot) * inPlanes + channel;
        layout.pack(x, plane, firstRow(slot), rows(slot), packed[slot], channel * layout.planeStride());
    }

    private int sample(int slot) {
        return (firstUnit + slot) / bands;
    }

    private int firstRow(int slot) {
        return (firstUnit + slot) % bands * bandRows;
    }

    private int rows(int slot) {
        return Math.min(bandRows, problem.outHeight() - firstRow(slot));
    }

    /** Tasks go through all panels of a unit first, while its input is in cache; with several units, through the units. */
    private void convolve(int index, int workerNumber) {
        Worker worker = workers[workerNumber];
        int panel = index % bank.panelCount();
        int begin = index / bank.panelCount() * unitsPerTask;
        int end = Math.min(begin + unitsPerTask, unitsNow);
        int inPlanes = problem.geometry().inPlanesPerGroup();
        for (int plane = 0; plane < inPlanes; plane += planesPerChain) {
            int planes = Math.min(planesPerChain, inPlanes - plane);
            for (int slot = begin; slot < end; slot++) {
                multiply(panel, plane, planes, slot, worker.sums[slot - begin], worker);
            }
        }
        for (int slot = begin; slot < end; slot++) {
            int channel = bank.firstChannel(panel);
            long plane = (long) sample(slot) * problem.geometry().outPlanes() + channel;
            long first = (plane * problem.outHeight() + firstRow(slot)) * problem.outWidth();
            panels.store(worker.sums[slot - begin], bank.usedChannels(panel), rows(slot), y, first, workerNumber);
        }
    }

    /** The first chain of sums begins with the bias, further ones are summed by themselves and added to it. */
    private void multiply(int panel, int plane, int planes, int slot, float[] sums, Worker worker) {
        int kernels = problem.config().kernels();
        int sample = sample(slot);
        int length = problem.geometry().taps() * panels.channels();
        float[] weights = bank.panel(panel);
        int weightBase = plane * length;
        if (problem.dynamic()) {
            TileKernels.aggregate(
                    attention,
                    sample * kernels,
                    kernels,
                    weights,
                    weightBase,
                    bank.panelLength(),
                    planes * length,
                    worker.weights);
            weights = worker.weights;
            weightBase = 0;
        }
        boolean first = plane == 0;
        if (first) {
            for (int r = 0; r < bank.usedChannels(panel); r++) {
                worker.bias[r] = bank.bias(attention, sample * kernels, bank.firstChannel(panel) + r);
            }
        }
        panels.multiply(
                packed[slot],
                bank.group(panel) * problem.geometry().inPlanesPerGroup() + plane,
                planes,
                weights,
                weightBase,
                first ? worker.bias : zeros,
                rows(slot),
                first ? sums : worker.chain);
        if (!first) {
            TileKernels.add(worker.chain, sums, sums.length);
        }
    }

    @Override
    public long scratchBytes() {
        return (long) packed.length * packed[0].length * Float.BYTES
                + Arrays.stream(workers).mapToLong(Worker::bytes).sum()
                + panels.scratchBytes()
                + bank.bytes();
    }
}
