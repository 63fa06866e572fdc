package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * The gradient of the kernel bank as {@link FilterGradientKernels} defines it, for CPUs: each vector lane computes that of an
 * output channel.
 *
 * <p>Ladder: {@link FilterGradientKernels#direct} reads an input and an output's gradient for each product; {@link
 * #correlate} holds up to 12 sums of 16 channels in registers, so that a vector of gradients, which {@link #gatherPanels} has
 * put together, serves 12 multiply-adds, and reduces them into the bank's gradient while that is in cache.
 */
public final class VectorFilterGradientKernels {
    /** Pixels in one chain of roundings. */
    private static final int CHAIN = 256;

    private VectorFilterGradientKernels() {}

    /**
     * The output's gradient with the channels of a panel side by side, filled up with zeros; and the mean of each plane.
     *
     * <p>dy: {@code [N, O, H', W']}, gathered: {@code [N, panels, H'·W', 16]}, sums: {@code [N, panels, 16]}, means: {@code
     * [N, O]}.
     *
     * <p>One work-item gathers one panel of one sample.
     *
     * <p>Launch: panels x N. For CPUs.
     *
     * @param dy the output's gradient
     * @param gathered overwritten
     * @param sums overwritten
     * @param means overwritten
     * @param f all sizes
     */
    public static void gatherPanels(
            FloatArray dy, FloatArray gathered, FloatArray sums, FloatArray means, FilterPanels f) {
        for (@Parallel int n = 0; n < f.panels().convolution().batch(); n++) {
            for (@Parallel int panel = 0; panel < f.panels().panels(); panel++) {
                ConvolutionShape s = f.panels().convolution();
                int outPerGroup = s.outPlanes() / s.groups();
                int group = panel / f.panels().panelsPerGroup();
                int first = (panel - group * f.panels().panelsPerGroup()) * PanelShape.LANES;
                int channels = Math.min(PanelShape.LANES, outPerGroup - first);
                int from = (n * s.outPlanes() + group * outPerGroup + first) * f.pixels();
                int to = (n * f.panels().panels() + panel) * f.pixels() * PanelShape.LANES;
                for (int pixel = 0; pixel < f.pixels(); pixel++) {
                    for (int lane = 0; lane < channels; lane++) {
                        gathered.set(to + pixel * PanelShape.LANES + lane, dy.get(from + lane * f.pixels() + pixel));
                    }
                    for (int lane = channels; lane < PanelShape.LANES; lane++) {
                        gathered.set(to + pixel * PanelShape.LANES + lane, 0.0f);
                    }
                }
                int row = n * f.panels().panels() + panel;
                sumPixels(gathered, sums, row, f.pixels());
                for (int lane = 0; lane < channels; lane++) {
                    means.set(
                            n * s.outPlanes() + group * outPerGroup + first + lane,
                            sums.get(row * PanelShape.LANES + lane) / f.pixels());
                }
            }
        }
    }

    /** {@code sums[row] = Σ_i gathered[row, i]}, vector by vector, in chains of roundings that don't grow with the picture. */
    private static void sumPixels(FloatArray gathered, FloatArray sums, int row, int pixels) {
        VectorFloat16 vectors = new VectorFloat16(gathered);
        VectorFloat16 totals = new VectorFloat16(sums);
        for (int begin = 0; begin < pixels; begin += CHAIN) {
            int end = Math.min(begin + CHAIN, pixels);
            Float16 part = vectors.get(row * pixels + begin);
            for (int i = begin + 1; i < end; i++) {
                part = Float16.add(part, vectors.get(row * pixels + i));
            }
            VectorConvolutionKernels.accumulate(totals, row, part, begin);
        }
    }

    /**
     * {@code gradient[k] = Σ_n attention[n, k] · g[n]}, and the parts of {@code ⟨g[n], bank[k]⟩}.
     *
     * <p>x: {@code [N, C, paddedHeight, paddedWidth]}, dy: {@code [N, panels, H'·W', 16]}, attention: {@code [N, K]}, bank:
     * {@code [panels, C/G·kh·kw, K, 16]} and a vector of zeros, scratch: {@code [items, 12 + K, 16]}, gradient: {@code
     * [panels, C/G·kh·kw, K, 16]}, partial: {@code [N, K, items]}.
     *
     * <p>One work-item computes a block of input channels of a panel of 16 output channels, tile by tile, for one sample
     * after the other.
     *
     * <p>Launch: {@link FilterPanels#items()} in groups of one. For CPUs.
     *
     * @param context the work-item
     * @param x the layer's input, padded
     * @param dy the output's gradient, by panels
     * @param attention of the forward pass
     * @param bank K kernels, by panels
     * @param scratch overwritten: a tile's sums, and the scalar products by lanes
     * @param gradient overwritten
     * @param partial overwritten
     * @param f all sizes
     */
    public static void correlate(
            KernelContext context,
            FloatArray x,
            FloatArray dy,
            FloatArray attention,
            FloatArray bank,
            FloatArray scratch,
            FloatArray gradient,
            FloatArray partial,
            FilterPanels f) {
        PanelShape p = f.panels();
        ConvolutionShape s = p.convolution();
        int item = context.globalIdx;
        int panel = item / f.blocks();
        int first = (item - panel * f.blocks()) * f.channelsPerBlock();
        int end = Math.min(first + f.channelsPerBlock(), p.inPerGroup());
        int firstPlane = panel / p.panelsPerGroup() * p.inPerGroup();
        int firstSum = item * f.vectorsPerItem();
        int firstProduct = firstSum + FilterPanels.MOST_SUMS;
        int count = f.sums();
        int perChannel = f.rows() * f.columns();
        int rowStep = s.dilationHeight() * p.paddedWidth();
        int channelStep = p.paddedHeight() * p.paddedWidth();
        int offset1 = offset(1, perChannel, f.columns(), channelStep, rowStep, s.dilationWidth());
        int offset2 = offset(2, perChannel, f.columns(), channelStep, rowStep, s.dilationWidth());
        int offset3 = offset(3, perChannel, f.columns(), channelStep, rowStep, s.dilationWidth());
        int offset4 = offset(4, perChannel, f.columns(), channelStep, rowStep, s.dilationWidth());
        int offset5 = offset(5, perChannel, f.columns(), channelStep, rowStep, s.dilationWidth());
        int offset6 = offset(6, perChannel, f.columns(), channelStep, rowStep, s.dilationWidth());
        int offset7 = offset(7, perChannel, f.columns(), channelStep, rowStep, s.dilationWidth());
        int offset8 = offset(8, perChannel, f.columns(), channelStep, rowStep, s.dilationWidth());
        int offset9 = offset(9, perChannel, f.columns(), channelStep, rowStep, s.dilationWidth());
        int offset10 = offset(10, perChannel, f.columns(), channelStep, rowStep, s.dilationWidth());
        int offset11 = offset(11, perChannel, f.columns(), channelStep, rowStep, s.dilationWidth());
        VectorFloat16 outputs = new VectorFloat16(dy);
        VectorFloat16 sums = new VectorFloat16(scratch);
        // From memory, since TornadoVM compiles no loop over a vector that begins as a new one.
        Float16 zero = new VectorFloat16(bank).get(p.zeroVector());
        for (int n = 0; n < s.batch(); n++) {
            for (int k = 0; k < p.kernels(); k++) {
                sums.set(firstProduct + k, zero);
            }
            for (int ic = first; ic < end; ic += f.channels()) {
                for (int kh = 0; kh < s.kernelHeight(); kh += f.rows()) {
                    for (int kw = 0; kw < s.kernelWidth(); kw += f.columns()) {
                        int plane = n * s.inPlanes() + firstPlane + ic;
                        int corner = (plane * p.paddedHeight() + kh * s.dilationHeight()) * p.paddedWidth()
                                + kw * s.dilationWidth();
                        int output = (n * p.panels() + panel) * f.pixels();
                        Float16 sum0 = zero;
                        Float16 sum1 = zero;
                        Float16 sum2 = zero;
                        Float16 sum3 = zero;
                        Float16 sum4 = zero;
                        Float16 sum5 = zero;
                        Float16 sum6 = zero;
                        Float16 sum7 = zero;
                        Float16 sum8 = zero;
                        Float16 sum9 = zero;
                        Float16 sum10 = zero;
                        Float16 sum11 = zero;
                        for (int oh = 0; oh < s.outHeight(); oh++) {
                            for (int ow = 0; ow < s.outWidth(); ow++) {
                                Float16 g = outputs.get(output + oh * s.outWidth() + ow);
                                int from = corner + oh * s.strideHeight() * p.paddedWidth() + ow * s.strideWidth();
                                sum0 = VectorConvolutionKernels.multiplyAdd(sum0, g, x.get(from));
                                if (count > 1) {
                                    sum1 = VectorConvolutionKernels.multiplyAdd(sum1, g, x.get(from + offset1));
                                }
                                if (count > 2) {
                                    sum2 = VectorConvolutionKernels.multiplyAdd(sum2, g, x.get(from + offset2));
                                }
                                if (count > 3) {
                                    sum3 = VectorConvolutionKernels.multiplyAdd(sum3, g, x.get(from + offset3));
                                }
                                if (count > 4) {
                                    sum4 = VectorConvolutionKernels.multiplyAdd(sum4, g, x.get(from + offset4));
                                }
                                if (count > 5) {
                                    sum5 = VectorConvolutionKernels.multiplyAdd(sum5, g, x.get(from + offset5));
                                }
                                if (count > 6) {
                                    sum6 = VectorConvolutionKernels.multiplyAdd(sum6, g, x.get(from + offset6));
                                }
                                if (count > 7) {
                                    sum7 = VectorConvolutionKernels.multiplyAdd(sum7, g, x.get(from + offset7));
                                }
                                if (count > 8) {
                                    sum8 = VectorConvolutionKernels.multiplyAdd(sum8, g, x.get(from + offset8));
                                }
                                if (count > 9) {
                                    sum9 = VectorConvolutionKernels.multiplyAdd(sum9, g, x.get(from + offset9));
                                }
                                if (count > 10) {
                                    sum10 = VectorConvolutionKernels.multiplyAdd(sum10, g, x.get(from + offset10));
                                }
                                if (count > 11) {
                                    sum11 = VectorConvolutionKernels.multiplyAdd(sum11, g, x.get(from + offset11));
                                }
                            }
                        }
                        sums.set(firstSum, sum0);
                        sums.set(firstSum + 1, sum1);
                        sums.set(firstSum + 2, sum2);
                        sums.set(firstSum + 3, sum3);
                        sums.set(firstSum + 4, sum4);
                        sums.set(firstSum + 5, sum5);
                        sums.set(firstSum + 6, sum6);
                        sums.set(firstSum + 7, sum7);
                        sums.set(firstSum + 8, sum8);
                        sums.set(firstSum + 9, sum9);
                        sums.set(firstSum + 10, sum10);
                        sums.set(firstSum + 11, sum11);
                        int element = (panel * p.inPerGroup() + ic) * p.taps() + kh * s.kernelWidth() + kw;
                        reduce(attention, bank, scratch, gradient, n, element, firstSum, firstProduct, f);
                    }
                }
            }
            for (int k = 0; k < p.kernels(); k++) {
                float product = 0.0f;
                for (int lane = 0; lane < PanelShape.LANES; lane++) {
                    product += scratch.get((firstProduct + k) * PanelShape.LANES + lane);
                }
                partial.set((n * p.kernels() + k) * f.items() + item, product);
            }
        }
    }

    /** From the input of a tile's first sum to that of the i-th, for the same output. */
    private static int offset(int i, int perChannel, int columns, int channelStep, int rowStep, int columnStep) {
        int tap = i % perChannel;
        return i / perChannel * channelStep + tap / columns * rowStep + tap % columns * columnStep;
    }

    /** Adds a tile of a sample's gradient to those of the K kernels, and its products with these to the scalar products. */
    private static void reduce(
            FloatArray attention,
            FloatArray bank,
            FloatArray scratch,
            FloatArray gradient,
            int n,
            int element,
            int firstSum,
            int firstProduct,
            FilterPanels f) {
        VectorFloat16 sums = new VectorFloat16(scratch);
        VectorFloat16 kernels = new VectorFloat16(bank);
        VectorFloat16 gradients = new VectorFloat16(gradient);
        int count = f.panels().kernels();
        for (int k = 0; k < count; k++) {
            float share = attention.get(n * count + k);
            Float16 product = sums.get(firstProduct + k);
            for (int i = 0; i < f.sums(); i++) {
                Float16 sum = sums.get(firstSum + i);
                int index = (element + f.element(i)) * count + k;
                if (n == 0) {
                    Float16 zero = kernels.get(f.panels().zeroVector());
                    gradients.set(index, VectorConvolutionKernels.multiplyAdd(zero, sum, share));
                } else {
                    gradients.set(index, VectorConvolutionKernels.multiplyAdd(gradients.get(index), sum, share));
                }
                product = Float16.add(product, Float16.mult(sum, kernels.get(index)));
            }
            sums.set(firstProduct + k, product);
        }
    }
}
