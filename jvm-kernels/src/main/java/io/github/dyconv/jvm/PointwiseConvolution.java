package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Pointwise convolution (1x1, stride 1, no padding): a matrix product of weights and pixels straight on the input's memory.
 *
 * <p>A task takes a block of pixels of one sample through all output channels of a group. The group's weights are aggregated
 * into a worker's memory when it comes to a new sample or group; then, tile by tile of pixels, all panels of output channels
 * go over the same input ({@link PointwiseKernels}), which is in the first-level cache after the first panel. Sums gather in
 * a strip as wide as the block, whose rows are then copied to the output.
 */
final class PointwiseConvolution implements Convolution {
    /** Pixels of a block at most. */
    private static final int BLOCK_PIXELS = 512;

    /** Floats of a strip to aim for: half of a common second-level cache. */
    private static final int STRIP_FLOATS = 128 << 10;

    /** Tasks per thread to aim for, so that threads end together. */
    private static final int TASKS_PER_THREAD = 6;

    private final ForwardProblem problem;
    private final ThreadTeam team;
    private final PackedBank bank;
    private final int panels;
    private final int pixels;
    private final int blockPixels;
    private final int blocks;
    private final int planesPerChain;
    private final float[] zeros = new float[PointwiseKernels.CHANNELS];
    private final Scratch[] scratchOfWorker;
    private final ThreadTeam.Body convolving = this::convolveBlock;

    // Of the run under way.
    private float[] attention = {};
    private float[] biases = {};
    private MemorySegment x = MemorySegment.NULL;
    private MemorySegment y = MemorySegment.NULL;

    /** What one worker computes with. */
    private static final class Scratch {
        /** The sample's group, sample · groups + group, that weights and biases are of, or -1. */
        private int of = -1;

        private final float[][] weights;
        private final float[] biases;
        private final float[] strip;
        private final float[] chain;

        private Scratch(int panels, int panelLength, int blockPixels, boolean chains) {
            weights = new float[panels][panelLength];
            biases = new float[panels * PointwiseKernels.CHANNELS];
            strip = new float[biases.length * blockPixels];
            chain = new float[chains ? strip.length : 0];
        }

        private long floats() {
            return (long) weights.length * weights[0].length + biases.length + strip.length + chain.length;
        }
    }

    PointwiseConvolution(ForwardProblem problem, BankLayout layout, ThreadTeam team) {
        Conv2dGeometry geometry = problem.geometry();
        int inPlanes = geometry.inPlanesPerGroup();
        this.problem = problem;
        this.team = team;
        this.bank = new PackedBank(problem.config(), layout, PointwiseKernels.CHANNELS, team);
        this.panels = bank.panelCount() / geometry.groups();
        this.pixels = problem.height() * problem.width();
        int chains = Math.ceilDiv(inPlanes, AggregationKernels.CHAIN);
        this.planesPerChain = Math.ceilDiv(inPlanes, chains);
        int tile = PointwiseKernels.PIXELS;
        int tilesThatFit = Math.min(BLOCK_PIXELS, STRIP_FLOATS / (panels * PointwiseKernels.CHANNELS)) / tile;
        int products = problem.batch() * geometry.groups();
        int blocksThatPay = Math.ceilDiv(TASKS_PER_THREAD * team.threads(), products);
        int tiles = Math.ceilDiv(pixels, tile);
        int blocksAtLeast = Math.max(Math.ceilDiv(tiles, Math.max(1, tilesThatFit)), Math.min(tiles, blocksThatPay));
        this.blockPixels = Math.min(pixels, Math.ceilDiv(tiles, blocksAtLeast) * tile);
        this.blocks = Math.ceilDiv(pixels, blockPixels);
        this.scratchOfWorker = new Scratch[team.threads()];
        for (int i = 0; i < scratchOfWorker.length; i++) {
            scratchOfWorker[i] = new Scratch(panels, bank.panelLength(), blockPixels, chains > 1);
        }
    }

