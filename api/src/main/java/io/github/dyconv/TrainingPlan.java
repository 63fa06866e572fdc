package io.github.dyconv;

import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedTraining;
import org.jspecify.annotations.Nullable;

/**
 * The forward and the backward pass of a layer, made ready for one input shape on one device.
 *
 * <p>For y = forward(x) and a loss L, {@code backward} takes {@code ∂L/∂y} and gives {@code ∂L/∂x} and {@code ∂L/∂p} for
 * every parameter p. With attention a, sample n and the convolution's gradient {@code ∂L/∂weight_n}:
 *
 * <pre>
 *   ∂L/∂weight_k = Σ_n a[n, k] · ∂L/∂weight_n        (biases alike)
 *   ∂L/∂a[n, k]  = ⟨∂L/∂weight_n, weight_k⟩ + ⟨∂L/∂bias_n, bias_k⟩
 * </pre>
 *
 * and from there through softmax, temperature and the attention's two layers. Errors are those of the forward pass, see
 * {@link Precision}. The temperature is no parameter and has no gradient.
 *
 * <p>Safe for many threads, whose calls run one after another; but a backward pass belongs to the last forward pass, so
 * threads that train need plans of their own.
 */
public final class TrainingPlan extends LayerPlan {
    private final PreparedTraining prepared;
    private @Nullable Forward last;

    /** What the backward pass needs to know of the forward pass. */
    private record Forward(Parameters parameters, Tensor input) {}

    TrainingPlan(DYConv2d layer, Device device, ForwardProblem problem) {
        super(layer, problem);
        if (problem.options().onFailure() != FailurePolicy.FAIL) {
            throw new IllegalArgumentException(
                    "onFailure: training can't go on with another device, so it must be FAIL");
        }
        this.prepared = device.prepareTraining(problem);
    }

    /**
     * Runs the layer, with its parameters as they are now, and remembers both input and parameters for {@link #backward}.
     *
     * @param input {@code [N, C, H, W]} of the plan's shape; not modified, and not to be modified before the backward pass
     * @param output {@code [N, O, H', W']}, overwritten; must not overlap the input
     * @throws IllegalArgumentException if a shape is another, or the two overlap
     * @throws DeviceException if the device fails; output is then undefined
     * @throws IllegalStateException if the plan is closed
     */
    public void forward(Tensor input, Tensor output) {
        requireInput(input);
        requireOutput(output, input);
        lock.lock();
        try {
            requireOpen();
            last = null;
            forgetAttention();
            Forward pass = new Forward(layer.parameters(), input);
            prepared.forward(pass.parameters(), input, output);
            last = pass;
            leaveAttention();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The gradients of the last forward pass. Another call, with another output gradient, is allowed.
     *
     * @param outputGradient {@code ∂L/∂y}, {@code [N, O, H', W']}; not modified
     * @param inputGradient {@code ∂L/∂x}, {@code [N, C, H, W]}, overwritten; must overlap neither the input nor the output
     *     gradient. Null if nobody needs it, as in a network's first layer
     * @param gradients of the parameters, overwritten
     * @throws IllegalArgumentException if a shape or the configuration is another, or tensors overlap
     * @throws DeviceException if the device fails; the gradients are then undefined
     * @throws IllegalStateException if there was no forward pass, or the plan is closed
     */
    public void backward(Tensor outputGradient, @Nullable Tensor inputGradient, Gradients gradients) {
        requireOutputGradient(outputGradient);
        if (!gradients.config().equals(problem.config())) {
            throw new IllegalArgumentException(
                    "gradients: are for " + gradients.config() + ", this layer is " + problem.config());
        }
        lock.lock();
        try {
            requireOpen();
            Forward pass = last;
            if (pass == null) {
                throw new IllegalStateException("backward: no forward pass before it; call forward first");
            }
            if (inputGradient != null) {
                requireInputGradient(inputGradient, pass.input(), outputGradient);
            }
            prepared.backward(pass.parameters(), pass.input(), outputGradient, inputGradient, gradients);
        } finally {
            lock.unlock();
        }
    }

    @Override
    PreparedTraining prepared() {
        return prepared;
    }
}
