package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Parameters;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Direct convolution over packed input ({@link PackedInput}), panel by panel ({@link PackedBank}).
 *
 * <p>The input is cut into units, a band of output rows of one sample each. As many units as fit the scratch memory are
 * packed at once, all threads sharing the work; then each task takes a panel of output channels and one or several units,
 * aggregates the panel for the unit's sample into cache, and convolves at once: aggregated weights never reach memory. Where
 * weights outweigh the input (small pictures, many channels), a task takes one panel for many units, so that a
 * panel of the bank, once read, serves several samples.
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

    private final ForwardProblem problem;
    private final ThreadTeam team;
    private final TileKernels kernel;
    private final PackedBank bank;
    private final PackedInput layout;
    private final int bandRows;
    private final int bands;
    private final int units;
    private final int unitsPerTask;
    private final int planesPerChain;
    private final float[][] packed;
    private final float[][] panelOfWorker;
    private final float[][] stripOfWorker;
    private final float[][] chainOfWorker;
    private final float[][] startOfWorker;
    private final float[] zeros;
    private final int stripStride;
    private final ThreadTeam.Body packing = this::packChannel;
    private final ThreadTeam.Body convolving = this::convolveTask;

    // Of the run under way.
    private int firstUnit;
    private int unitsNow;
    private float[] attention = {};
    private MemorySegment x = MemorySegment.NULL;
    private MemorySegment y = MemorySegment.NULL;

    DirectConvolution(ForwardProblem problem, ThreadTeam team, TileKernels kernel) {
        Conv2dGeometry geometry = problem.geometry();
        this.problem = problem;
        this.team = team;
        this.kernel = kernel;
        this.bank = new PackedBank(problem.config(), kernel.channels());
        this.bandRows = bandRows(problem);
        this.bands = Math.ceilDiv(problem.outHeight(), bandRows);
        this.layout = new PackedInput(problem, bandRows);
        this.units = Math.multiplyExact(problem.batch(), bands);
        int unitFloats = geometry.inPlanes() * layout.planeStride() + kernel.pixels(); // the last tile reads beyond
        int unitsAtOnce = Math.min(units, Math.max(team.threads(), SCRATCH_FLOATS / unitFloats));
        boolean weightsDominate = (long) problem.config().kernels() * bank.panelLength() > unitFloats;
        int tasks = TASKS_PER_THREAD * team.threads();
        this.unitsPerTask = weightsDominate
                ? (int) Math.max(1, Math.min(unitsAtOnce, (long) unitsAtOnce * bank.panelCount() / tasks))
                : 1;
        int chains = Math.ceilDiv(geometry.inPlanesPerGroup(), Math.max(1, CHAIN / geometry.taps()));
        this.planesPerChain = Math.ceilDiv(geometry.inPlanesPerGroup(), chains);
        this.packed = new float[unitsAtOnce][unitFloats];
        this.panelOfWorker = new float[team.threads()][bank.panelLength()];
        this.stripStride = Math.ceilDiv(bandRows * layout.packedWidth(), kernel.pixels()) * kernel.pixels();
        this.stripOfWorker = new float[team.threads()][kernel.channels() * stripStride];
        this.chainOfWorker = new float[team.threads()][chains > 1 ? kernel.channels() * stripStride : 0];
        this.startOfWorker = new float[team.threads()][kernel.channels()];
        this.zeros = new float[kernel.channels()];
    }

    /** Why the layout does not fit this problem, or empty if it does. */
    static Optional<String> refusal(ForwardProblem problem, TileKernels kernel) {
        if (PackedInput.floatsPerSample(problem, bandRows(problem)) > SCRATCH_FLOATS
                || problem.height() + 2L * problem.geometry().padding().height() > Integer.MAX_VALUE / 2
                || problem.width() + 2L * problem.geometry().padding().width() > Integer.MAX_VALUE / 2) {
            return Optional.of("the padded input is too wide to pack");
        }
        if (PackedBank.floatsPerPanel(problem.config(), kernel.channels()) > Integer.MAX_VALUE / 2) {
            return Optional.of("the kernel bank is too large to pack");
        }
        return Optional.empty();
    }

    private static int bandRows(ForwardProblem problem) {
        double perRow = PackedInput.floatsPerSample(problem, 1) - PackedInput.floatsPerSample(problem, 0);
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
        int unit = firstUnit + slot;
        long plane = (long) unit / bands * inPlanes + channel;
        layout.pack(x, plane, firstRow(unit), rows(unit), packed[slot], channel * layout.planeStride());
    }

    private int firstRow(int unit) {
        return unit % bands * bandRows;
    }

    private int rows(int unit) {
        return Math.min(bandRows, problem.outHeight() - firstRow(unit));
    }

    /** Tasks go through all panels of a unit first, while its input is in cache; with several units, through the units. */
    private void convolveTask(int index, int worker) {
        int panel = index % bank.panelCount();
        int begin = index / bank.panelCount() * unitsPerTask;
        int end = Math.min(begin + unitsPerTask, unitsNow);
        for (int slot = begin; slot < end; slot++) {
            convolve(panel, slot, worker);
        }
    }

    private void convolve(int panel, int slot, int worker) {
        int unit = firstUnit + slot;
        int sample = unit / bands;
        int kernels = problem.config().kernels();
        float[] weights = panelOfWorker[worker];
        if (problem.dynamic()) {
            TileKernels.aggregate(
                    attention, sample * kernels, kernels, bank.panel(panel), 0, bank.panelLength(), weights);
        } else {
            weights = bank.panel(panel);
        }
        int channels = bank.usedChannels(panel);
        float[] strip = stripOfWorker[worker];
        float[] start = startOfWorker[worker];
        for (int r = 0; r < channels; r++) {
            start[r] = bank.bias(attention, sample * kernels, bank.firstChannel(panel) + r);
        }
        int pixels = (rows(unit) - 1) * layout.packedWidth() + problem.outWidth();
        sumChains(packed[slot], bank.group(panel), weights, pixels, worker);
        for (int r = 0; r < channels; r++) {
            store(strip, r * stripStride, unit, bank.firstChannel(panel) + r);
        }
    }

    /** The first chain of sums begins with the bias and goes straight into the strip, further ones are added to it. */
    private void sumChains(float[] input, int group, float[] weights, int pixels, int worker) {
        int inPlanes = problem.geometry().inPlanesPerGroup();
        int planeStride = layout.planeStride();
        int[] taps = layout.tapOffsets();
        float[] strip = stripOfWorker[worker];
        for (int c = 0; c < inPlanes; c += planesPerChain) {
            int planes = Math.min(planesPerChain, inPlanes - c);
            int base = (group * inPlanes + c) * planeStride;
            int weightBase = c * taps.length * kernel.channels();
            float[] start = c == 0 ? startOfWorker[worker] : zeros;
            float[] sums = c == 0 ? strip : chainOfWorker[worker];
            for (int p = 0; p < pixels; p += kernel.pixels()) {
                kernel.run(
                        input, base + p, planeStride, planes, taps, weights, weightBase, start, sums, p, stripStride);
            }
            if (c > 0) {
                TileKernels.add(sums, strip, strip.length);
            }
        }
    }

    private void store(float[] strip, int from, int unit, int channel) {
        int outWidth = problem.outWidth();
        long plane = (long) unit / bands * problem.geometry().outPlanes() + channel;
        long to = (plane * problem.outHeight() + firstRow(unit)) * outWidth * Float.BYTES;
        if (layout.packedWidth() == outWidth) {
            MemorySegment.copy(strip, from, y, ValueLayout.JAVA_FLOAT, to, rows(unit) * outWidth);
            return;
        }
        for (int r = 0; r < rows(unit); r++) {
            int at = from + r * layout.packedWidth();
            MemorySegment.copy(strip, at, y, ValueLayout.JAVA_FLOAT, to, outWidth);
            to += (long) outWidth * Float.BYTES;
        }
    }

    @Override
    public long scratchBytes() {
        long floats = (long) packed.length * packed[0].length
                + (long) team.threads() * (bank.panelLength() + stripOfWorker[0].length + chainOfWorker[0].length);
        return floats * Float.BYTES + bank.bytes();
    }
}
