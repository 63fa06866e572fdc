package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The convolution of {@link ConvolutionKernels} as a matrix product, for GPUs.
 *
 * <p>Ladder: {@link #implicitGemm} multiplies tiles of weights and of gathered input in local memory, up to 16 x 4 outputs
 * per work-item; {@link #sumSplits} adds up its results where a launch also divides the sums, so that few outputs still
 * occupy many compute units.
 *
 * <p>Where few groups load the same weights, for few samples, {@link #implicitGemm} also aggregates: each weight is summed over
 * the bank on its way to local memory, and no aggregated one is ever written.
 *
 * <p>The sums are variables, not an array: TornadoVM keeps private arrays in memory. Loops of up to four trips around them
 * unroll, and NVIDIA's assembler joins reads of neighbours in local memory into wide ones.
 */
public final class ImplicitGemmKernels {
    /** Work-items of a group, in {@value #WARPS} warps. */
    static final int GROUP = 128;

    /** Warps of a group. */
    static final int WARPS = 4;

    /** Neighbouring pixels of a warp. */
    static final int LANES = 32;

    /** Output channels of one work-item in {@link #implicitGemm}: all lanes of a warp have the same ones. */
    static final int ROWS = 16;

    /** Local memory of a group, in elements. */
    static final int LOCAL = ConvolutionTile.MOST_DEPTH * (ROWS * WARPS + GROUP) + ConvolutionTile.MOST_BANK;

    private static final int UNROLLED = 4;

    private ImplicitGemmKernels() {}

    /**
     * The convolution as the product of weights {@code [O/G, C/G·kh·kw]} and input gathered on the fly {@code [C/G·kh·kw,
     * H'·W']}, for each sample, group and split of the sum.
     *
     * <p>x: {@code [N, C, H, W]}, weight: {@code [N, G, channel tiles, steps, depth, tile channels]} as {@link
     * ConvolutionTile#layout} packs it, or, if the tiles are of a bank, K kernels instead of N, and attention: {@code [N, K]};
     * bias: {@code [N, O]}, y: {@code [splits, N, O, H', W']}; with several splits, bias is left to {@link #sumSplits}.
     *
     * <p>One work-group computes a tile of channels x pixels, a work-item {@value #ROWS} channels x up to 4 pixels that are
     * {@value #LANES} apart. In each step, some input channels of one kernel tap pass through local memory.
     *
     * <p>Launch: groups of {@value #GROUP}; pixel tiles x channel tiles x splits·N·G of them. For GPUs.
     *
     * @param context the work-item
     * @param x input
     * @param weight aggregated kernels, or the bank, packed
     * @param attention weights of the sum over the bank; else not read
     * @param bias aggregated biases
     * @param y overwritten
     * @param t all sizes
     */
    public static void implicitGemm(
            KernelContext context,
            FloatArray x,
            FloatArray weight,
            FloatArray attention,
            FloatArray bias,
            FloatArray y,
            ConvolutionTile t) {
        ConvolutionShape s = t.shape();
        int perGroup = s.inPlanes() / s.groups();
        int pixels = s.outHeight() * s.outWidth();
        int plane = s.height() * s.width();
        int samples = s.batch() * s.groups();
        int split = context.groupIdz / samples;
        int sample = context.groupIdz - split * samples;
        int n = sample / s.groups();
        int group = sample - n * s.groups();
        int item = context.localIdx;
        int warp = item / LANES;
        int channelWarp = warp / t.pixelWarps();
        int column = (warp - channelWarp * t.pixelWarps()) * LANES * t.perItem() + item % LANES;
        int channelOfTile = channelWarp * ROWS;

        float[] weightTile = context.allocateFloatLocalArray(ConvolutionTile.MOST_DEPTH * ROWS * WARPS);
        float[] inputTile = context.allocateFloatLocalArray(ConvolutionTile.MOST_DEPTH * GROUP);
        float[] shares = context.allocateFloatLocalArray(ConvolutionTile.MOST_BANK);
        if (t.bank() > 0) {
            if (item < t.bank()) {
                shares[item] = attention.get(n * t.bank() + item);
            }
            context.localBarrier();
        }

        // What a work-item loads: neighbouring weights, and of the input always the same output pixel's.
        int firstStep = split * t.stepsPerSplit();
        int endStep = Math.min(firstStep + t.stepsPerSplit(), t.steps());
        int firstKernel = 0;
        if (t.bank() == 0) {
            firstKernel = n * s.kernelsPerSample();
        }
        int kernelTile = (firstKernel * s.groups() + group) * t.channelTiles() + context.groupIdy;
        int weightIndex = (kernelTile * t.steps() + firstStep) * t.weightsPerStep() + item;
        int inputDepth = item / t.pixels();
        int pixel = context.groupIdx * t.pixels() + item % t.pixels();
        int oh = pixel / s.outWidth();
        int firstRow = oh * s.strideHeight() - s.paddingHeight();
        int firstColumn = (pixel - oh * s.outWidth()) * s.strideWidth() - s.paddingWidth();
        int firstPlane = n * s.inPlanes() + group * perGroup + inputDepth;
        int tap = firstStep / t.channelBlocks();
        int block = firstStep - tap * t.channelBlocks();
        int row = firstRow + tap / s.kernelWidth() * s.dilationHeight();
        int inColumn = firstColumn + tap % s.kernelWidth() * s.dilationWidth();
        boolean inside = pixel < pixels && row >= 0 && row < s.height() && inColumn >= 0 && inColumn < s.width();
        int inputIndex = ((firstPlane + block * t.depth()) * s.height() + row) * s.width() + inColumn;

        float s0A = 0.0f, s0B = 0.0f, s0C = 0.0f, s0D = 0.0f;
        float s1A = 0.0f, s1B = 0.0f, s1C = 0.0f, s1D = 0.0f;
        float s2A = 0.0f, s2B = 0.0f, s2C = 0.0f, s2D = 0.0f;
        float s3A = 0.0f, s3B = 0.0f, s3C = 0.0f, s3D = 0.0f;
        float s4A = 0.0f, s4B = 0.0f, s4C = 0.0f, s4D = 0.0f;
        float s5A = 0.0f, s5B = 0.0f, s5C = 0.0f, s5D = 0.0f;
        float s6A = 0.0f, s6B = 0.0f, s6C = 0.0f, s6D = 0.0f;
        float s7A = 0.0f, s7B = 0.0f, s7C = 0.0f, s7D = 0.0f;
        float s8A = 0.0f, s8B = 0.0f, s8C = 0.0f, s8D = 0.0f;
        float s9A = 0.0f, s9B = 0.0f, s9C = 0.0f, s9D = 0.0f;
        float s10A = 0.0f, s10B = 0.0f, s10C = 0.0f, s10D = 0.0f;
        float s11A = 0.0f, s11B = 0.0f, s11C = 0.0f, s11D = 0.0f;
        float s12A = 0.0f, s12B = 0.0f, s12C = 0.0f, s12D = 0.0f;
        float s13A = 0.0f, s13B = 0.0f, s13C = 0.0f, s13D = 0.0f;
        float s14A = 0.0f, s14B = 0.0f, s14C = 0.0f, s14D = 0.0f;
        float s15A = 0.0f, s15B = 0.0f, s15C = 0.0f, s15D = 0.0f;

        for (int step = firstStep; step < endStep; step++) {
            if (t.weightsPerStep() >= GROUP || item < t.weightsPerStep()) {
                for (int i = 0; i < t.weightsPerStep(); i += GROUP) {
                    float value = weight.get(weightIndex + i);
                    if (t.bank() > 0) {
                        value *= shares[0];
                        for (int k = 1; k < t.bank(); k++) {
                            value += shares[k] * weight.get(weightIndex + k * t.kernelLength() + i);
                        }
                    }
                    weightTile[item + i] = value;
                }
            }
            if (inside) {
                for (int i = 0; i < t.depth() * t.pixels() / GROUP; i++) {
                    int channel = block * t.depth() + inputDepth + i * (GROUP / t.pixels());
                    inputTile[item + i * GROUP] = channelOrZero(
                            x, inputIndex + i * (GROUP / t.pixels()) * plane, channel, perGroup, t.depth());
                }
            } else {
                for (int i = 0; i < t.depth() * t.pixels() / GROUP; i++) {
                    inputTile[item + i * GROUP] = 0.0f;
                }
            }
            weightIndex += t.weightsPerStep();
            inputIndex += t.depth() * plane;
            block++;
            if (block == t.channelBlocks()) {
                block = 0;
                tap++;
                row = firstRow + tap / s.kernelWidth() * s.dilationHeight();
                inColumn = firstColumn + tap % s.kernelWidth() * s.dilationWidth();
                inside = pixel < pixels && row >= 0 && row < s.height() && inColumn >= 0 && inColumn < s.width();
                inputIndex = (firstPlane * s.height() + row) * s.width() + inColumn;
            }
            context.localBarrier();
            for (int first = 0; first < t.depth(); first += UNROLLED) {
                for (int next = 0; next < UNROLLED; next++) {
                    int d = first + next;
                    int weightAt = d * t.channels() + channelOfTile;
                    int inputAt = d * t.pixels() + column;
                    float a = inputTile[inputAt];
                    float w0 = weightTile[weightAt + 0];
                    float w1 = weightTile[weightAt + 1];
                    float w2 = weightTile[weightAt + 2];
                    float w3 = weightTile[weightAt + 3];
                    float w4 = weightTile[weightAt + 4];
                    float w5 = weightTile[weightAt + 5];
                    float w6 = weightTile[weightAt + 6];
                    float w7 = weightTile[weightAt + 7];
                    float w8 = weightTile[weightAt + 8];
                    float w9 = weightTile[weightAt + 9];
                    float w10 = weightTile[weightAt + 10];
                    float w11 = weightTile[weightAt + 11];
                    float w12 = weightTile[weightAt + 12];
                    float w13 = weightTile[weightAt + 13];
                    float w14 = weightTile[weightAt + 14];
                    float w15 = weightTile[weightAt + 15];
                    s0A += w0 * a;
                    s1A += w1 * a;
                    s2A += w2 * a;
                    s3A += w3 * a;
                    s4A += w4 * a;
                    s5A += w5 * a;
                    s6A += w6 * a;
                    s7A += w7 * a;
                    s8A += w8 * a;
                    s9A += w9 * a;
                    s10A += w10 * a;
                    s11A += w11 * a;
                    s12A += w12 * a;
                    s13A += w13 * a;
                    s14A += w14 * a;
                    s15A += w15 * a;
                    if (t.perItem() > 1) {
                        float b = inputTile[inputAt + LANES];
                        s0B += w0 * b;
                        s1B += w1 * b;
                        s2B += w2 * b;
                        s3B += w3 * b;
                        s4B += w4 * b;
                        s5B += w5 * b;
                        s6B += w6 * b;
                        s7B += w7 * b;
                        s8B += w8 * b;
                        s9B += w9 * b;
                        s10B += w10 * b;
                        s11B += w11 * b;
                        s12B += w12 * b;
                        s13B += w13 * b;
                        s14B += w14 * b;
                        s15B += w15 * b;
                    }
                    if (t.perItem() > 2) {
                        float c = inputTile[inputAt + 2 * LANES];
                        float d4 = inputTile[inputAt + 3 * LANES];
                        s0C += w0 * c;
                        s0D += w0 * d4;
                        s1C += w1 * c;
                        s1D += w1 * d4;
                        s2C += w2 * c;
                        s2D += w2 * d4;
                        s3C += w3 * c;
                        s3D += w3 * d4;
                        s4C += w4 * c;
                        s4D += w4 * d4;
                        s5C += w5 * c;
                        s5D += w5 * d4;
                        s6C += w6 * c;
                        s6D += w6 * d4;
                        s7C += w7 * c;
                        s7D += w7 * d4;
                        s8C += w8 * c;
                        s8D += w8 * d4;
                        s9C += w9 * c;
                        s9D += w9 * d4;
                        s10C += w10 * c;
                        s10D += w10 * d4;
                        s11C += w11 * c;
                        s11D += w11 * d4;
                        s12C += w12 * c;
                        s12D += w12 * d4;
                        s13C += w13 * c;
                        s13D += w13 * d4;
                        s14C += w14 * c;
                        s14D += w14 * d4;
                        s15C += w15 * c;
                        s15D += w15 * d4;
                    }
                }
            }
            context.localBarrier();
        }

        int channel = context.groupIdy * t.channels() + channelOfTile;
        int out = context.groupIdx * t.pixels() + column;
        int kernel = n * s.kernelsPerSample() * s.outPlanes();
        int planes = (split * s.batch() + n) * s.outPlanes();
        store(y, bias, kernel, planes, group, channel + 0, out, s0A, s0B, s0C, s0D, t);
        store(y, bias, kernel, planes, group, channel + 1, out, s1A, s1B, s1C, s1D, t);
        store(y, bias, kernel, planes, group, channel + 2, out, s2A, s2B, s2C, s2D, t);
        store(y, bias, kernel, planes, group, channel + 3, out, s3A, s3B, s3C, s3D, t);
        store(y, bias, kernel, planes, group, channel + 4, out, s4A, s4B, s4C, s4D, t);
        store(y, bias, kernel, planes, group, channel + 5, out, s5A, s5B, s5C, s5D, t);
        store(y, bias, kernel, planes, group, channel + 6, out, s6A, s6B, s6C, s6D, t);
        store(y, bias, kernel, planes, group, channel + 7, out, s7A, s7B, s7C, s7D, t);
        store(y, bias, kernel, planes, group, channel + 8, out, s8A, s8B, s8C, s8D, t);
        store(y, bias, kernel, planes, group, channel + 9, out, s9A, s9B, s9C, s9D, t);
        store(y, bias, kernel, planes, group, channel + 10, out, s10A, s10B, s10C, s10D, t);
        store(y, bias, kernel, planes, group, channel + 11, out, s11A, s11B, s11C, s11D, t);
        store(y, bias, kernel, planes, group, channel + 12, out, s12A, s12B, s12C, s12D, t);
        store(y, bias, kernel, planes, group, channel + 13, out, s13A, s13B, s13C, s13D, t);
        store(y, bias, kernel, planes, group, channel + 14, out, s14A, s14B, s14C, s14D, t);
        store(y, bias, kernel, planes, group, channel + 15, out, s15A, s15B, s15C, s15D, t);
    }

    /** An input, or zero for the channels beyond the last one that fill up a step. */
    private static float channelOrZero(FloatArray x, int index, int channel, int channels, int depth) {
        float value = 0.0f;
        if (channels % depth == 0 || channel < channels) {
            value = x.get(index);
        }
        return value;
    }

    /** Writes the outputs of one channel that lie within the image. */
    private static void store(
            FloatArray y,
            FloatArray bias,
            int kernel,
            int planes,
            int group,
            int channel,
            int pixel,
            float a,
            float b,
            float c,
            float d,
            ConvolutionTile t) {
        ConvolutionShape s = t.shape();
        int outPerGroup = s.outPlanes() / s.groups();
        int pixels = s.outHeight() * s.outWidth();
        if (channel < outPerGroup) {
            int plane = group * outPerGroup + channel;
            float plus = 0.0f;
            if (t.splits() == 1) {
                plus = bias.get(kernel + plane);
            }
            int index = (planes + plane) * pixels + pixel;
            if (pixel < pixels) {
                y.set(index, a + plus);
            }
            if (t.perItem() > 1) {
                if (pixel + LANES < pixels) {
                    y.set(index + LANES, b + plus);
                }
            }
            if (t.perItem() > 2) {
                if (pixel + 2 * LANES < pixels) {
                    y.set(index + 2 * LANES, c + plus);
                }
                if (pixel + 3 * LANES < pixels) {
                    y.set(index + 3 * LANES, d + plus);
                }
            }
        }
    }

    /**
     * {@code y[n, oc, p] = bias[n, oc] + Σ_s partial[s, n, oc, p]}.
     *
     * <p>partial: {@code [splits, N, O, H'·W']}, bias: {@code [N, O]}, y: {@code [N, O, H'·W']}.
     *
     * <p>One work-item computes one output; neighbours read and write neighbouring addresses.
     *
     * <p>Launch: H'·W' x N·O. For GPUs.
     *
     * @param partial what {@link #implicitGemm} wrote
     * @param bias aggregated biases
     * @param y overwritten
     * @param t all sizes
     */
    public static void sumSplits(FloatArray partial, FloatArray bias, FloatArray y, ConvolutionTile t) {
        for (@Parallel int plane = 0; plane < t.shape().batch() * t.shape().outPlanes(); plane++) {
            for (@Parallel int p = 0; p < t.shape().outHeight() * t.shape().outWidth(); p++) {
                int pixels = t.shape().outHeight() * t.shape().outWidth();
                int outPlanes = t.shape().outPlanes();
                int n = plane / outPlanes;
                int index = plane * pixels + p;
                float sum = bias.get(n * t.shape().kernelsPerSample() * outPlanes + plane - n * outPlanes);
                for (int split = 0; split < t.splits(); split++) {
                    sum += partial.get(split * t.shape().batch() * outPlanes * pixels + index);
                }
                y.set(index, sum);
            }
        }
    }
}
