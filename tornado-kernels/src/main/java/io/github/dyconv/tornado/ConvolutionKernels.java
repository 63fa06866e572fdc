package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Grouped convolution with a kernel of its own for each sample, or one for all.
 *
 * <p>Ladder: {@link #direct} is the definition, one output per work-item; {@link ImplicitGemmKernels} is for GPUs, where a
 * group has output channels enough.
 *
 * <p>{@code y[n, oc, oh, ow] = bias[n, oc] + Σ_{ic, kh, kw} x[n, g·C/G + ic, oh·sh − ph + kh·dh, ow·sw − pw + kw·dw] ·
 * weight[n, oc, ic, kh, kw]}, where g is the group of oc and what lies outside x counts as 0.
 */
public final class ConvolutionKernels {
    private ConvolutionKernels() {}

    /**
     * The convolution as defined above.
     *
     * <p>x: {@code [N, C, H, W]}, weight: {@code [N, O, C/G, kh, kw]}, bias: {@code [N, O]}, y: {@code [N, O, H', W']}.
     *
     * <p>One work-item computes one output; neighbours read and write neighbouring pixels of a row.
     *
     * <p>Launch: W' x H' x N·O. For all devices.
     *
     * @param x input
     * @param weight aggregated kernels
     * @param bias aggregated biases
     * @param y overwritten
     * @param s all sizes
     */
    public static void direct(FloatArray x, FloatArray weight, FloatArray bias, FloatArray y, ConvolutionShape s) {
        for (@Parallel int plane = 0; plane < s.batch() * s.outPlanes(); plane++) {
            for (@Parallel int oh = 0; oh < s.outHeight(); oh++) {
                for (@Parallel int ow = 0; ow < s.outWidth(); ow++) {
                    int perGroup = s.inPlanes() / s.groups();
                    int n = plane / s.outPlanes();
                    int oc = plane - n * s.outPlanes();
                    int group = oc / (s.outPlanes() / s.groups());
                    int kernel = n * s.kernelsPerSample() * s.outPlanes() + oc;
                    int firstRow = oh * s.strideHeight() - s.paddingHeight();
                    int firstColumn = ow * s.strideWidth() - s.paddingWidth();
                    float sum = bias.get(kernel);
                    for (int ic = 0; ic < perGroup; ic++) {
                        int xPlane = n * s.inPlanes() + group * perGroup + ic;
                        int weightPlane = (kernel * perGroup + ic) * s.kernelHeight();
                        // One chain of roundings per input channel keeps the error from growing with C.
                        float part = 0.0f;
                        for (int kh = 0; kh < s.kernelHeight(); kh++) {
                            int row = firstRow + kh * s.dilationHeight();
                            if (row >= 0 && row < s.height()) {
                                for (int kw = 0; kw < s.kernelWidth(); kw++) {
                                    int column = firstColumn + kw * s.dilationWidth();
                                    if (column >= 0 && column < s.width()) {
                                        part += x.get((xPlane * s.height() + row) * s.width() + column)
                                                * weight.get((weightPlane + kh) * s.kernelWidth() + kw);
                                    }
                                }
                            }
                        }
                        sum += part;
                    }
                    y.set((plane * s.outHeight() + oh) * s.outWidth() + ow, sum);
                }
            }
        }
    }
}
