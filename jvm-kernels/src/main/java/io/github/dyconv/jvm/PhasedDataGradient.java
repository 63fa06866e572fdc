package io.github.dyconv.jvm;

import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * The input's gradient of a strided convolution with many channels: all phases as one convolution ({@link Phases}), so that the
 * output's gradient and the bank are packed once and every row of pixels is written once.
 */
final class PhasedDataGradient implements DataGradient {
    private final ThreadTeam team;
    private final Convolution convolution;

    PhasedDataGradient(ForwardProblem problem, ThreadTeam team, Scratch scratch) {
        this.team = team;
        this.convolution = DirectConvolution.byPhases(new Phases(problem), team, scratch);
    }

    /** Why it can't take a problem, or should not, in one plain line, or empty if it should. */
    static Optional<String> refusal(ForwardProblem problem) {
        return Vectors.refusal()
                .or(() -> ConvolvedDataGradient.refusal(problem))
                .or(() -> Phases.refusal(problem))
                .or(() -> DirectConvolution.refusalByPhases(problem));
    }

    @Override
    public void run(Tensor weight, float[] attention, float[] planes, MemorySegment dy, MemorySegment dx) {
        convolution.begin(weight, attention, planes, dy, dx);
        team.run(convolution.tasks(), convolution);
    }

    @Override
    public String algorithm() {
        return "blocked by phases";
    }
}
