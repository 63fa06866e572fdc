package io.github.dyconv.tornado;

import java.util.Arrays;

/**
 * How {@link FilterGradientKernels} divides the gradient of a bank: constants of its code, like the {@link ConvolutionShape}.
 *
 * @param convolution the layer's
 * @param kernels K
 * @param channelsPerBlock input channels that a work-item takes, for one output channel
 */
public record FilterBlocks(ConvolutionShape convolution, int kernels, int channelsPerBlock) {
    /** Enough to occupy a large GPU; what each says of the attention takes memory. */
    private static final int MOST_ITEMS = 16_384;

    static FilterBlocks of(ConvolutionShape s, int kernels) {
        int perGroup = s.inPlanes() / s.groups();
        int blocks = Math.clamp(MOST_ITEMS / s.outPlanes(), 1, perGroup);
        return new FilterBlocks(s, kernels, Math.ceilDiv(perGroup, blocks));
    }

    /**
     * Input channels of a group.
     *
     * @return C / G
     */
    public int inPerGroup() {
        return convolution().inPlanes() / convolution().groups();
    }

    /**
     * Blocks of an output channel.
     *
     * @return the number
     */
    public int blocks() {
        return (inPerGroup() + channelsPerBlock() - 1) / channelsPerBlock();
    }

    /**
     * Work-items.
     *
     * @return O · blocks
     */
    public int items() {
        return convolution().outPlanes() * blocks();
    }

    /**
     * Elements of one kernel.
     *
     * @return O · C/G · kh · kw
     */
    public int kernelLength() {
        return convolution().outPlanes()
                * inPerGroup()
                * convolution().kernelHeight()
                * convolution().kernelWidth();
    }

    /** Never negative: TornadoVM's PTX back end writes it into the kernel's name, where a minus sign is a syntax error. */
    @Override
    public int hashCode() {
        return Arrays.hashCode(new int[] {convolution.hashCode(), kernels, channelsPerBlock}) & Integer.MAX_VALUE;
    }
}
