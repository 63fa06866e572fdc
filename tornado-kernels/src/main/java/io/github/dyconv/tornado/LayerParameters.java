package io.github.dyconv.tornado;

import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.util.List;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** A layer's parameters on their way to the device: the arrays that its tasks read, filled anew when something changed. */
final class LayerParameters {
    private final boolean dynamic;
    private final BankLayout weightLayout;
    private final BankLayout biasLayout;
    private final FloatArray fc1;
    private final FloatArray fc2;
    private final FloatArray fc2Bias;
    private final FloatArray temperature;
    private final FloatArray weightBank;
    private final FloatArray biasBank;
    private @Nullable Parameters sent;

    /**
     * The arrays, zeros.
     *
     * @throws IllegalArgumentException if one is too large for an array
     */
    LayerParameters(ForwardProblem problem, BankLayout weightLayout, BankLayout biasLayout) {
        DYConv2dConfig config = problem.config();
        this.dynamic = problem.dynamic();
        this.weightLayout = weightLayout;
        this.biasLayout = biasLayout;
        fc1 = FloatArrays.zeros("fc1", config.hiddenPlanes(), problem.geometry().inPlanes());
        fc2 = FloatArrays.zeros("fc2", config.kernels(), config.hiddenPlanes());
        fc2Bias = FloatArrays.zeros(config.kernels());
        temperature = FloatArrays.zeros(1);
        weightBank = FloatArrays.zeros(weightLayout.size());
        biasBank = FloatArrays.zeros(biasLayout.size());
    }

    /** The kernels, in their layout. */
    FloatArray weightBank() {
        return weightBank;
    }

    /** The kernels' biases, in their layout. */
    FloatArray biasBank() {
        return biasBank;
    }

    /**
     * Adds the task that computes the attention from the pooled input.
     *
     * @param name what the task's name begins with
     * @param problem the layer these parameters are for
     * @param pooled {@code [N, C]}
     * @param hidden {@code [N, hidden]}, overwritten
     * @param attention {@code [N, K]}, overwritten
     */
    void appendAttention(
            TaskGraph graph,
            String name,
            ForwardProblem problem,
            FloatArray pooled,
            FloatArray hidden,
            FloatArray attention) {
        graph.task(
                name + "Attention",
                AttentionKernels::attention,
                pooled,
                fc1,
                fc2,
                fc2Bias,
                temperature,
                hidden,
                attention,
                problem.batch(),
                problem.geometry().inPlanes(),
                problem.config().hiddenPlanes(),
                problem.config().kernels());
    }

    /** The ways to the device, in the order of {@link #changes}. */
    List<Upload> uploads(String name) {
        Upload bank = new Upload(name + "Bank", List.of(weightBank, biasBank));
        return dynamic
                ? List.of(bank, new Upload(name + "Attention", List.of(fc1, fc2, fc2Bias, temperature)))
                : List.of(bank);
    }

    /**
     * Fills the arrays of what changed since the last call.
     *
     * @return for each of {@link #uploads}, whether it has to go
     */
    boolean[] changes(Parameters now) {
        Parameters before = sent;
        boolean attentionChanged = false;
        boolean bankChanged = false;
        if (before != now) {
            attentionChanged = before == null || before.temperature() != now.temperature();
            attentionChanged |= copyIfChanged(before == null ? null : before.fc1Weight(), now.fc1Weight(), fc1);
            attentionChanged |= copyIfChanged(before == null ? null : before.fc2Weight(), now.fc2Weight(), fc2);
            attentionChanged |= copyIfChanged(before == null ? null : before.fc2Bias(), now.fc2Bias(), fc2Bias);
            temperature.set(0, now.temperature());
            if (before == null || before.weight() != now.weight()) {
                weightLayout.fill().accept(now.weight(), weightBank);
                bankChanged = true;
            }
            if (now.bias().isPresent()
                    && (before == null
                            || before.bias().orElse(null) != now.bias().get())) {
                biasLayout.fill().accept(now.bias().get(), biasBank);
                bankChanged = true;
            }
            sent = now;
        }
        return dynamic ? new boolean[] {bankChanged, attentionChanged} : new boolean[] {bankChanged};
    }

    private static boolean copyIfChanged(@Nullable Tensor before, Tensor now, FloatArray to) {
        if (before == now) {
            return false;
        }
        to.getSegment().copyFrom(now.segment());
        return true;
    }

    /** Makes the next {@link #changes} report everything: after a failed upload. */
    void forget() {
        sent = null;
    }
}
