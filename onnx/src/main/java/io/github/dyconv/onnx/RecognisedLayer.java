package io.github.dyconv.onnx;

import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A layer as it was found in a graph.
 *
 * @param form in which it is written
 * @param attention its attention
 * @param attributes of its convolution, whose groups may be those of several samples
 * @param groups of one sample
 * @param bank the kernels as a matrix of K rows
 * @param kernels the shape of one, {@code [O, C/G, kh, kw]}; not checked
 * @param biases {@code [K, O]}, or null
 * @param samples convolved at once; empty for any number
 */
record RecognisedLayer(
        OnnxForm form,
        AttentionPattern attention,
        ConvolutionAttributes attributes,
        int groups,
        Constant bank,
        List<Long> kernels,
        @Nullable Constant biases,
        OptionalInt samples) {}
