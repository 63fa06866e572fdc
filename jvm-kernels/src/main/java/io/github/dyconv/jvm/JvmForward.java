package io.github.dyconv.jvm;

import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedForward;
import java.util.List;
import java.util.Optional;

/** A forward pass on the JVM: the attention, then aggregation and convolution by the algorithm that was chosen. */
final class JvmForward implements PreparedForward {
    private final ForwardProblem problem;
    private final Attention attention;
    private final AggregatedBias bias;
    private final Convolution convolution;
    private final Scratch scratch;
    private final List<AlgorithmChoice> choices;

    JvmForward(
            ForwardProblem problem,
            ThreadTeam team,
            Scratch scratch,
            Algorithm algorithm,
            List<AlgorithmChoice> choices) {
        this.problem = problem;
        this.scratch = scratch;
        this.attention = new Attention(problem, team, algorithm.pooling());
        this.bias = new AggregatedBias(problem);
        this.convolution = algorithm.convolution(problem, BankLayout.of(problem.geometry()), team, scratch);
        this.choices = choices;
    }

    @Override
    public void run(Parameters parameters, Tensor input, Tensor output) {
        float[] weights = attention.run(parameters, input.segment());
        float[] biases = bias.run(parameters, weights);
        convolution.run(parameters.weight(), weights, biases, input.segment(), output.segment());
    }

    @Override
    public Tensor attention() {
        return Tensor.of(attention.last(), problem.batch(), problem.config().kernels());
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
