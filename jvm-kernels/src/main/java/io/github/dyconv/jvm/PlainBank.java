package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The kernel and bias banks in arrays, in the parameters' own order: what kernels need that take one output channel at a
 * time. Copied once per change of the parameters.
 */
final class PlainBank {
    private final int kernels;
    private final int channels;
    private final int weightsPerChannel;
    private final float[] weight;
    private final float[] bias;
    private @Nullable Tensor copiedWeight;
    private @Nullable Tensor copiedBias;

    PlainBank(DYConv2dConfig config) {
        Conv2dGeometry geometry = config.geometry();
        kernels = config.kernels();
        channels = geometry.outPlanes();
        weightsPerChannel = geometry.inPlanesPerGroup() * geometry.taps();
        weight = new float[kernels * channels * weightsPerChannel];
        bias = new float[kernels * channels];
    }

    /** Copies what changed since the last call. */
    void update(Parameters parameters) {
        Tensor newWeight = parameters.weight();
        if (newWeight != copiedWeight) {
            copiedWeight = newWeight;
            copy(newWeight, weight);
        }
        Tensor newBias = parameters.bias().orElse(null);
        if (newBias != null && newBias != copiedBias) {
            copiedBias = newBias;
            copy(newBias, bias);
        }
    }

    private static void copy(Tensor from, float[] to) {
        MemorySegment.copy(from.segment(), ValueLayout.JAVA_FLOAT, 0, to, 0, to.length);
    }

    /** Floats of one output channel's kernel, {@code [C/G, kh, kw]}. */
    int weightsPerChannel() {
        return weightsPerChannel;
    }

    /**
     * Aggregates some output channels' kernels and biases for one sample.
     *
     * @param attention of all samples, {@code [N, K]}
     * @param sample which
     * @param first output channel
     * @param count of output channels
     * @param weights overwritten from the beginning, {@code [count, C/G, kh, kw]}
     * @param biases overwritten from the beginning, zeros for a layer without bias
     */
    void aggregate(float[] attention, int sample, int first, int count, float[] weights, float[] biases) {
        int perChannel = weightsPerChannel;
        int row = sample * kernels;
        AggregationKernels.aggregate(
                attention,
                row,
                kernels,
                weight,
                first * perChannel,
                channels * perChannel,
                count * perChannel,
                weights);
        AggregationKernels.aggregate(attention, row, kernels, bias, first, channels, count, biases);
    }

    long bytes() {
        return ((long) weight.length + bias.length) * Float.BYTES;
    }
}
