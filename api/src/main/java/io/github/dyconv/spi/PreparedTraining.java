package io.github.dyconv.spi;

import io.github.dyconv.Gradients;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import org.jspecify.annotations.Nullable;

/** The forward and the backward pass of a layer, made ready for one input shape on one device. */
public interface PreparedTraining extends Prepared {
    /**
     * Computes the output, and keeps what the backward pass needs. Shapes are checked by the caller, and nothing overlaps.
     *
     * @param parameters the layer's parameters; what is derived from them is kept while they are the same objects
     * @param input {@code [N, C, H, W]}, not modified
     * @param output {@code [N, O, H', W']}, overwritten
     * @throws io.github.dyconv.DeviceException if the device fails; the output and {@link #attention()} are then undefined
     */
    void forward(Parameters parameters, Tensor input, Tensor output);

    /**
     * Computes the gradients of {@code Σ outputGradient · output} of the last forward pass. It may be called again, for another
     * output gradient.
     *
     * @param parameters those of the last forward pass
     * @param input that of the last forward pass, unchanged
     * @param outputGradient {@code [N, O, H', W']}, not modified
     * @param inputGradient {@code [N, C, H, W]}, overwritten; null if nobody needs it
     * @param gradients overwritten, not added to; of a plain convolution, those of the attention's parameters are zeros
     * @throws io.github.dyconv.DeviceException if the device fails; the gradients are then undefined
     */
    void backward(
            Parameters parameters,
            Tensor input,
            Tensor outputGradient,
            @Nullable Tensor inputGradient,
            Gradients gradients);
}
