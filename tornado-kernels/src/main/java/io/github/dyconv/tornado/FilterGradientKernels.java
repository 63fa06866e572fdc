package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The gradient of the kernel bank, and what it says of the attention's.
 *
 * <p>The gradient of a sample's aggregated weight is {@code g[n, oc, ic, kh, kw] = Σ_{oh, ow} dy[n, oc, oh, ow] · x[n, ic,
 * oh·sh − ph + kh·dh, ow·sw − pw + kw·dw]}. Each element is used at once, and none is kept: {@code gradient[k] = Σ_n
 * attention[n, k] · g[n]}, and {@code ⟨g[n], bank[k]⟩} is the gradient of {@code attention[n, k]}.
 */
public final class FilterGradientKernels {
    private FilterGradientKernels() {}

    /**
     * The gradient as defined above.
     *
     * <p>x: {@code [N, C, H, W]}, dy: {@code [N, O, H', W']}, attention: {@code [N, K]}, bank and gradient: {@code [K, O, C/G,
     * kh, kw]}, partial: {@code [N, K, items]}, the parts of each scalar product.
     *
     * <p>One work-item computes a block of input channels of one output channel.
     *
     * <p>Launch: blocks x O, {@link FilterBlocks#items()} in all. For all devices. Not one loop over all: TornadoVM's PTX back
     * end gives a launch along one dimension groups of 1024 work-items, for which this kernel has too many registers.
     *
     * @param x the layer's input
     * @param dy the output's gradient
     * @param attention of the forward pass
     * @param bank K kernels
     * @param gradient overwritten
     * @param partial overwritten
     * @param b all sizes
     */
    public static void direct(
            FloatArray x,
            FloatArray dy,
            FloatArray attention,
            FloatArray bank,
            FloatArray gradient,
            FloatArray partial,
            FilterBlocks b) {
        for (@Parallel int oc = 0; oc < b.convolution().outPlanes(); oc++) {
            for (@Parallel int block = 0; block < b.blocks(); block++) {
                ConvolutionShape s = b.convolution();
                int item = oc * b.blocks() + block;
                int first = block * b.channelsPerBlock();
                int end = Math.min(first + b.channelsPerBlock(), b.inPerGroup());
                int group = oc / (s.outPlanes() / s.groups());
                for (int n = 0; n < s.batch(); n++) {
                    for (int k = 0; k < b.kernels(); k++) {
                        partial.set((n * b.kernels() + k) * b.items() + item, 0.0f);
                    }
                    for (int ic = first; ic < end; ic++) {
                        int plane = n * s.inPlanes() + group * b.inPerGroup() + ic;
                        for (int kh = 0; kh < s.kernelHeight(); kh++) {
                            for (int kw = 0; kw < s.kernelWidth(); kw++) {
                                float sum = correlation(x, dy, plane, n * s.outPlanes() + oc, kh, kw, s);
                                int element =
                                        ((oc * b.inPerGroup() + ic) * s.kernelHeight() + kh) * s.kernelWidth() + kw;
                                reduce(attention, bank, gradient, partial, n, item, element, sum, b);
                            }
                        }
                    }
                }
            }
        }
    }

    /** One element of a sample's gradient, a row at a time, so that no chain of roundings grows with the picture. */
    private static float correlation(
            FloatArray x, FloatArray dy, int plane, int outPlane, int kh, int kw, ConvolutionShape s) {
        float sum = 0.0f;
        for (int oh = 0; oh < s.outHeight(); oh++) {
            int row = oh * s.strideHeight() - s.paddingHeight() + kh * s.dilationHeight();
            if (row >= 0 && row < s.height()) {
                float part = 0.0f;
                for (int ow = 0; ow < s.outWidth(); ow++) {
                    int column = ow * s.strideWidth() - s.paddingWidth() + kw * s.dilationWidth();
                    if (column >= 0 && column < s.width()) {
                        part += dy.get((outPlane * s.outHeight() + oh) * s.outWidth() + ow)
                                * x.get((plane * s.height() + row) * s.width() + column);
                    }
                }
                sum += part;
            }
        }
        return sum;
    }

    /** Adds an element of a sample's gradient to those of the K kernels, and its products with these to the parts. */
    private static void reduce(
            FloatArray attention,
            FloatArray bank,
            FloatArray gradient,
            FloatArray partial,
            int n,
            int item,
            int element,
            float value,
            FilterBlocks b) {
        for (int k = 0; k < b.kernels(); k++) {
            int row = n * b.kernels() + k;
            int index = k * b.kernelLength() + element;
            float share = attention.get(row) * value;
            if (n > 0) {
                share += gradient.get(index);
            }
            gradient.set(index, share);
            int part = row * b.items() + item;
            partial.set(part, partial.get(part) + value * bank.get(index));
        }
    }
}
