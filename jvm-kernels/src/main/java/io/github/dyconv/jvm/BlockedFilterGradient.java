package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.ReductionKernels.LANE_SUMS;
import static io.github.dyconv.jvm.ReductionKernels.SAMPLES;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Gradients;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The filter's gradient block by block ({@link FilterBlocks}), for some samples at a time: their blocks are computed in cache and
 * at once reduced into the K gradients of the bank's block, and multiplied with the K blocks of the bank itself for the
 * attention's gradient ({@link ReductionKernels}). So bank and gradient pass through the cache once for these samples, and no
 * sample's whole gradient is ever kept.
 *
 * <p>A small bank has few blocks, all of which would pack and transform the same pictures. So there the batch is cut into
 * shares instead, each with a gradient of its own, which are added in the end.
 *
 * <p>A block of a share is one task, and what its units say of the attention is added in their order, so that results don't depend
 * on the number of threads, even where the blocks do.
 */
final class BlockedFilterGradient implements FilterGradient {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    /** Floats between the blocks of two samples. */
    private static final int APART = 64;

    /** Shares of the batch at most. */
    private static final int MOST_SHARES = 8;

    /** Floats of all shares' gradients at most. */
    private static final int SHARED_FLOATS = 1200 << 10;

    private final ForwardProblem problem;
    private final ThreadTeam team;
    private final FilterBlocks blocks;
    private final BlockLayout layout;
    private final int kernels;
    private final int samplesPerShare;
    private final int shares;
    private final Worker[] workers;
    private final Floats[] gradients; // of each share's blocks, [K, length], or of each worker's if there is one share
    private final double[] partial; // [units, N, K]
    private final double[] planeSums; // [N, O]
    private final ThreadTeam.Body reducing = this::reduceBlock;
    private final ThreadTeam.Body adding = this::addShares;

    // Of the run under way.
    private MemorySegment bank = MemorySegment.NULL;
    private float[] attention = {};
    private MemorySegment x = MemorySegment.NULL;
    private MemorySegment dy = MemorySegment.NULL;
    private MemorySegment bankGradient = MemorySegment.NULL;
    private boolean biased;

    /** What one thread computes in. */
    private final class Worker {
        /** A block of each sample's gradient. */
        final Floats[] sums = new Floats[samplesAtOnce(problem)];

        final Floats lanes;
        final float[] pooling = new float[Attention.SCRATCH_FLOATS];

        Worker(Scratch scratch) {
            Floats all = scratch.floats(sums.length * sumsStride());
            Arrays.setAll(sums, i -> new Floats(all.array(), all.base() + i * sumsStride()));
            lanes = scratch.floats(LANE_SUMS);
        }
    }

    BlockedFilterGradient(ForwardProblem problem, ThreadTeam team, Scratch scratch, FilterBlocks blocks) {
        this.problem = problem;
        this.team = team;
        this.blocks = blocks;
        this.layout = blocks.layout();
        this.kernels = problem.config().kernels();
        this.samplesPerShare = Math.ceilDiv(problem.batch(), shares(problem));
        this.shares = Math.ceilDiv(problem.batch(), samplesPerShare);
        this.gradients =
                scratch.floatsOf(shares > 1 ? shares * layout.count() : team.threads(), kernels * layout.length());
        this.workers = new Worker[team.threads()];
        Arrays.setAll(workers, i -> new Worker(scratch));
        this.partial = scratch.doubles(Math.multiplyExact(layout.units(), problem.batch() * kernels));
        this.planeSums = scratch.doubles(problem.batch() * problem.geometry().outPlanes());
    }

    /** How many shares the batch is cut into, at most. It does not depend on threads, as it decides the order of sums. */
    static int shares(ForwardProblem problem) {
        Conv2dGeometry g = problem.geometry();
        double floats = (double) problem.config().kernels() * g.outPlanes() * g.inPlanesPerGroup() * g.taps();
        return (int) Math.clamp(SHARED_FLOATS / floats, 1, Math.min(MOST_SHARES, problem.batch()));
    }

    /** How many samples' blocks are kept until they are reduced together. */
    static int samplesAtOnce(ForwardProblem problem) {
        return Math.min(SAMPLES, Math.ceilDiv(problem.batch(), shares(problem)));
    }

