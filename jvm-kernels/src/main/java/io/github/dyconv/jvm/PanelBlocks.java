package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.ChannelKernels.CHANNELS;
import static io.github.dyconv.jvm.ChannelKernels.PIXELS;
import static io.github.dyconv.jvm.VectorShape.LANES;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;

/**
 * The filter's gradient in blocks of some panels of output channels by some input channels, {@code [panel, input channel, tap,
 * CHANNELS]}: the layout that implementations of {@link FilterBlocks} with lanes along output channels have in common.
 */
final class PanelBlocks implements BlockLayout {
    /** Output channels of a block to aim for: all its panels share the work on the input. */
    private static final int BLOCK_CHANNELS = 64;

    private final ForwardProblem problem;
    private final int panelsPerGroup;
    private final int panelsPerBlock;
    private final int planesPerBlock;
    private final int planeBlocks;
    private final Bank[] banks; // of each block's parts, or where they are loaded, of each worker
    private final boolean shared;
    private final Floats[] squareOfWorker;

    /**
     * Cuts blocks of so many input channels at most, and of fewer where threads would not end together.
     *
     * @param mostPlanes at least {@link ChannelKernels#PIXELS}
     * @param packed the forward pass's bank, which need not be loaded if its panels are these
     */
    PanelBlocks(ForwardProblem problem, int mostPlanes, int threads, Optional<PackedBank> packed, Scratch scratch) {
        Conv2dGeometry g = problem.geometry();
        int tiles = Math.ceilDiv(g.inPlanesPerGroup(), PIXELS);
        this.problem = problem;
        this.panelsPerGroup = Math.ceilDiv(g.outPlanesPerGroup(), CHANNELS);
        this.panelsPerBlock = panelsPerBlock(problem);
        int blocks = g.groups() * Math.ceilDiv(panelsPerGroup, panelsPerBlock) * BlockedFilterGradient.shares(problem);
        int least = Math.ceilDiv(tiles, mostPlanes / PIXELS);
        while (least < tiles && least * blocks % threads != 0 && least * blocks < 8 * threads) {
            least++;
        }
        this.planesPerBlock = Math.ceilDiv(tiles, least) * PIXELS;
        this.planeBlocks = Math.ceilDiv(g.inPlanesPerGroup(), planesPerBlock);
        this.squareOfWorker = scratch.floatsOf(threads, Transposition.SQUARE);
        this.shared =
                packed.filter(bank -> bank.layout().channels() == CHANNELS).isPresent();
        this.banks = new Bank[shared ? count() * panelsPerBlock : threads];
        Arrays.setAll(banks, i -> shared ? part(packed.orElseThrow(), i) : whole(scratch));
    }

    private Bank part(PackedBank packed, int index) {
        int block = index / panelsPerBlock;
        int part = Math.min(index % panelsPerBlock, parts(block) - 1);
        int base = firstPlaneInGroup(block) * problem.geometry().taps() * CHANNELS - part * partLength(block);
        Floats panel = packed.panel(panel(block, part));
        return new Bank(new Floats(panel.array(), panel.base() + base), packed.panelLength());
    }

    private Bank whole(Scratch scratch) {
        return new Bank(scratch.floats(problem.config().kernels() * length()), length());
    }

    /** Panels of a block at most. */
    static int panelsPerBlock(ForwardProblem problem) {
        int panelsPerGroup = Math.ceilDiv(problem.geometry().outPlanesPerGroup(), CHANNELS);
        return Math.clamp(BLOCK_CHANNELS / CHANNELS, 1, panelsPerGroup);
    }

    @Override
    public int count() {
        return problem.geometry().groups() * Math.ceilDiv(panelsPerGroup, panelsPerBlock) * planeBlocks;
    }

    @Override
    public int length() {
        return panelsPerBlock * planesPerBlock * problem.geometry().taps() * CHANNELS;
    }

    @Override
    public int firstChannel(int block) {
        return firstChannel(block, 0);
    }

    @Override
    public int channels(int block) {
        int last = parts(block) - 1;
        return firstChannel(block, last) + channels(block, last) - firstChannel(block);
    }

    @Override
    public boolean begins(int block) {
        return firstPlaneInGroup(block) == 0;
    }

    @Override
    public int parts(int block) {
        return Math.min(panelsPerBlock, panelsPerGroup - firstPanelInGroup(block));
    }

    @Override
    public int partLength(int block) {
        return planes(block) * problem.geometry().taps() * CHANNELS;
    }

    @Override
    public int unit() {
        return PIXELS * problem.geometry().taps() * CHANNELS;
    }

