package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.DotKernels.ROWS;
import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.VectorShape.SPECIES;

/**
 * What some samples' filter gradients say of the attention: their scalar products with the K kernels. With {@link #SAMPLES} at a
 * time, every float of the bank is read once for all of them. (The kernels' own gradients, aggregation the other way round, are
 * {@link AggregationKernels#sum}.)
 */
final class ReductionKernels {
    /** Samples reduced together at most. */
    static final int SAMPLES = ROWS;

    /** Floats of scratch memory. */
    static final int LANE_SUMS = ROWS * ROWS * LANES;

    private ReductionKernels() {}

    /**
     * {@code dots[dotBase + n · kernels + k] = Σ_i sums[n, i] · bank[k, i]}, for i from {@code begin} to below {@code end}.
     *
     * @param sums a block of each sample's gradient, {@code [SAMPLES, stride]}
     * @param stride from one sample's to the next's
     * @param samples how many there are
     * @param begin the first float
     * @param end behind the last
     * @param bank the same block of every kernel
     * @param kernels K
     * @param dots overwritten
     * @param dotBase of the first sample's first kernel
     * @param lanes scratch memory of {@link #LANE_SUMS}
     */
    static void dots(
            Floats sums,
            int stride,
            int samples,
            int begin,
            int end,
            BlockLayout.Bank bank,
            int kernels,
            double[] dots,
            int dotBase,
            Floats lanes) {
        int whole = SPECIES.loopBound(end - begin);
        int first = sums.base() + begin;
        float[] weights = bank.floats().array();
        for (int k = 0; k < kernels; k += ROWS) {
            int rows = Math.min(ROWS, kernels - k);
            int b0 = bank.floats().base() + k * bank.stride() + begin;
            int b1 = b0 + Math.min(1, rows - 1) * bank.stride(); // kernels that are not there are given as the last one
            int b2 = b0 + Math.min(2, rows - 1) * bank.stride();
            int b3 = b0 + (rows - 1) * bank.stride();
            lanes.clear(LANE_SUMS);
            if (samples == ROWS) {
                DotKernels.fourByFour(
                        sums.array(),
                        first,
                        stride,
                        weights,
                        b0,
                        b1,
                        b2,
                        b3,
                        whole,
                        lanes.array(),
                        lanes.base(),
                        ROWS * LANES);
            } else {
                for (int n = 0; n < samples; n++) {
                    DotKernels.oneByFour(
                            sums.array(),
                            first + n * stride,
                            weights,
                            b0,
                            b1,
                            b2,
                            b3,
                            whole,
                            lanes.array(),
                            lanes.base() + n * ROWS * LANES);
                }
            }
            for (int n = 0; n < samples; n++) {
                for (int j = 0; j < rows; j++) {
                    double dot = DotKernels.total(lanes.array(), lanes.base() + (n * ROWS + j) * LANES);
                    for (int i = whole; i < end - begin; i++) {
                        dot += (double) sums.array()[first + n * stride + i] * weights[b0 + j * bank.stride() + i];
                    }
                    dots[dotBase + n * kernels + k + j] = dot;
                }
            }
        }
    }
}
