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
 * Lanes along output channels: the forward pass's kernel ({@link ChannelKernels}) with pixels in the place of its products. A
 * block is a panel of output channels by some input channels, {@code [input channel, tap, CHANNELS]}.
 *
 * <p>For a band of output rows at a time, the input is packed ({@link PackedInput}) and the output's gradient turned to {@code
 * [pixels, CHANNELS]}; then every four pairs of input channel and tap sum their products over the band's pixels in one tile. A
 * band is one chain of sums, and the bands' results are added.
 */
final class ChannelFilterBlocks implements FilterBlocks {
    /** Pixels of a band to aim for: their gradients take two thirds of a first-level cache of 48 KiB. */
    private static final int BAND_PIXELS = 128;

    /** Floats of a block with the K blocks of bank and gradient to aim for: half of a common second-level cache. */
    private static final int BLOCK_FLOATS = 128 << 10;

    /** Floats of a band at most. */
    private static final double MOST_FLOATS = 8 << 20;

    private final ForwardProblem problem;
    private final int bandRows;
    private final int bands;
    private final PackedInput layout;
    private final int panelsPerGroup;
    private final int planesPerBlock;
    private final int blocksPerPanel;
    private final int[] steps; // of a band's pixels
    private final int[] places; // of a block's pairs of input channel and tap, up to whole tiles
    private final float[] zeros = new float[CHANNELS];
    private final float[][] packedOfWorker;
    private final float[][] panelOfWorker;
    private final float[][] chainOfWorker;
    private final float[][] squareOfWorker;

    ChannelFilterBlocks(ForwardProblem problem, int threads) {
        Conv2dGeometry g = problem.geometry();
        int outWidth = problem.outWidth();
        this.problem = problem;
        this.bandRows = bandRows(problem);
        this.bands = Math.ceilDiv(problem.outHeight(), bandRows);
        this.layout = new PackedInput(problem, bandRows, false);
        this.panelsPerGroup = Math.ceilDiv(g.outPlanesPerGroup(), CHANNELS);
        int perPlane = g.taps() * CHANNELS * (2 * problem.config().kernels() + 2);
        int inPlanes = g.inPlanesPerGroup();
        int panels = g.groups() * panelsPerGroup;
        int least = Math.ceilDiv(inPlanes, Math.max(1, BLOCK_FLOATS / perPlane));
        // So that threads end together.
        while (least < inPlanes && least * panels % threads != 0 && least * panels < 8 * threads) {
            least++;
        }
        this.planesPerBlock = Math.ceilDiv(inPlanes, least);
        this.blocksPerPanel = Math.ceilDiv(inPlanes, planesPerBlock);
        this.steps = new int[bandRows * outWidth];
        for (int p = 0; p < steps.length; p++) {
            steps[p] = layout.place(p / outWidth, p % outWidth);
        }
        int pairs = planesPerBlock * g.taps();
        this.places = new int[Math.ceilDiv(pairs, PIXELS) * PIXELS];
        for (int i = 0; i < places.length; i++) {
            int pair = Math.min(i, pairs - 1);
            places[i] = pair / g.taps() * layout.planeStride() + layout.tapOffsets()[pair % g.taps()];
        }
        this.packedOfWorker = new float[threads][planesPerBlock * layout.planeStride()];
        this.panelOfWorker = new float[threads][steps.length * CHANNELS];
        this.chainOfWorker = new float[threads][bands > 1 ? length() : 0];
        this.squareOfWorker = new float[threads][Transposition.SQUARE];
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
    public String term() {
        return "blocked by channels";
    }

    @Override
    public int count() {
        return problem.geometry().groups() * panelsPerGroup * blocksPerPanel;
    }

    @Override
    public int length() {
        return places.length * CHANNELS;
    }

    private int group(int block) {
        return block / blocksPerPanel / panelsPerGroup;
    }

    /** The first output channel, within its group. */
    private int firstChannel(int block) {
        return block / blocksPerPanel % panelsPerGroup * CHANNELS;
    }

    private int channels(int block) {
        return Math.min(CHANNELS, problem.geometry().outPlanesPerGroup() - firstChannel(block));
    }

    /** The first input channel, within its group. */
    private int firstPlane(int block) {
        return block % blocksPerPanel * planesPerBlock;
    }

    private int planes(int block) {
        return Math.min(planesPerBlock, problem.geometry().inPlanesPerGroup() - firstPlane(block));
    }

    /** Where a kernel's weights of the block's output channel {@code firstChannel + r} are. */
    private long place(int block, int kernel, int r) {
        Conv2dGeometry g = problem.geometry();
        long group = (long) group(block) * g.outPlanesPerGroup();
        long channel = (long) kernel * g.outPlanes() + group + firstChannel(block) + r;
        return (channel * g.inPlanesPerGroup() + firstPlane(block)) * g.taps();
    }

    @Override
    public void load(MemorySegment weight, int block, float[] to, int worker) {
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

    @Override
    public void correlate(MemorySegment x, MemorySegment dy, int sample, int block, float[] sums, int worker) {
        int count = planes(block) * problem.geometry().taps();
        for (int band = 0; band < bands; band++) {
            int row = band * bandRows;
            int rows = Math.min(bandRows, problem.outHeight() - row);
            pack(x, sample, block, row, rows, packedOfWorker[worker]);
            turn(dy, sample, block, row, rows, worker);
            float[] to = band == 0 ? sums : chainOfWorker[worker];
            for (int i = 0; i < count; i += PIXELS) {
                ChannelKernels.run(
                        packedOfWorker[worker],
                        places[i],
                        places[i + 1],
                        places[i + 2],
                        places[i + 3],
                        steps,
                        rows * problem.outWidth(),
                        panelOfWorker[worker],
                        0,
                        zeros,
                        0,
                        0,
                        to,
                        i * CHANNELS);
            }
            if (band > 0) {
                AggregationKernels.add(to, sums, count * CHANNELS);
            }
        }
        Arrays.fill(sums, count * CHANNELS, length(), 0);
    }

    private void pack(MemorySegment x, int sample, int block, int row, int rows, float[] packed) {
        Conv2dGeometry g = problem.geometry();
        long first = (long) sample * g.inPlanes() + (long) group(block) * g.inPlanesPerGroup() + firstPlane(block);
        for (int c = 0; c < planes(block); c++) {
            layout.pack(x, first + c, row, rows, packed, c * layout.planeStride());
        }
    }

    private void turn(MemorySegment dy, int sample, int block, int row, int rows, int worker) {
        Conv2dGeometry g = problem.geometry();
        long outPlane = (long) problem.outHeight() * problem.outWidth();
        long plane = (long) sample * g.outPlanes() + (long) group(block) * g.outPlanesPerGroup() + firstChannel(block);
        for (int r = 0; r < CHANNELS; r += LANES) {
            int first = Math.min(r, channels(block) - 1); // lanes without a channel get a copy
            Transposition.toPixels(
                    dy,
                    (plane + first) * outPlane + (long) row * problem.outWidth(),
                    outPlane,
                    Math.min(LANES, channels(block) - first),
                    rows * problem.outWidth(),
                    1,
                    panelOfWorker[worker],
                    r,
                    CHANNELS / LANES,
                    squareOfWorker[worker]);
        }
    }

    @Override
    public void store(float[] from, int block, MemorySegment gradient, int worker) {
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

    @Override
    public long scratchBytes() {
        long ofWorker = (long) packedOfWorker[0].length
                + panelOfWorker[0].length
                + chainOfWorker[0].length
                + Transposition.SQUARE;
        return (packedOfWorker.length * ofWorker + steps.length + places.length) * Float.BYTES;
    }
}
