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
 * The filter's gradient in blocks of a panel of output channels by some input channels, {@code [input channel, tap, CHANNELS]}:
 * the layout that implementations of {@link FilterBlocks} with lanes along output channels have in common.
 */
final class PanelBlocks {
    private final ForwardProblem problem;
    private final int panelsPerGroup;
    private final int planesPerBlock;
    private final int blocksPerPanel;
    private final FilterBlocks.Bank[] banks; // of each block, or where they are loaded, of each worker
    private final boolean shared;
    private final float[][] squareOfWorker;

    /**
     * Cuts blocks of so many input channels at most, and of fewer where threads would not end together.
     *
     * @param mostPlanes at least {@link ChannelKernels#PIXELS}
     * @param packed the forward pass's bank, which need not be loaded if its panels are these
     */
    PanelBlocks(ForwardProblem problem, int mostPlanes, int threads, Optional<PackedBank> packed) {
        Conv2dGeometry g = problem.geometry();
        int quads = Math.ceilDiv(g.inPlanesPerGroup(), PIXELS);
        this.problem = problem;
        this.panelsPerGroup = Math.ceilDiv(g.outPlanesPerGroup(), CHANNELS);
        int panels = g.groups() * panelsPerGroup;
        int least = Math.ceilDiv(quads, mostPlanes / PIXELS);
        while (least < quads && least * panels % threads != 0 && least * panels < 8 * threads) {
            least++;
        }
        this.planesPerBlock = Math.ceilDiv(quads, least) * PIXELS;
        this.blocksPerPanel = Math.ceilDiv(g.inPlanesPerGroup(), planesPerBlock);
        this.squareOfWorker = new float[threads][Transposition.SQUARE];
        this.shared = packed.filter(bank -> bank.channels() == CHANNELS).isPresent();
        this.banks = new FilterBlocks.Bank[shared ? count() : threads];
        Arrays.setAll(banks, i -> shared ? part(packed.orElseThrow(), i) : whole());
    }

    private FilterBlocks.Bank part(PackedBank packed, int block) {
        int base = firstPlaneInGroup(block) * problem.geometry().taps() * CHANNELS;
        return new FilterBlocks.Bank(packed.panel(block / blocksPerPanel), base, packed.panelLength());
    }

    private FilterBlocks.Bank whole() {
        return new FilterBlocks.Bank(new float[problem.config().kernels() * length()], 0, length());
    }

    int count() {
        return problem.geometry().groups() * panelsPerGroup * blocksPerPanel;
    }

    /** Floats of a block at most. */
    int length() {
        return planesPerBlock * problem.geometry().taps() * CHANNELS;
    }

    /** Floats of a block. */
    int length(int block) {
        return planes(block) * problem.geometry().taps() * CHANNELS;
    }

    /** Floats of as many input channels of a block as every block's number of them is a multiple of. */
    int unit() {
        return PIXELS * problem.geometry().taps() * CHANNELS;
    }

    /** Input channels of a block at most. */
    int planesPerBlock() {
        return planesPerBlock;
    }

    private int group(int block) {
        return block / blocksPerPanel / panelsPerGroup;
    }

    private int firstInGroup(int block) {
        return block / blocksPerPanel % panelsPerGroup * CHANNELS;
    }

    /** The first output channel, counted through all groups. */
    int firstChannel(int block) {
        return group(block) * problem.geometry().outPlanesPerGroup() + firstInGroup(block);
    }

    /** Output channels. */
    int channels(int block) {
        return Math.min(CHANNELS, problem.geometry().outPlanesPerGroup() - firstInGroup(block));
    }

    /** The first input channel, within its group. */
    private int firstPlaneInGroup(int block) {
        return block % blocksPerPanel * planesPerBlock;
    }

    /** The first input channel, counted through all groups. */
    int firstPlane(int block) {
        return group(block) * problem.geometry().inPlanesPerGroup() + firstPlaneInGroup(block);
    }

    /** Input channels. */
    int planes(int block) {
        return Math.min(planesPerBlock, problem.geometry().inPlanesPerGroup() - firstPlaneInGroup(block));
    }

    /** Where a kernel's weights of the block's output channel {@code firstChannel + r} are. */
    private long place(int block, int kernel, int r) {
        Conv2dGeometry g = problem.geometry();
        long channel = (long) kernel * g.outPlanes() + firstChannel(block) + r;
        return (channel * g.inPlanesPerGroup() + firstPlaneInGroup(block)) * g.taps();
    }

    /** {@link FilterBlocks#bank}. */
    FilterBlocks.Bank bank(MemorySegment weight, int block, int worker) {
        if (shared) {
            return banks[block];
        }
        load(weight, block, banks[worker].floats(), worker);
        return banks[worker];
    }

    private void load(MemorySegment weight, int block, float[] to, int worker) {
        int perChannel =
                problem.geometry().inPlanesPerGroup() * problem.geometry().taps();
        int count = planes(block) * problem.geometry().taps();
        Arrays.fill(to, 0);
        for (int k = 0; k < problem.config().kernels(); k++) {
            for (int r = 0; r < channels(block); r += LANES) {
                Transposition.toPixels(
                        weight,
                        place(block, k, r),
                        perChannel,
                        Math.min(LANES, channels(block) - r),
                        count,
                        1,
                        to,
                        k * length() + r,
                        CHANNELS / LANES,
                        squareOfWorker[worker]);
            }
            for (int i = 0; i < count; i++) { // a lane without a channel holds a copy, which must not count
                int row = k * length() + i * CHANNELS;
                Arrays.fill(to, row + channels(block), row + CHANNELS, 0);
            }
        }
    }

    /** {@link FilterBlocks#store}. */
    void store(float[] from, int block, MemorySegment gradient, int worker) {
        int perChannel =
                problem.geometry().inPlanesPerGroup() * problem.geometry().taps();
        int count = planes(block) * problem.geometry().taps();
        for (int k = 0; k < problem.config().kernels(); k++) {
            for (int r = 0; r < channels(block); r += LANES) {
                Transposition.toPlanes(
                        from,
                        k * length() + r,
                        CHANNELS,
                        1,
                        gradient,
                        place(block, k, r),
                        perChannel,
                        Math.min(LANES, channels(block) - r),
                        count,
                        1,
                        squareOfWorker[worker]);
            }
        }
    }

    long scratchBytes() {
        long bank = shared ? 0 : banks[0].floats().length;
        return squareOfWorker.length * (Transposition.SQUARE + bank) * Float.BYTES;
    }
}