    /** Why it can't take a problem, in one plain line, or empty if it can. */
    static Optional<String> refusal(ForwardProblem problem) {
        Conv2dGeometry g = problem.geometry();
        if (g.taps() > 1) {
            return Optional.of("the kernel is larger than one pixel");
        }
        if (g.stride().height() > 1
                || g.stride().width() > 1
                || g.padding().height() > 0
                || g.padding().width() > 0) {
            return Optional.of("strides and padding make it more than a product of matrices");
        }
        int pixels = problem.height() * problem.width();
        if (pixels < PointwiseKernels.PIXELS) {
            return Optional.of("a picture of " + pixels + " pixels is smaller than a tile");
        }
        return PackedBank.refusal(problem.config(), PointwiseKernels.CHANNELS);
    }

    @Override
    public void run(Tensor weight, float[] newAttention, float[] newBiases, MemorySegment input, MemorySegment output) {
        bank.update(weight);
        attention = newAttention;
        biases = newBiases;
        x = input;
        y = output;
        for (Scratch scratch : scratchOfWorker) {
            scratch.of = -1;
        }
        team.run(problem.batch() * problem.geometry().groups() * blocks, convolving);
    }

    /** Where the pixels are no multiple of a block, the last block overlaps the one before: both find the same. */
    private void convolveBlock(int index, int worker) {
        Scratch scratch = scratchOfWorker[worker];
        int product = index / blocks;
        int firstPixel = Math.min(index % blocks * blockPixels, pixels - blockPixels);
        if (scratch.of != product) {
            aggregate(product, scratch);
            scratch.of = product;
        }
        int inPlanes = problem.geometry().inPlanesPerGroup();
        for (int c = 0; c < inPlanes; c += planesPerChain) {
            long plane = (long) product * inPlanes + c;
            long offset = (plane * pixels + firstPixel) * Float.BYTES;
            sumChain(offset, c, Math.min(planesPerChain, inPlanes - c), scratch);
            if (c > 0) {
                AggregationKernels.add(scratch.chain, scratch.strip, 0, scratch.strip.length);
            }
        }
        int channels = problem.geometry().outPlanesPerGroup();
        long to = (long) product * channels * pixels + firstPixel;
        for (int r = 0; r < channels; r++) {
            Rows.store(scratch.strip, r * blockPixels, y, to, blockPixels);
            to += pixels;
        }
    }

    private void aggregate(int product, Scratch scratch) {
        int kernels = problem.config().kernels();
        int row = product / problem.geometry().groups() * kernels;
        int firstPanel = product % problem.geometry().groups() * panels;
        int length = bank.panelLength();
        for (int i = 0; i < panels; i++) {
            int panel = firstPanel + i;
            AggregationKernels.aggregate(
                    attention, row, kernels, bank.panel(panel), 0, length, length, scratch.weights[i]);
        }
        int channels = problem.geometry().outPlanesPerGroup();
        System.arraycopy(biases, product * channels, scratch.biases, 0, channels);
    }

    /** The first chain of sums begins with the bias and goes straight into the strip, further ones are added to it. */
    private void sumChain(long offset, int firstPlane, int planes, Scratch scratch) {
        int tile = PointwiseKernels.PIXELS;
        int channels = PointwiseKernels.CHANNELS;
        float[] sums = firstPlane == 0 ? scratch.strip : scratch.chain;
        for (int next = 0; next < blockPixels; next += tile) {
            int pixel = Math.min(next, blockPixels - tile);
            for (int i = 0; i < panels; i++) {
                PointwiseKernels.tile(
                        x,
                        offset + (long) pixel * Float.BYTES,
                        (long) pixels * Float.BYTES,
                        planes,
                        scratch.weights[i],
                        firstPlane * channels,
                        firstPlane == 0 ? scratch.biases : zeros,
                        firstPlane == 0 ? i * channels : 0,
                        sums,
                        i * channels * blockPixels + pixel,
                        blockPixels);
            }
        }
    }

    @Override
    public long scratchBytes() {
        return team.threads() * scratchOfWorker[0].floats() * Float.BYTES + bank.bytes();
    }
}
