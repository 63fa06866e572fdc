package io.github.dyconv.jvm;

import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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

    /** Those of all samples, {@code [N, O]}; the array is the same at every call. */
    float[] run(Parameters parameters, float[] attention) {
        Tensor bias = parameters.bias().orElse(null);
        if (bias == null) {
            return biases;
        }
        if (bias != copied) {
            copied = bias;
            MemorySegment.copy(bias.segment(), ValueLayout.JAVA_FLOAT, 0, bank, 0, bank.length);
        }
        for (int i = 0; i < biases.length; i++) {
            int sample = i / channels;
            float sum = 0;
            for (int k = 0; k < kernels; k++) {
                sum = Math.fma(attention[sample * kernels + k], bank[k * channels + i % channels], sum);
            }
            biases[i] = sum;
        }
        return biases;
    }

    long bytes() {
        return ((long) bank.length + biases.length) * Float.BYTES;
    }
}