    private int unitsPerPanel() {
        return Math.ceilDiv(problem.geometry().inPlanesPerGroup(), PIXELS);
    }

    @Override
    public int units() {
        return problem.geometry().groups() * panelsPerGroup * unitsPerPanel();
    }

    @Override
    public int firstUnit(int block, int part) {
        return panel(block, part) * unitsPerPanel() + firstPlaneInGroup(block) / PIXELS;
    }

    /** Input channels of a block at most. */
    int planesPerBlock() {
        return planesPerBlock;
    }

    private int group(int block) {
        return block / planeBlocks / Math.ceilDiv(panelsPerGroup, panelsPerBlock);
    }

    private int firstPanelInGroup(int block) {
        return block / planeBlocks % Math.ceilDiv(panelsPerGroup, panelsPerBlock) * panelsPerBlock;
    }

    /** Which of all panels a block's part is. */
    private int panel(int block, int part) {
        return group(block) * panelsPerGroup + firstPanelInGroup(block) + part;
    }

    private int firstInGroup(int block, int part) {
        return (firstPanelInGroup(block) + part) * CHANNELS;
    }

    /** The first output channel of a block's part, counted through all groups. */
    int firstChannel(int block, int part) {
        return group(block) * problem.geometry().outPlanesPerGroup() + firstInGroup(block, part);
    }

    /** Output channels of a block's part. */
    int channels(int block, int part) {
        return Math.min(CHANNELS, problem.geometry().outPlanesPerGroup() - firstInGroup(block, part));
    }

    /** The first input channel, within its group. */
    private int firstPlaneInGroup(int block) {
        return block % planeBlocks * planesPerBlock;
    }

    /** The first input channel, counted through all groups. */
    int firstPlane(int block) {
        return group(block) * problem.geometry().inPlanesPerGroup() + firstPlaneInGroup(block);
    }

    /** Input channels. */
    int planes(int block) {
        return Math.min(planesPerBlock, problem.geometry().inPlanesPerGroup() - firstPlaneInGroup(block));
    }

    /** Where a kernel's weights of the output channel {@code firstChannel + r} of a block's part are. */
    private long place(int block, int part, int kernel, int r) {
        Conv2dGeometry g = problem.geometry();
        long channel = (long) kernel * g.outPlanes() + firstChannel(block, part) + r;
        return (channel * g.inPlanesPerGroup() + firstPlaneInGroup(block)) * g.taps();
    }

    @Override
    public void load(MemorySegment weight, int block, int worker) {
        if (shared) {
            return;
        }
        Floats to = banks[worker].floats();
        to.clear(problem.config().kernels() * length());
        for (int k = 0; k < problem.config().kernels(); k++) {
            for (int part = 0; part < parts(block); part++) {
                load(weight, block, part, k, to, worker);
            }
        }
    }

    private void load(MemorySegment weight, int block, int part, int kernel, Floats to, int worker) {
        int perChannel =
                problem.geometry().inPlanesPerGroup() * problem.geometry().taps();
        int count = planes(block) * problem.geometry().taps();
        int channels = channels(block, part);
        int first = to.base() + kernel * length() + part * partLength(block);
        for (int r = 0; r < channels; r += LANES) {
            Transposition.toPixels(
                    weight,
                    place(block, part, kernel, r),
                    perChannel,
                    Math.min(LANES, channels - r),
                    count,
                    1,
                    to.array(),
                    first + r,
                    CHANNELS / LANES,
                    squareOfWorker[worker]);
        }
        for (int i = 0; i < count; i++) { // a lane without a channel holds a copy, which must not count
            int row = first + i * CHANNELS;
            Arrays.fill(to.array(), row + channels, row + CHANNELS, 0);
        }
    }

    @Override
    public Bank bank(int block, int part, int worker) {
        return banks[shared ? block * panelsPerBlock + part : worker];
    }

    @Override
    public void store(Floats from, int block, int kernel, MemorySegment gradient, int worker) {
        int perChannel =
                problem.geometry().inPlanesPerGroup() * problem.geometry().taps();
        int count = planes(block) * problem.geometry().taps();
        for (int part = 0; part < parts(block); part++) {
            int channels = channels(block, part);
            for (int r = 0; r < channels; r += LANES) {
                Transposition.toPlanes(
                        from.array(),
                        from.base() + kernel * length() + part * partLength(block) + r,
                        CHANNELS,
                        1,
                        gradient,
                        place(block, part, kernel, r),
                        perChannel,
                        Math.min(LANES, channels - r),
                        count,
                        1,
                        squareOfWorker[worker]);
            }
        }
    }
}