    @Override
    public void run(
            Parameters parameters,
            float[] newAttention,
            MemorySegment input,
            MemorySegment outputGradient,
            Gradients gradients,
            double[] attentionGradient) {
        bank = parameters.weight().segment();
        attention = newAttention;
        x = input;
        dy = outputGradient;
        bankGradient = gradients.weight().segment();
        biased = parameters.bias().isPresent();
        team.run(layout.count() * shares, reducing);
        if (shares > 1) {
            team.run(layout.count() * kernels, adding);
        }
        Arrays.fill(attentionGradient, 0);
        for (int i = 0; i < partial.length; i++) {
            attentionGradient[i % attentionGradient.length] += partial[i];
        }
        if (biased) {
            reduceBias(parameters.bias().orElseThrow(), gradients.bias().orElseThrow(), attentionGradient);
        }
    }

    /** From one sample's block to the next's; at a power of two all would fall into the same cache lines. */
    private int sumsStride() {
        return layout.length() + APART;
    }

    private void reduceBlock(int index, int workerNumber) {
        Worker worker = workers[workerNumber];
        int block = index % layout.count();
        int begin = index / layout.count() * samplesPerShare;
        int end = Math.min(begin + samplesPerShare, problem.batch());
        Floats gradient = gradients[shares > 1 ? index : workerNumber];
        layout.load(bank, block, workerNumber);
        for (int first = begin; first < end; first += SAMPLES) {
            int samples = Math.min(SAMPLES, end - first);
            for (int i = 0; i < samples; i++) {
                blocks.correlate(x, dy, first + i, block, worker.sums[i], workerNumber);
                if (biased && layout.begins(block)) {
                    sumPlanes(first + i, block, worker);
                }
            }
            for (int part = 0; part < layout.parts(block); part++) {
                reducePart(first, samples, first == begin, block, part, gradient, workerNumber);
            }
        }
        if (shares == 1) {
            for (int k = 0; k < kernels; k++) {
                layout.store(gradient, block, k, bankGradient, workerNumber);
            }
        }
    }

    private void addShares(int index, int workerNumber) {
        int block = index / kernels;
        int kernel = index % kernels;
        int length = layout.length();
        Floats sum = gradients[block];
        for (int share = 1; share < shares; share++) {
            Floats more = gradients[share * layout.count() + block];
            AggregationKernels.add(
                    more.array(), more.base() + kernel * length, sum.array(), sum.base() + kernel * length, length);
        }
        layout.store(sum, block, kernel, bankGradient, workerNumber);
    }

    private void reducePart(
            int sample, int samples, boolean fresh, int block, int part, Floats gradient, int workerNumber) {
        Worker worker = workers[workerNumber];
        Floats sums = worker.sums[0];
        int length = layout.partLength(block);
        for (int i = 0; i < length; i += layout.unit()) {
            int begin = part * length + i;
            int end = part * length + Math.min(i + layout.unit(), length);
            ReductionKernels.dots(
                    sums,
                    sumsStride(),
                    samples,
                    begin,
                    end,
                    layout.bank(block, part, workerNumber),
                    kernels,
                    partial,
                    (layout.firstUnit(block, part) + i / layout.unit()) * attention.length + sample * kernels,
                    worker.lanes);
            for (int k = 0; k < kernels; k++) {
                AggregationKernels.sum(
                        attention,
                        sample * kernels + k,
                        kernels,
                        samples,
                        sums.array(),
                        sums.base() + begin,
                        sumsStride(),
                        end - begin,
                        !fresh,
                        gradient.array(),
                        gradient.base() + k * layout.length() + begin);
            }
        }
    }

    /** For the bias's gradient, while the block's part of dy is in cache. */
    private void sumPlanes(int sample, int block, Worker worker) {
        int pixels = problem.outHeight() * problem.outWidth();
        int first = sample * problem.geometry().outPlanes() + layout.firstChannel(block);
        for (int plane = first; plane < first + layout.channels(block); plane++) {
            planeSums[plane] = PoolingKernels.vector(dy, (long) plane * pixels, pixels, worker.pooling);
        }
    }

    private void reduceBias(Tensor bias, Tensor gradient, double[] attentionGradient) {
        int channels = problem.geometry().outPlanes();
        MemorySegment from = bias.segment();
        MemorySegment to = gradient.segment();
        for (int k = 0; k < kernels; k++) {
            for (int oc = 0; oc < channels; oc++) {
                double weight = from.getAtIndex(FLOAT, (long) k * channels + oc);
                double sum = 0;
                for (int n = 0; n < problem.batch(); n++) {
                    double planeSum = planeSums[n * channels + oc];
                    sum += attention[n * kernels + k] * planeSum;
                    attentionGradient[n * kernels + k] += weight * planeSum;
                }
                to.setAtIndex(FLOAT, (long) k * channels + oc, (float) sum);
            }
        }
    }

    @Override
    public String algorithm() {
        return blocks.term();
    }
}
