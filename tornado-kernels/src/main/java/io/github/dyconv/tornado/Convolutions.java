package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** How a schedule makes the convolutions of a layer. */
@FunctionalInterface
interface Convolutions {
    /**
     * One convolution.
     *
     * @param name what the names of its tasks begin with
     * @param shape the layer's, or exchanged
     * @param kernels K
     * @param parameters where it asks for its kernels
     * @param biases {@code [K, O]}, or, of an exchanged shape, {@code [N, O]}
     * @throws IllegalArgumentException if an array would be too large
     */
    ConvolutionTasks of(
            String name, ConvolutionShape shape, int kernels, LayerParameters parameters, FloatArray biases);
}
