package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.ChannelKernels.CHANNELS;
import static io.github.dyconv.jvm.ChannelKernels.PIXELS;
import static io.github.dyconv.jvm.VectorShape.LANES;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Lanes along output channels: the forward pass's kernel ({@link ChannelKernels}) with pixels in the place of its products. A
 * block is as {@link PanelBlocks} cuts it.
 *
 * <p>For a band of output rows at a time, the input is packed ({@link PackedInput}) and the output's gradient turned to {@code
 * [pixels, CHANNELS]}; then some pairs of input channel and tap at a time sum their products over the band's pixels in one tile. A
 * band is one chain of sums, and the bands' results are added.
 */
final class ChannelFilterBlocks implements FilterBlocks {
    /** Pixels of a band to aim for: their gradients take two thirds of a first-level cache of 48 KiB. */
    private static final int BAND_PIXELS = 128;

    /** Floats of some samples' blocks to aim for: half of a common second-level cache. */
    private static final int BLOCK_FLOATS = 128 << 10;

    /** Floats of a band at most. */
    private static final double MOST_FLOATS = 8 << 20;

    private final ForwardProblem problem;
    private final int bandRows;
    private final int bands;
    private final PackedInput layout;
    private final PanelBlocks blocks;
    private final int[] steps; // of a band's pixels
    private final int[] places; // of a block's pairs of input channel and tap
    private final float[] zeros = new float[CHANNELS];
    private final Floats[] packedOfWorker;
    private final Floats[] panelOfWorker;
    private final Floats[] chainOfWorker;
    private final Floats[] squareOfWorker;

    ChannelFilterBlocks(ForwardProblem problem, int threads, Optional<PackedBank> packed, Scratch scratch) {
        Conv2dGeometry g = problem.geometry();
        int outWidth = problem.outWidth();
        this.problem = problem;
        this.bandRows = bandRows(problem);
        this.bands = Math.ceilDiv(problem.outHeight(), bandRows);
        this.layout = new PackedInput(problem, bandRows, false);
        int perPlane = g.taps()
                * PanelBlocks.panelsPerBlock(problem)
                * CHANNELS
                * BlockedFilterGradient.samplesAtOnce(problem);
        this.blocks = new PanelBlocks(problem, Math.max(PIXELS, BLOCK_FLOATS / perPlane), threads, packed, scratch);
        this.steps = new int[bandRows * outWidth];
        for (int p = 0; p < steps.length; p++) {
            steps[p] = layout.place(p / outWidth, p % outWidth);
        }
        this.places = new int[blocks.planesPerBlock() * g.taps()];
        for (int i = 0; i < places.length; i++) {
            places[i] = i / g.taps() * layout.planeStride() + layout.tapOffsets()[i % g.taps()];
        }
        this.packedOfWorker = scratch.floatsOf(threads, blocks.planesPerBlock() * layout.planeStride());
        this.panelOfWorker = scratch.floatsOf(threads, steps.length * CHANNELS);
        this.chainOfWorker = scratch.floatsOf(threads, bands > 1 ? places.length * CHANNELS : 0);
        this.squareOfWorker = scratch.floatsOf(threads, Transposition.SQUARE);
    }

    /** Why it should not take a problem, in one plain line, or empty if it should. */
    static Optional<String> refusal(ForwardProblem problem) {
        int rows = bandRows(problem);
        double floats = (double) rows * problem.outWidth() * CHANNELS;
        return ChannelPanels.refusal(problem)
                .or(() -> PackedInput.refusal(problem, rows, false))
                .or(() -> floats > MOST_FLOATS ? Optional.of("the output is too wide to turn") : Optional.empty());
    }

    private static int bandRows(ForwardProblem problem) {
        int rows = Math.clamp(BAND_PIXELS / problem.outWidth(), 1, problem.outHeight());
        return Math.ceilDiv(problem.outHeight(), Math.ceilDiv(problem.outHeight(), rows));
    }

    @Override
    public BlockLayout layout() {
        return blocks;
    }

    @Override
    public String term() {
        return "blocked by channels";
    }

    @Override
    public void correlate(MemorySegment x, MemorySegment dy, int sample, int block, Floats sums, int worker) {
        for (int band = 0; band < bands; band++) {
            int row = band * bandRows;
            int rows = Math.min(bandRows, problem.outHeight() - row);
            pack(x, sample, block, row, rows, packedOfWorker[worker]);
            for (int part = 0; part < blocks.parts(block); part++) {
                turn(dy, sample, block, part, row, rows, worker);
                multiply(block, part, rows, band == 0, sums, worker);
            }
        }
    }

    private void multiply(int block, int part, int rows, boolean fresh, Floats sums, int worker) {
        int length = blocks.partLength(block);
        Floats packed = packedOfWorker[worker];
        Floats panel = panelOfWorker[worker];
        Floats to = fresh ? sums : chainOfWorker[worker];
        int first = fresh ? part * length : 0;
        ChannelKernels.run(
                packed.array(),
                packed.base(),
                places,
                length / CHANNELS,
                steps,
                0,
                rows * problem.outWidth(),
                panel.array(),
                panel.base(),
                zeros,
                0,
                0,
                to.array(),
                to.base() + first);
        if (!fresh) {
            AggregationKernels.add(to, sums, part * length, length);
        }
    }

    private void pack(MemorySegment x, int sample, int block, int row, int rows, Floats packed) {
        long first = (long) sample * problem.geometry().inPlanes() + blocks.firstPlane(block);
        for (int c = 0; c < blocks.planes(block); c++) {
            layout.pack(x, first + c, row, rows, packed.array(), packed.base() + c * layout.planeStride());
        }
    }

    private void turn(MemorySegment dy, int sample, int block, int part, int row, int rows, int worker) {
        int channels = blocks.channels(block, part);
        long outPlane = (long) problem.outHeight() * problem.outWidth();
        long plane = (long) sample * problem.geometry().outPlanes() + blocks.firstChannel(block, part);
        for (int r = 0; r < CHANNELS; r += LANES) {
            int first = Math.min(r, channels - 1); // lanes without a channel get a copy
            Transposition.toPixels(
                    dy,
                    (plane + first) * outPlane + (long) row * problem.outWidth(),
                    outPlane,
                    Math.min(LANES, channels - first),
                    rows * problem.outWidth(),
                    1,
                    panelOfWorker[worker].array(),
                    panelOfWorker[worker].base() + r,
                    CHANNELS / LANES,
                    squareOfWorker[worker]);
        }
    }
}
