package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Direct convolution over packed input ({@link PackedInput}), panel by panel ({@link BankPanels}), with lanes along pixels or
 * along output channels ({@link Panels}). It may have parts, which read the same input with taps of their own ({@link Phases}).
 *
 * <p>The input is cut into units, a band of output rows of one sample and one group each. A task packs its units' input into
 * memory of its own; then, panel by panel of output channels, it aggregates the panel for the unit's sample, some input
 * channels at a time, a chain, and multiplies at once: neither packed input nor aggregated weights leave the cache. Where
 * weights outweigh the input (small pictures, many channels), a task takes several units, so that a chain of the bank, once read,
 * serves them all; else it takes one. It takes as many panels as leave every thread some tasks. The bank is packed before, unless
 * it changes with each run and each panel has but one task: that one packs its chains itself, and they stay in cache.
 */
final class DirectConvolution implements Convolution {
    /** Packed floats of one unit to aim for: half of a common second-level cache. */
    private static final int UNIT_FLOATS = 128 << 10;

    /** Packed floats of one task at most, if that is more than one unit. */
    private static final int TASK_FLOATS = 384 << 10;

    /** Output rows times columns of a unit at least, so that aggregating per unit stays a small part of the work. */
    private static final int UNIT_PIXELS = 512;

    /** Tasks per thread to aim for, so that threads end together. */
    private static final int TASKS_PER_THREAD = 6;

    /** The same where weights dominate: there every task more reads the bank once more. */
    private static final int FEW_TASKS = 2;

    /** Floats that the last tile may read beyond a unit's end. */
    private static final int SLACK = 256;

    private final ForwardProblem problem;
    private final PackedInput layout;
    private final Window window;
    private final Panels panels;
    private final BankPanels bank;
    private final @Nullable PackedBank packedBank; // unless a task packs its own chains
    private final int bandRows;
    private final int bands;
    private final int units;
    private final int unitsPerTask;
    private final int panelsPerGroup;
    private final int panelsPerTask;
    private final int[] planesPerChain; // of each part
    private final Worker[] workers;

    // Of the run under way.
    private MemorySegment weight = MemorySegment.NULL;
    private float[] attention = {};
    private float[] biases = {};
    private MemorySegment x = MemorySegment.NULL;
    private MemorySegment y = MemorySegment.NULL;

    /** What one thread computes in. */
    private final class Worker {
        /** Its number in the team. */
        final int number;

        /** Packed input of each unit of a task. */
        final Floats[] packed;

        /** The K blocks of a chain of a panel that is not packed before. */
        final Floats blocks;

        /** A chain of an aggregated panel. */
        final Floats weights;

        final float[] bias = new float[panels.channels()];

        /** Of each unit of a task, and of each of the parts written together. */
        final Floats[][] sums;

        Worker(int number, Scratch scratch) {
            this.number = number;
            int planes = problem.geometry().inPlanesPerGroup();
            int longest = IntStream.range(0, bank.parts())
                    .map(part -> planesPerChain[part] * bank.floatsPerPlane(part))
                    .max()
                    .orElseThrow();
            packed = scratch.floatsOf(unitsPerTask, planes * layout.planeStride() + SLACK);
            blocks = scratch.floats(packedBank == null ? problem.config().kernels() * longest : 0);
            weights = scratch.floats(longest);
            sums = new Floats[unitsPerTask][];
            Arrays.setAll(sums, i -> scratch.floatsOf(panels.together(), panels.sums()));
        }
    }

