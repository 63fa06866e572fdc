package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The convolution of {@link ConvolutionKernels} as a matrix product, for GPUs.
 *
 * <p>Ladder: {@link #implicitGemm} multiplies tiles of weights and of gathered input in local memory, 4 x 4 outputs per
 * work-item, so that each value read from global memory serves 32 multiply-adds.
 */
public final class ImplicitGemmKernels {
    /** Output channels and output pixels of one tile in {@link #implicitGemm}. */
    static final int TILE = 32;

    /** Products summed per step of {@link #implicitGemm}. */
    static final int DEPTH = 8;

    /** Work-items along each side of a group: each computes {@value #PER_ITEM} x {@value #PER_ITEM} outputs. */
    static final int SIDE = 8;

    /** Output channels, and output pixels, of one work-item in {@link #implicitGemm}. */
    static final int PER_ITEM = TILE / SIDE;

    private static final int ITEMS = SIDE * SIDE;

    private ImplicitGemmKernels() {}

    /**
     * The convolution as the product of weights {@code [O/G, C/G·kh·kw]} and input gathered on the fly {@code [C/G·kh·kw,
     * H'·W']}, for each sample and group.
     *
     * <p>x: {@code [N, C, H, W]}, weight: {@code [N, O, C/G, kh, kw]}, bias: {@code [N, O]}, y: {@code [N, O, H', W']}.
     *
     * <p>One work-group computes {@value #TILE} channels x {@value #TILE} pixels, a work-item every {@value #SIDE}th
     * channel and pixel of them; {@value #DEPTH} products at a time pass through local memory, padded with zeros where a
     * tile reaches beyond its matrix.
     *
     * <p>Launch: groups of {@value #SIDE} x {@value #SIDE}; ⌈H'·W' / {@value #TILE}⌉ x ⌈O/G / {@value #TILE}⌉ x N·G of
     * them. For GPUs.
     *
     * @param context the work-item
     * @param x input
     * @param weight aggregated kernels
     * @param bias aggregated biases
     * @param y overwritten
     * @param s all sizes
     */
    public static void implicitGemm(
            KernelContext context, FloatArray x, FloatArray weight, FloatArray bias, FloatArray y, ConvolutionShape s) {
        int perGroup = s.inPlanes() / s.groups();
        int outPerGroup = s.outPlanes() / s.groups();
        int taps = s.kernelHeight() * s.kernelWidth();
        int depth = perGroup * taps;
        int pixels = s.outHeight() * s.outWidth();
        int n = context.groupIdz / s.groups();
        int group = context.groupIdz - n * s.groups();
        int itemX = context.localIdx;
        int itemY = context.localIdy;
        int item = itemY * SIDE + itemX;
        int firstPixel = context.groupIdx * TILE;
        int firstChannel = context.groupIdy * TILE;
        int firstKernel = n * s.kernelsPerSample() * s.outPlanes() + group * outPerGroup + firstChannel;
        int firstPlane = n * s.outPlanes() + group * outPerGroup + firstChannel;
        int channels = Math.min(TILE, outPerGroup - firstChannel);
        int xPlane = n * s.inPlanes() + group * perGroup;

        float[] weightTile = context.allocateFloatLocalArray(DEPTH * TILE);
        float[] inputTile = context.allocateFloatLocalArray(DEPTH * TILE);
        float[] sums = new float[PER_ITEM * PER_ITEM];
        for (int i = 0; i < PER_ITEM * PER_ITEM; i++) {
            sums[i] = 0.0f; // private arrays come uninitialised
        }

        // What a work-item loads: weights with neighbours along depth, and inputs with neighbours along pixels.
        int weightDepth = item % DEPTH;
        int weightRow = item / DEPTH;
        int inputDepth = item / TILE;
        int inputColumn = item % TILE;
        int pixel = firstPixel + inputColumn;
        int oh = pixel / s.outWidth();
        int ow = pixel - oh * s.outWidth();
        int firstRow = oh * s.strideHeight() - s.paddingHeight();
        int firstColumn = ow * s.strideWidth() - s.paddingWidth();

        for (int step = 0; step < depth; step += DEPTH) {
            for (int i = 0; i < PER_ITEM; i++) {
                int row = weightRow + i * SIDE;
                int d = step + weightDepth;
                float value = 0.0f;
                if (d < depth && row < channels) {
                    value = weight.get((firstKernel + row) * depth + d);
                }
                weightTile[weightDepth * TILE + row] = value;
            }
            for (int i = 0; i < DEPTH; i += ITEMS / TILE) {
                int d = step + inputDepth + i;
                float value = 0.0f;
                if (d < depth && pixel < pixels) {
                    int ic = d / taps;
                    int tap = d - ic * taps;
                    int kh = tap / s.kernelWidth();
                    int kw = tap - kh * s.kernelWidth();
                    int row = firstRow + kh * s.dilationHeight();
                    int column = firstColumn + kw * s.dilationWidth();
                    if (row >= 0 && row < s.height() && column >= 0 && column < s.width()) {
                        value = x.get(((xPlane + ic) * s.height() + row) * s.width() + column);
                    }
                }
                inputTile[(inputDepth + i) * TILE + inputColumn] = value;
            }
            context.localBarrier();
            for (int d = 0; d < DEPTH; d++) {
                for (int i = 0; i < PER_ITEM; i++) {
                    float w = weightTile[d * TILE + itemY + i * SIDE];
                    for (int j = 0; j < PER_ITEM; j++) {
                        sums[i * PER_ITEM + j] += w * inputTile[d * TILE + itemX + j * SIDE];
                    }
                }
            }
            context.localBarrier();
        }

        for (int i = 0; i < PER_ITEM; i++) {
            int row = itemY + i * SIDE;
            for (int j = 0; j < PER_ITEM; j++) {
                int column = firstPixel + itemX + j * SIDE;
                if (row < channels && column < pixels) {
                    float sum = sums[i * PER_ITEM + j] + bias.get(firstKernel + row);
                    y.set((firstPlane + row) * pixels + column, sum);
                }
            }
        }
    }
}
