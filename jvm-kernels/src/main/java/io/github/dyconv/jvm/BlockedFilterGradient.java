package io.github.dyconv.jvm;

import io.github.dyconv.Gradients;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The filter's gradient block by block ({@link FilterBlocks}), for all samples in turn: a sample's block is computed in cache and
 * at once reduced into the K gradients of the bank's block, and multiplied with the K blocks of the bank itself for the
 * attention's gradient ({@link ReductionKernels}). So bank and gradient pass through the cache once per batch, and no sample's
 * gradient is ever kept.
 *
 * <p>A block is one task, and what its units say of the attention is added in their order, so that results don't depend on the
 * number of threads, even where the blocks do.
 */
final class BlockedFilterGradient implements FilterGradient {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    private final ForwardProblem problem;
    private final ThreadTeam team;
    private final FilterBlocks blocks;
    private final BlockLayout layout;
    private final int kernels;
    private final Floats[] sumsOfWorker;
    private final Floats[] gradientOfWorker; // [K, length]
    private final float[][] scratchOfWorker;
    private final double[] partial; // [units, N, K]
    private final double[] planeSums; // [N, O]
    private final ThreadTeam.Body reducing = this::reduceBlock;
    private final ThreadTeam.Body summing = this::sumPlane;

    // Of the run under way.
    private MemorySegment bank = MemorySegment.NULL;
    private float[] attention = {};
    private MemorySegment x = MemorySegment.NULL;
    private MemorySegment dy = MemorySegment.NULL;
    private MemorySegment bankGradient = MemorySegment.NULL;

    BlockedFilterGradient(ForwardProblem problem, ThreadTeam team, Scratch scratch, FilterBlocks blocks) {
        this.problem = problem;
        this.team = team;
        this.blocks = blocks;
        this.layout = blocks.layout();
        this.kernels = problem.config().kernels();
        this.sumsOfWorker = scratch.floatsOf(team.threads(), layout.length());
        this.gradientOfWorker = scratch.floatsOf(team.threads(), kernels * layout.length());
        this.scratchOfWorker = new float[team.threads()][Attention.SCRATCH_FLOATS];
        this.partial = scratch.doubles(Math.multiplyExact(layout.units(), problem.batch() * kernels));
        this.planeSums = scratch.doubles(problem.batch() * problem.geometry().outPlanes());
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
        team.run(layout.count(), reducing);
        Arrays.fill(attentionGradient, 0);
        for (int i = 0; i < partial.length; i++) {
            attentionGradient[i % attentionGradient.length] += partial[i];
        }
        if (parameters.bias().isPresent()) {
            team.run(planeSums.length, summing);
            reduceBias(parameters.bias().get(), gradients.bias().orElseThrow(), attentionGradient);
        }
    }

    private void reduceBlock(int block, int worker) {
        Floats sums = sumsOfWorker[worker];
        Floats gradient = gradientOfWorker[worker];
        layout.load(bank, block, worker);
        gradient.clear(kernels * layout.length());
        for (int n = 0; n < problem.batch(); n++) {
            blocks.correlate(x, dy, n, block, sums, worker);
            for (int part = 0; part < layout.parts(block); part++) {
                reducePart(n, block, part, sums, gradient, worker);
            }
        }
        layout.store(gradient, block, bankGradient, worker);
    }

    private void reducePart(int sample, int block, int part, Floats sums, Floats gradient, int worker) {
        int first = part * layout.partLength(block);
        int end = first + layout.partLength(block);
        for (int i = 0; first + i < end; i += layout.unit()) {
            int unit = layout.firstUnit(block, part) + i / layout.unit();
            ReductionKernels.reduce(
                    sums,
                    first + i,
                    Math.min(first + i + layout.unit(), end),
                    attention,
                    sample * kernels,
                    kernels,
                    layout.bank(block, part, worker),
                    gradient,
                    layout.length(),
                    partial,
                    unit * attention.length + sample * kernels,
                    scratchOfWorker[worker]);
        }
    }

    private void sumPlane(int plane, int worker) {
        int pixels = problem.outHeight() * problem.outWidth();
        planeSums[plane] = PoolingKernels.vector(dy, (long) plane * pixels, pixels, scratchOfWorker[worker]);
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
