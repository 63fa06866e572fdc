package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Global average pooling.
 *
 * <p>Ladder: {@link #average} gives each plane to one work-item, which suits CPUs and FPGAs; {@link #averageAndPad}
 * also copies it while it is in cache; {@link #averageByGroup} gives it to a work-group, whose work-items read neighbouring addresses and add up their sums in local memory: what a GPU needs
 * to be busy with few planes and to read whole sectors.
 */
public final class PoolKernels {
    /** Work-items of a group in {@link #averageByGroup}: a power of two. */
    static final int GROUP = 128;

    /** Pixels summed in four chains of roundings, side by side. */
    private static final int CHAIN = 256;

    private PoolKernels() {}

    /**
     * {@code pooled[p] = mean over i of x[p, i]}.
     *
     * <p>x: {@code [planes, pixels]}, pooled: {@code [planes]}.
     *
     * <p>One work-item sums one plane.
     *
     * <p>Launch: planes. For CPUs and FPGAs.
     *
     * @param x input
     * @param pooled overwritten
     * @param s all sizes
     */
    public static void average(FloatArray x, FloatArray pooled, PlaneShape s) {
        for (@Parallel int p = 0; p < s.planes(); p++) {
            pooled.set(p, sum(x, p * s.pixels(), s.pixels()) / s.pixels());
        }
    }

    /**
     * {@code pooled[n, c] = mean over h, w of x[n, c, h, w]}, and a copy of x with zeros around.
     *
     * <p>x: {@code [N, C, H, W]}, pooled: {@code [N, C]}, padded: {@code [N, C, paddedHeight, paddedWidth]}.
     *
     * <p>One work-item sums and copies one plane.
     *
     * <p>Launch: N·C. For CPUs.
     *
     * @param x input
     * @param pooled overwritten
     * @param padded overwritten
     * @param p all sizes
     */
    public static void averageAndPad(FloatArray x, FloatArray pooled, FloatArray padded, PanelShape p) {
        ConvolutionShape s = p.convolution();
        for (@Parallel int plane = 0; plane < s.batch() * s.inPlanes(); plane++) {
            int pixels = s.height() * s.width();
            pooled.set(plane, sum(x, plane * pixels, pixels) / pixels);
            int end = Math.min(s.paddingWidth() + s.width(), p.paddedWidth());
            for (int row = 0; row < p.paddedHeight(); row++) {
                int to = (plane * p.paddedHeight() + row) * p.paddedWidth();
                int h = row - s.paddingHeight();
                if (h >= 0 && h < s.height()) {
                    int from = (plane * s.height() + h) * s.width() - s.paddingWidth();
                    zero(padded, to, Math.min(s.paddingWidth(), p.paddedWidth()));
                    for (int column = s.paddingWidth(); column < end; column++) {
                        padded.set(to + column, x.get(from + column));
                    }
                    zero(padded, to + end, p.paddedWidth() - end);
                } else {
                    zero(padded, to, p.paddedWidth());
                }
            }
        }
    }

    private static void zero(FloatArray array, int first, int length) {
        for (int i = 0; i < length; i++) {
            array.set(first + i, 0.0f);
        }
    }

    /** A sum of a plane in chains, each as four sums that don't wait for each other. */
    private static float sum(FloatArray x, int first, int pixels) {
        float sum = 0.0f;
        for (int begin = 0; begin < pixels; begin += CHAIN) {
            int end = Math.min(begin + CHAIN, pixels);
            int whole = begin + (end - begin) / 4 * 4;
            float part0 = 0.0f;
            float part1 = 0.0f;
            float part2 = 0.0f;
            float part3 = 0.0f;
            for (int i = begin; i < whole; i += 4) {
                part0 += x.get(first + i);
                part1 += x.get(first + i + 1);
                part2 += x.get(first + i + 2);
                part3 += x.get(first + i + 3);
            }
            for (int i = whole; i < end; i++) {
                part0 += x.get(first + i);
            }
            sum += (part0 + part1) + (part2 + part3);
        }
        return sum;
    }

    /**
     * {@code pooled[p] = mean over i of x[p, i]}.
     *
     * <p>x: {@code [planes, pixels]}, pooled: {@code [planes]}.
     *
     * <p>One work-group sums one plane: its work-items take every {@value #GROUP}th pixel, then halve the sums in local
     * memory, a barrier between steps.
     *
     * <p>Launch: planes · {@value #GROUP} in groups of {@value #GROUP}. For GPUs.
     *
     * @param context the work-item
     * @param x input
     * @param pooled overwritten
     * @param pixels H · W
     */
    public static void averageByGroup(KernelContext context, FloatArray x, FloatArray pooled, int pixels) {
        int plane = context.groupIdx;
        int item = context.localIdx;
        float[] sums = context.allocateFloatLocalArray(GROUP);
        float sum = 0.0f;
        for (int i = item; i < pixels; i += GROUP) {
            sum += x.get(plane * pixels + i);
        }
        sums[item] = sum;
        for (int half = GROUP / 2; half > 0; half /= 2) {
            context.localBarrier();
            if (item < half) {
                sums[item] += sums[item + half];
            }
        }
        if (item == 0) {
            pooled.set(plane, sums[0] / pixels);
        }
    }
}
