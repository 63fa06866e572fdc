package io.github.dyconv.tornado;

import java.util.Arrays;

/**
 * How {@link AggregationKernels} divides its sums: constants of its code, like the {@link ConvolutionShape}.
 *
 * @param batch N
 * @param kernels K
 * @param length elements of one kernel
 * @param samplesPerBlock samples that a work-item takes, for which it reads the bank once
 */
public record AggregationShape(int batch, int kernels, int length, int samplesPerBlock) {
    /** As many sums as a work-item keeps in variables. */
    static final int MOST_SAMPLES = 8;

    /** Divides the samples into few blocks of about the same size. */
    static AggregationShape of(int batch, int kernels, int length) {
        int blocks = Math.ceilDiv(batch, MOST_SAMPLES);
        return new AggregationShape(batch, kernels, length, Math.ceilDiv(batch, blocks));
    }

    /**
     * Blocks of samples.
     *
     * @return the number
     */
    public int blocks() {
        return (batch() + samplesPerBlock() - 1) / samplesPerBlock();
    }

    /** Never negative: TornadoVM's PTX back end writes it into the kernel's name, where a minus sign is a syntax error. */
    @Override
    public int hashCode() {
        return Arrays.hashCode(new int[] {batch, kernels, length, samplesPerBlock}) & Integer.MAX_VALUE;
    }
}
