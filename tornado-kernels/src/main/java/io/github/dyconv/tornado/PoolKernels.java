package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Global average pooling.
 *
 * <p>Ladder: {@link #average} gives each plane to one work-item, which suits CPUs and FPGAs; {@link #averageByGroup} gives
 * it to a work-group, whose work-items read neighbouring addresses and add up their sums in local memory: what a GPU needs
 * to be busy with few planes and to read whole sectors.
 */
public final class PoolKernels {
    /** Work-items of a group in {@link #averageByGroup}: a power of two. */
    static final int GROUP = 128;

    /** Pixels that {@link #average} sums in one chain of roundings. */
    private static final int CHAIN = 64;

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
     * @param planes N · C
     * @param pixels H · W
     */
    public static void average(FloatArray x, FloatArray pooled, int planes, int pixels) {
        for (@Parallel int p = 0; p < planes; p++) {
            float sum = 0.0f;
            for (int begin = 0; begin < pixels; begin += CHAIN) {
                int end = Math.min(begin + CHAIN, pixels);
                float part = 0.0f;
                for (int i = begin; i < end; i++) {
                    part += x.get(p * pixels + i);
                }
                sum += part;
            }
            pooled.set(p, sum / pixels);
        }
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
