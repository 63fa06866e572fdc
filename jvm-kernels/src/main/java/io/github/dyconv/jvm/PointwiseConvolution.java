package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
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
    private final PackedBank bank;
    private final int panels;
    private final int pixels;
    private final int blockPixels;
    private final int blocks;
    private final int planesPerChain;
    private final float[] zeros = new float[PointwiseKernels.CHANNELS];
    private final Worker[] workers;

    // Of the run under way.
    private float[] attention = {};
    private float[] biases = {};
    private MemorySegment x = MemorySegment.NULL;
    private MemorySegment y = MemorySegment.NULL;

    /** What one worker computes with. */
    private static final class Worker {
        /** The sample's group, sample · groups + group, that weights and biases are of, or -1. */
        private int of = -1;

        private final Floats[] weights;
        private final float[] biases;
        private final Floats strip;
        private final Floats chain;

        private Worker(int panels, int panelLength, int blockPixels, boolean chains, Scratch scratch) {
            weights = scratch.floatsOf(panels, panelLength);
            biases = new float[panels * PointwiseKernels.CHANNELS];
            strip = scratch.floats(biases.length * blockPixels);
            chain = scratch.floats(chains ? biases.length * blockPixels : 0);
        }
    }

    PointwiseConvolution(ForwardProblem problem, BankLayout layout, ThreadTeam team, Scratch scratch) {
        Conv2dGeometry geometry = problem.geometry();
        int inPlanes = geometry.inPlanesPerGroup();
        this.problem = problem;
        this.bank = new PackedBank(problem.config(), layout, PointwiseKernels.CHANNELS, team, scratch);
        this.panels = bank.layout().count() / geometry.groups();
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
        this.workers = new Worker[team.threads()];
        Arrays.setAll(workers, i -> new Worker(panels, bank.panelLength(), blockPixels, chains > 1, scratch));
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
    public void begin(
            Tensor weight, float[] newAttention, float[] newBiases, MemorySegment input, MemorySegment output) {
        bank.update(weight);
        attention = newAttention;
        biases = newBiases;
        x = input;
        y = output;
        for (Worker worker : workers) {
            worker.of = -1;
        }
    }

    @Override
    public int tasks() {
        return problem.batch() * problem.geometry().groups() * blocks;
    }

    @Override
    public boolean bySample() {
        return true;
    }

    /** Where the pixels are no multiple of a block, the last block overlaps the one before: both find the same. */
    @Override
    public void run(int index, int workerNumber) {
        Worker worker = workers[workerNumber];
        int product = index / blocks;
        int firstPixel = Math.min(index % blocks * blockPixels, pixels - blockPixels);
        if (worker.of != product) {
            aggregate(product, worker);
            worker.of = product;
        }
        int inPlanes = problem.geometry().inPlanesPerGroup();
        for (int c = 0; c < inPlanes; c += planesPerChain) {
            long plane = (long) product * inPlanes + c;
            long offset = (plane * pixels + firstPixel) * Float.BYTES;
            sumChain(offset, c, Math.min(planesPerChain, inPlanes - c), worker);
            if (c > 0) {
                AggregationKernels.add(worker.chain, worker.strip, 0, worker.biases.length * blockPixels);
            }
        }
        int channels = problem.geometry().outPlanesPerGroup();
        long to = (long) product * channels * pixels + firstPixel;
        for (int r = 0; r < channels; r++) {
            Rows.store(worker.strip.array(), worker.strip.base() + r * blockPixels, y, to, blockPixels);
            to += pixels;
        }
    }

    private void aggregate(int product, Worker worker) {
        int kernels = problem.config().kernels();
        int row = product / problem.geometry().groups() * kernels;
        int firstPanel = product % problem.geometry().groups() * panels;
        int length = bank.panelLength();
        for (int i = 0; i < panels; i++) {
            Floats panel = bank.panel(firstPanel + i);
            AggregationKernels.aggregate(
                    attention, row, kernels, panel.array(), panel.base(), length, length, worker.weights[i]);
        }
        int channels = problem.geometry().outPlanesPerGroup();
        System.arraycopy(biases, product * channels, worker.biases, 0, channels);
    }

    /** The first chain of sums begins with the bias and goes straight into the strip, further ones are added to it. */
    private void sumChain(long offset, int firstPlane, int planes, Worker worker) {
        int tile = PointwiseKernels.PIXELS;
        int channels = PointwiseKernels.CHANNELS;
        Floats sums = firstPlane == 0 ? worker.strip : worker.chain;
        for (int next = 0; next < blockPixels; next += tile) {
            int pixel = Math.min(next, blockPixels - tile);
            for (int i = 0; i < panels; i++) {
                PointwiseKernels.tile(
                        x,
                        offset + (long) pixel * Float.BYTES,
                        (long) pixels * Float.BYTES,
                        planes,
                        worker.weights[i].array(),
                        worker.weights[i].base() + firstPlane * channels,
                        firstPlane == 0 ? worker.biases : zeros,
                        firstPlane == 0 ? i * channels : 0,
                        sums.array(),
                        sums.base() + i * channels * blockPixels + pixel,
                        blockPixels);
            }
        }
    }
}
