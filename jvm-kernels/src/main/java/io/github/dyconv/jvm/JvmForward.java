package io.github.dyconv.jvm;

import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedForward;
import java.util.List;
import java.util.Optional;

/**
 * A forward pass on the JVM: the attention, then aggregation and convolution by the algorithm that was chosen.
 *
 * <p>Of many samples each is one thread's from the pooling on: the convolution then finds in the cache what the pooling read, and
 * threads wait for one another once. Of few, all threads share each step.
 */
final class JvmForward implements PreparedForward {
    /** Samples per thread from which on each is one thread's, so that threads end together. */
    private static final int MANY_SAMPLES = 4;

    private final ForwardProblem problem;
    private final ThreadTeam team;
    private final Attention attention;
    private final AggregatedBias bias;
    private final Convolution convolution;
    private final Scratch scratch;
    private final List<AlgorithmChoice> choices;
    private final boolean bySample;
    private final ThreadTeam.Body attending = this::attend;
    private final ThreadTeam.Body computing = this::compute;

    JvmForward(
            ForwardProblem problem,
            ThreadTeam team,
            Scratch scratch,
            Algorithm algorithm,
            List<AlgorithmChoice> choices) {
        this.problem = problem;
        this.team = team;
        this.scratch = scratch;
        this.attention = new Attention(problem, team.threads(), algorithm.pooling());
        this.bias = new AggregatedBias(problem);
        this.convolution = algorithm.convolution(problem, BankLayout.of(problem.geometry()), team, scratch);
        this.choices = choices;
        this.bySample = convolution.bySample() && problem.batch() >= MANY_SAMPLES * team.threads();
    }

    @Override
    public void run(Parameters parameters, Tensor input, Tensor output) {
        attention.begin(parameters, input.segment());
        bias.begin(parameters);
        convolution.begin(parameters.weight(), attention.weights(), bias.biases(), input.segment(), output.segment());
        if (bySample) {
            team.run(problem.batch(), computing);
            return;
        }
        team.run(attention.poolingTasks(), attention.poolingPlanes());
        team.run(problem.batch(), attending);
        team.run(convolution.tasks(), convolution);
    }

    private void attend(int sample, int worker) {
        attention.attend(sample, worker);
        bias.aggregate(sample, attention.weights());
    }

    private void compute(int sample, int worker) {
        attention.pool(sample, worker);
        attend(sample, worker);
        int tasks = convolution.tasks() / problem.batch();
        for (int task = sample * tasks; task < (sample + 1) * tasks; task++) {
            convolution.run(task, worker);
        }
    }

    @Override
    public Tensor attention() {
        return Tensor.of(attention.weights(), problem.batch(), problem.config().kernels());
    }

    /** What computes the attention, with all that it keeps of the last run. */
    Attention attending() {
        return attention;
    }

    Optional<PackedBank> packedBank() {
        return convolution.packedBank();
    }

    @Override
    public List<AlgorithmChoice> algorithms() {
        return choices;
    }

    @Override
    public long scratchBytes() {
        return attention.scratchBytes() + bias.bytes() + scratch.bytes();
    }

    @Override
    public void close() {
        // All memory is the garbage collector's, and the threads belong to everyone.
    }
}
