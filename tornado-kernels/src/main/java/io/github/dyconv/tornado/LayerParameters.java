package io.github.dyconv.tornado;

import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * A layer's parameters on their way to the device: arrays of their own shapes, copied anew when something changed, and the
 * layouts of the kernel bank that tasks ask for, which the device makes of it.
 */
final class LayerParameters {
    private final boolean dynamic;
    private final FloatArray fc1;
    private final FloatArray fc2;
    private final FloatArray fc2Bias;
    private final FloatArray temperature;
    private final FloatArray weight;
    private final FloatArray bias;
    private final List<Packed> packed = new ArrayList<>();
    private boolean weightIsRead;
    private @Nullable Parameters sent;

    private record Packed(BankLayout layout, FloatArray array) {}

    /**
     * The arrays, zeros.
     *
     * @throws IllegalArgumentException if one is too large for an array
     */
    LayerParameters(ForwardProblem problem) {
        DYConv2dConfig config = problem.config();
        int kernels = config.kernels();
        int outPlanes = problem.geometry().outPlanes();
        this.dynamic = problem.dynamic();
        fc1 = FloatArrays.zeros("fc1", config.hiddenPlanes(), problem.geometry().inPlanes());
        fc2 = FloatArrays.zeros("fc2", kernels, config.hiddenPlanes());
        fc2Bias = FloatArrays.zeros(kernels);
        temperature = FloatArrays.zeros(1);
        weight = FloatArrays.zeros(
                "weight",
                (long) kernels * outPlanes,
                (long) problem.geometry().inPlanesPerGroup()
                        * problem.geometry().taps());
        bias = FloatArrays.zeros("bias", kernels, outPlanes);
    }

    /** The kernels as the layer has them, {@code [K, O, C/G, kh, kw]}. */
    FloatArray weightBank() {
        weightIsRead = true;
        return weight;
    }

    /**
     * The kernels in another layout; to be asked for before {@link #uploads}.
     *
     * @return a new array
     */
    FloatArray weightBank(BankLayout layout) {
        FloatArray array = FloatArrays.zeros(layout.size());
        packed.add(new Packed(layout, array));
        return array;
    }

    /** The kernels' biases, {@code [K, O]}; zeros for a layer without. */
    FloatArray biasBank() {
        return bias;
    }

    /** Weights of the attention's first layer, {@code [hidden, C]}. */
    FloatArray fc1() {
        return fc1;
    }

    /** Weights of its second layer, {@code [K, hidden]}. */
    FloatArray fc2() {
        return fc2;
    }

    /** The second layer's bias, {@code [K]}. */
    FloatArray fc2Bias() {
        return fc2Bias;
    }

    /** The softmax's temperature, one element. */
    FloatArray temperature() {
        return temperature;
    }

    /** The ways to the device, in the order of {@link #changes}. */
    List<Upload> uploads(String name) {
        List<FloatArray> kept =
                new ArrayList<>(packed.stream().map(Packed::array).toList());
        if (weightIsRead) {
            kept.add(weight);
        }
        kept.add(bias);
        Upload bank = new Upload(name + "Bank", List.of(weight, bias), kept, graph -> pack(graph, name));
        List<FloatArray> attention = List.of(fc1, fc2, fc2Bias, temperature);
        return dynamic ? List.of(bank, Upload.of(name + "Attention", attention)) : List.of(bank);
    }

    private void pack(TaskGraph graph, String name) {
        for (int i = 0; i < packed.size(); i++) {
            Packed to = packed.get(i);
            to.layout().packing().appendTo(graph, name + "Pack" + i, weight, to.array());
        }
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
            bankChanged = copyIfChanged(before == null ? null : before.weight(), now.weight(), weight);
            if (now.bias().isPresent()) {
                Tensor sentBias = before == null ? null : before.bias().orElse(null);
                bankChanged |= copyIfChanged(sentBias, now.bias().get(), bias);
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
