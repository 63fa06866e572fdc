package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;

/**
 * Where a convolution finds its weights in a kernel bank {@code [K, O, C/G, kh, kw]}: those of the layer itself, or those of the
 * convolution that takes the output's gradient to the input's, which sees input and output channels exchanged.
 *
 * <p>The weight of kernel k from the group's input channel ic to its output channel oc at tap t is element {@code k ·
 * kernelStride + group · groupStride + oc · outStride + ic · inStride + taps[t]}.
 *
 * @param kernelStride from one kernel to the next
 * @param groupStride from one group to the next
 * @param outStride from one of the convolution's output channels to the next
 * @param inStride from one of its input channels to the next
 * @param taps where each of its taps is, in its order
 * @param parts how many taps each part of the convolution has: the phases of a strided convolution's gradient are parts of
 *     one, which have taps of their own; any other convolution is one part
 * @param changing whether the bank is another one at each run, as in training, where alone channels are exchanged
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record BankLayout(
        long kernelStride, long groupStride, long outStride, long inStride, int[] taps, int[] parts, boolean changing) {
    /** The layer's own. */
    static BankLayout of(Conv2dGeometry g) {
        int[] taps = new int[g.taps()];
        for (int t = 0; t < taps.length; t++) {
            taps[t] = t;
        }
        long perChannel = (long) g.inPlanesPerGroup() * g.taps();
        return new BankLayout(
                g.outPlanes() * perChannel,
                g.outPlanesPerGroup() * perChannel,
                perChannel,
                g.taps(),
                taps,
                new int[] {taps.length},
                /* changing= */ false);
    }

    /**
     * With input and output channels exchanged.
     *
     * @param g the layer's geometry
     * @param taps those of the layer's taps that are used, in the order of the exchanged convolution's
     */
    static BankLayout exchanged(Conv2dGeometry g, int[] taps) {
        return exchanged(g, taps, new int[] {taps.length});
    }

    /** With input and output channels exchanged, in parts. */
    static BankLayout exchanged(Conv2dGeometry g, int[] taps, int[] parts) {
        BankLayout own = of(g);
        return new BankLayout(
                own.kernelStride,
                own.groupStride,
                /* outStride= */ own.inStride,
                /* inStride= */ own.outStride,
                taps,
                parts,
                /* changing= */ true);
    }

    /** Whether the weights of an output channel, for all input channels of its group, are consecutive in the convolution's order. */
    boolean consecutive() {
        boolean all = inStride == taps.length && parts.length == 1;
        for (int t = 0; t < taps.length; t++) {
            all &= taps[t] == t;
        }
        return all;
    }

    /** Where the first tap of a pair of channels is; the output channel is counted through all groups. */
    long first(int kernel, int outChannel, int outPerGroup, int inChannel) {
        return kernel * kernelStride
                + outChannel / outPerGroup * groupStride
                + outChannel % outPerGroup * outStride
                + inChannel * inStride;
    }
}