    private DirectConvolution(
            ForwardProblem problem,
            BankLayout bankLayout,
            ThreadTeam team,
            Scratch scratch,
            int bandRows,
            PackedInput layout,
            Window window,
            Panels panels) {
        Conv2dGeometry geometry = problem.geometry();
        this.problem = problem;
        this.bandRows = bandRows;
        this.layout = layout;
        this.window = window;
        this.panels = panels;
        this.bank = new BankPanels(problem.config(), bankLayout, panels.channels(), team.threads(), scratch);
        this.bands = Math.ceilDiv(window.height(), bandRows);
        this.units = Math.multiplyExact(problem.batch(), bands);
        this.panelsPerGroup = bank.count() / geometry.groups();
        int unitFloats = geometry.inPlanesPerGroup() * layout.planeStride();
        long panelFloats = (long) problem.config().kernels() * geometry.inPlanesPerGroup() * bank.floatsPerPlane();
        boolean weightsDominate = panelFloats > unitFloats;
        int tasks = (weightsDominate ? FEW_TASKS : TASKS_PER_THREAD) * team.threads();
        int mostUnits = weightsDominate && bank.parts() == 1 // the sums of several would not stay in cache
                ? Math.clamp((long) units * bank.count() / tasks, 1, Math.clamp(TASK_FLOATS / unitFloats, 1, units))
                : 1;
        int evenUnits = Math.ceilDiv(units, Math.ceilDiv(units, mostUnits));
        this.unitsPerTask = evenUnits > bands ? evenUnits / bands * bands : evenUnits;
        int blocks = Math.ceilDiv(units, unitsPerTask);
        this.panelsPerTask = Math.clamp((long) blocks * bank.count() / tasks, 1, panelsPerGroup);
        this.planesPerChain = Arrays.stream(bankLayout.parts())
                .map(taps -> planesPerChain(geometry.inPlanesPerGroup(), Math.max(1, panels.chain() / taps)))
                .toArray();
        boolean packsChains = blocks == 1 && bank.parts() == 1 && bankLayout.changing() && problem.dynamic();
        this.packedBank = packsChains ? null : new PackedBank(problem.config(), bank, team, scratch);
        this.workers = new Worker[team.threads()];
        Arrays.setAll(workers, i -> new Worker(i, scratch));
    }

    private static int planesPerChain(int planes, int most) {
        return Math.ceilDiv(planes, Math.ceilDiv(planes, most));
    }

    /** With lanes along pixels. */
    static DirectConvolution byPixels(ForwardProblem problem, BankLayout bankLayout, ThreadTeam team, Scratch scratch) {
        int bandRows = bandRows(problem, true);
        PackedInput layout = new PackedInput(problem, bandRows, true);
        Panels panels = new PixelPanels(problem, layout, bandRows, team.threads(), scratch);
        return new DirectConvolution(problem, bankLayout, team, scratch, bandRows, layout, Window.of(problem), panels);
    }

    /** With lanes along output channels. */
    static DirectConvolution byChannels(
            ForwardProblem problem, BankLayout bankLayout, ThreadTeam team, Scratch scratch) {
        int bandRows = bandRows(problem, false);
        PackedInput layout = new PackedInput(problem, bandRows, false);
        Panels panels = new ChannelPanels(problem, layout, bandRows, team.threads(), scratch);
        return new DirectConvolution(problem, bankLayout, team, scratch, bandRows, layout, Window.of(problem), panels);
    }

    /** The phases of a strided convolution's gradient, with lanes along output channels. */
    static DirectConvolution byPhases(Phases phases, ThreadTeam team, Scratch scratch) {
        ForwardProblem problem = phases.problem();
        int bandRows = bandRows(phases);
        PackedInput layout = new PackedInput(problem, bandRows, false);
        Panels panels = new PhasePanels(phases, layout, bandRows, team.threads(), scratch);
        return new DirectConvolution(
                problem, phases.bankLayout(), team, scratch, bandRows, layout, phases.window(), panels);
    }

    /** Why it can't take this problem by pixels, or empty if it can. */
    static Optional<String> refusalByPixels(ForwardProblem problem) {
        return refusal(problem, true, PixelKernels.CHANNELS);
    }

    /** Why it should not take this problem by channels, or empty if it should. */
    static Optional<String> refusalByChannels(ForwardProblem problem) {
        return ChannelPanels.refusal(problem).or(() -> refusal(problem, false, ChannelKernels.CHANNELS));
    }

