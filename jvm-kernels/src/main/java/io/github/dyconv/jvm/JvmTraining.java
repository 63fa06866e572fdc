package io.github.dyconv.jvm;

import io.github.dyconv.Gradients;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedTraining;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Forward and backward pass on the JVM. Backward, the banks' gradients come first, because only with them the attention's is
 * known, and only with that one the part of the input's gradient that goes through the attention.
 */
final class JvmTraining implements PreparedTraining {
    private static final String REASON = "the first that takes this layer";

    private final JvmForward forward;
    private final AttentionGradient attentionGradient;
    private final FilterGradient filterGradient;
    private final DataGradient dataGradient;
    private final double[] gradientOfAttention;

    JvmTraining(
            ForwardProblem problem,
            ThreadTeam team,
            JvmForward forward,
            FilterGradient filterGradient,
            DataGradient dataGradient) {
        this.forward = forward;
        this.attentionGradient = new AttentionGradient(problem, team, forward.attending());
        this.filterGradient = filterGradient;
        this.dataGradient = dataGradient;
        this.gradientOfAttention = new double[problem.batch() * problem.config().kernels()];
    }

    @Override
    public void forward(Parameters parameters, Tensor input, Tensor output) {
        forward.run(parameters, input, output);
    }

    @Override
    public Tensor attention() {
        return forward.attention();
    }

    @Override
    public void backward(
            Parameters parameters,
            Tensor input,
            Tensor outputGradient,
            @Nullable Tensor inputGradient,
            Gradients gradients) {
        float[] weights = forward.attending().weights();
        MemorySegment dy = outputGradient.segment();
        filterGradient.run(parameters, weights, input.segment(), dy, gradients, gradientOfAttention);
        float[] planes = attentionGradient.run(weights, gradientOfAttention, parameters.temperature(), gradients);
        if (inputGradient != null) {
            dataGradient.run(parameters.weight(), weights, planes, dy, inputGradient.segment());
        }
    }

    @Override
    public List<AlgorithmChoice> algorithms() {
        List<AlgorithmChoice> all = new ArrayList<>(forward.algorithms());
        all.add(new AlgorithmChoice("filter gradient: " + filterGradient.algorithm(), true, REASON));
        all.add(new AlgorithmChoice("data gradient: " + dataGradient.algorithm(), true, REASON));
        return List.copyOf(all);
    }

    @Override
    public long scratchBytes() {
        return forward.scratchBytes()
                + attentionGradient.scratchBytes()
                + (long) gradientOfAttention.length * Double.BYTES;
    }

    @Override
    public void close() {
        forward.close();
    }
}
