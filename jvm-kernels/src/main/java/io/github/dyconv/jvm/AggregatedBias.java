package io.github.dyconv.jvm;

import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What each output plane begins with: {@code Σ_k attention[n, k] · bias_k}, or zeros for a layer without bias. */
final class AggregatedBias {
    private final int kernels;
    private final int channels;
    private final float[] bank;
    private final float[] biases;
    private @Nullable Tensor copied;

    AggregatedBias(ForwardProblem problem) {
        kernels = problem.config().kernels();
        channels = problem.geometry().outPlanes();
        bank = new float[kernels * channels];
        biases = new float[problem.batch() * channels];
    }

    /** Begins a run: {@link #aggregate} for each sample is still to be done. */
    void begin(Parameters parameters) {
        Tensor bias = parameters.bias().orElse(null);
        if (bias != copied) {
            copied = bias;
            if (bias == null) {
                Arrays.fill(bank, 0);
            } else {
                MemorySegment.copy(bias.segment(), ValueLayout.JAVA_FLOAT, 0, bank, 0, bank.length);
            }
        }
    }

    /** Those of one sample, given the attention of all, {@code [N, K]}. */
    void aggregate(int sample, float[] attention) {
        for (int channel = 0; channel < channels; channel++) {
            float sum = 0;
            for (int k = 0; k < kernels; k++) {
                sum = Math.fma(attention[sample * kernels + k], bank[k * channels + channel], sum);
            }
            biases[sample * channels + channel] = sum;
        }
    }

    /** Those of all samples, {@code [N, O]}, the same array in every run. */
    float[] biases() {
        return biases;
    }

    long bytes() {
        return ((long) bank.length + biases.length) * Float.BYTES;
    }
}