    private static Optional<String> refusal(ForwardProblem problem, boolean phased, int channels) {
        return PackedInput.refusal(problem, bandRows(problem, phased), phased)
                .or(() -> PackedBank.refusal(problem.config(), channels));
    }

    /** Why it can't take the phases of a problem that has such, or should not, or empty if it should. */
    static Optional<String> refusalByPhases(ForwardProblem layer) {
        Phases phases = new Phases(layer);
        ForwardProblem problem = phases.problem();
        int planes = problem.geometry().inPlanesPerGroup();
        int taps = layer.geometry().taps();
        return ChannelPanels.refusal(problem)
                .or(() -> PackedInput.refusal(problem, bandRows(phases), false))
                .or(() -> PackedBank.refusal(problem.config().kernels(), planes, taps, ChannelKernels.CHANNELS));
    }

    private static int bandRows(ForwardProblem problem, boolean phased) {
        return bandRows(Window.of(problem), floatsPerRow(problem, phased));
    }

    /** Their sums are many enough to count. */
    private static int bandRows(Phases phases) {
        Window window = phases.window();
        double sums = (double) PhasePanels.TOGETHER * window.width() * ChannelKernels.CHANNELS;
        return bandRows(window, floatsPerRow(phases.problem(), false) + sums);
    }

    private static double floatsPerRow(ForwardProblem problem, boolean phased) {
        return PackedInput.floatsPerUnit(problem, 1, phased) - PackedInput.floatsPerUnit(problem, 0, phased);
    }

    private static int bandRows(Window window, double floatsPerRow) {
        int rowsThatFit = (int) Math.max(1, UNIT_FLOATS / floatsPerRow);
        int rowsThatPay = Math.ceilDiv(UNIT_PIXELS, window.width());
        int bands = Math.ceilDiv(window.height(), Math.max(rowsThatFit, rowsThatPay));
        return Math.ceilDiv(window.height(), bands);
    }

    @Override
    public void begin(
            Tensor newWeight, float[] newAttention, float[] newBiases, MemorySegment input, MemorySegment output) {
        weight = newWeight.segment();
        if (packedBank != null) {
            packedBank.update(newWeight);
        }
        attention = newAttention;
        biases = newBiases;
        x = input;
        y = output;
    }

    @Override
    public int tasks() {
        int tasksPerUnits = problem.geometry().groups() * Math.ceilDiv(panelsPerGroup, panelsPerTask);
        return Math.multiplyExact(tasksPerUnits, Math.ceilDiv(units, unitsPerTask));
    }

    @Override
    public boolean bySample() {
        return bands % unitsPerTask == 0;
    }

    private int sample(int unit) {
        return unit / bands;
    }

    private int firstRow(int unit) {
        return unit % bands * bandRows;
    }

    private int rows(int unit) {
        return Math.min(bandRows, window.height() - firstRow(unit));
    }

    /** Tasks go through all groups and panels of their units first, while the input is in cache. */
    @Override
    public void run(int index, int workerNumber) {
        Worker worker = workers[workerNumber];
        int tasksPerGroup = Math.ceilDiv(panelsPerGroup, panelsPerTask);
        int groups = problem.geometry().groups();
        int group = index / tasksPerGroup % groups;
        int begin = index / tasksPerGroup / groups * unitsPerTask;
        int end = Math.min(begin + unitsPerTask, units);
        for (int unit = begin; unit < end; unit++) {
            pack(unit, group, worker.packed[unit - begin]);
        }
        int firstPanel = index % tasksPerGroup * panelsPerTask;
        int lastPanel = Math.min(firstPanel + panelsPerTask, panelsPerGroup);
        for (int panel = firstPanel; panel < lastPanel; panel++) {
            for (int part = 0; part < bank.parts(); part += panels.together()) {
                convolve(group * panelsPerGroup + panel, part, begin, end, worker);
            }
        }
    }

