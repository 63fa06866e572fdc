package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The kernel bank in an array {@code [K, O, C/G, kh, kw]}, as the convolution sees its channels and taps: what kernels need
 * that take one output channel at a time. Copied once per change.
 */
final class PlainBank {
    private final Conv2dGeometry geometry;
    private final BankLayout layout;
    private final int kernels;
    private final int channels;
    private final int weightsPerChannel;
    private final Floats weight;
    private @Nullable Tensor copied;

    PlainBank(DYConv2dConfig config, BankLayout layout, Scratch scratch) {
        this.geometry = config.geometry();
        this.layout = layout;
        kernels = config.kernels();
        channels = geometry.outPlanes();
        weightsPerChannel = geometry.inPlanesPerGroup() * geometry.taps();
        weight = scratch.floats(kernels * channels * weightsPerChannel);
    }

    /** Copies anew if it is another bank than at the last call. */
    void update(Tensor newWeight) {
        if (newWeight == copied) {
            return;
        }
        copied = newWeight;
        MemorySegment from = newWeight.segment();
        int next = weight.base();
        for (int k = 0; k < kernels; k++) {
            for (int oc = 0; oc < channels; oc++) {
                for (int ic = 0; ic < geometry.inPlanesPerGroup(); ic++) {
                    long first = layout.first(k, oc, geometry.outPlanesPerGroup(), ic);
                    for (int tap : layout.taps()) {
                        weight.array()[next++] = from.getAtIndex(ValueLayout.JAVA_FLOAT, first + tap);
                    }
                }
            }
        }
    }

    /** Floats of one output channel's kernel, {@code [C/G, kh, kw]}. */
    int weightsPerChannel() {
        return weightsPerChannel;
    }

    /**
     * Aggregates some output channels' kernels for one sample.
     *
     * @param attention of all samples, {@code [N, K]}
     * @param sample which
     * @param first output channel
     * @param count of output channels
     * @param weights overwritten from the beginning, {@code [count, C/G, kh, kw]}
     */
    void aggregate(float[] attention, int sample, int first, int count, Floats weights) {
        int perChannel = weightsPerChannel;
        AggregationKernels.aggregate(
                attention,
                sample * kernels,
                kernels,
                weight.array(),
                weight.base() + first * perChannel,
                channels * perChannel,
                count * perChannel,
                weights);
    }
}