    private void pack(int unit, int group, Floats packed) {
        int planes = problem.geometry().inPlanesPerGroup();
        long first = (long) sample(unit) * problem.geometry().inPlanes() + (long) group * planes;
        for (int c = 0; c < planes; c++) {
            layout.pack(
                    x,
                    first + c,
                    window.firstRow() + firstRow(unit),
                    rows(unit),
                    packed.array(),
                    packed.base() + c * layout.planeStride());
        }
    }

    private void convolve(int panel, int firstPart, int begin, int end, Worker worker) {
        for (int i = 0; i < panels.together(); i++) {
            sum(panel, firstPart + i, i, begin, end, worker);
        }
        for (int unit = begin; unit < end; unit++) {
            long plane = (long) sample(unit) * problem.geometry().outPlanes() + bank.firstChannel(panel);
            Floats[] sums = worker.sums[unit - begin];
            panels.store(
                    firstPart, sums, bank.usedChannels(panel), y, plane, firstRow(unit), rows(unit), worker.number);
        }
    }

    /** Sums a part, the so many-th of those written together. */
    private void sum(int panel, int part, int slot, int begin, int end, Worker worker) {
        int inPlanes = problem.geometry().inPlanesPerGroup();
        for (int plane = 0; plane < inPlanes; plane += planesPerChain[part]) {
            int planes = Math.min(planesPerChain[part], inPlanes - plane);
            if (packedBank == null) {
                packChain(panel, plane, planes, worker);
            }
            for (int unit = begin; unit < end; unit++) {
                if (unit == begin || sample(unit) != sample(unit - 1)) {
                    aggregate(panel, part, plane, planes, sample(unit), worker);
                }
                Floats sums = worker.sums[unit - begin][slot];
                multiply(panel, part, plane, planes, unit, worker.packed[unit - begin], sums, worker);
            }
        }
    }

    /** Where a chain begins in a block of the packed bank. */
    private int chainBase(int part, int plane) {
        return bank.partBase(part, problem.geometry().inPlanesPerGroup()) + plane * bank.floatsPerPlane(part);
    }

    private void packChain(int panel, int plane, int planes, Worker worker) {
        Floats blocks = worker.blocks;
        for (int k = 0; k < problem.config().kernels(); k++) {
            int to = blocks.base() + k * planes * bank.floatsPerPlane();
            bank.pack(weight, panel, k, plane, plane + planes, blocks.array(), to, worker.number);
        }
    }

    /** Makes the worker's weights a chain of a sample's panel, and its bias the panel's. */
    private void aggregate(int panel, int part, int plane, int planes, int sample, Worker worker) {
        int kernels = problem.config().kernels();
        int length = planes * bank.floatsPerPlane(part);
        if (problem.dynamic()) {
            Floats blocks = packedBank == null ? worker.blocks : packedBank.panel(panel);
            AggregationKernels.aggregate(
                    attention,
                    sample * kernels,
                    kernels,
                    blocks.array(),
                    blocks.base() + (packedBank == null ? 0 : chainBase(part, plane)),
                    packedBank == null ? length : packedBank.panelLength(),
                    length,
                    worker.weights);
        }
        if (plane == 0) { // the first chain alone starts from it
            int first = sample * problem.geometry().outPlanes() + bank.firstChannel(panel);
            System.arraycopy(biases, first, worker.bias, 0, bank.usedChannels(panel));
        }
    }

    /** Adds the chain to a unit's sums, or begins them. */
    private void multiply(
            int panel, int part, int plane, int planes, int unit, Floats input, Floats sums, Worker worker) {
        Floats weights = problem.dynamic() || packedBank == null ? worker.weights : packedBank.panel(panel);
        int weightBase = weights.base() + (problem.dynamic() ? 0 : chainBase(part, plane));
        panels.multiply(
                part, input, plane, planes, weights.array(), weightBase, worker.bias, rows(unit), sums, worker.number);
    }

    @Override
    public Optional<PackedBank> packedBank() {
        return Optional.ofNullable(packedBank);
    }
}
