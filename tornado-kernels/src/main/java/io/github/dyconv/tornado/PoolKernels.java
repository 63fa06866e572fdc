package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat16;
import uk.ac.manchester.tornado.api.types.vectors.Float16;

/**
 * Global average pooling.
 *
 * <p>Ladder: {@link #average} gives each plane to one work-item, which suits CPUs and FPGAs; {@link #averageOfVectors} has it read
 * 16 pixels at a time; {@link #averageAndPad} also copies the plane while it is in cache; {@link AttentionKernels#attentionFromInput}
 * goes on to the attention; {@link #averageByGroup} gives a plane to a work-group, whose work-items read neighbouring addresses
 * and add up their sums in local memory: what a GPU needs to be busy with few planes and to read whole sectors.
 */
public final class PoolKernels {
    /** Work-items of a group in {@link #averageByGroup}: a power of two. */
    static final int GROUP = 128;

    /** Pixels, or vectors of pixels, in a chain of roundings. */
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
     * {@code pooled[p] = mean over i of x[p, i]}.
     *
     * <p>x: {@code [planes, pixels]}, pooled: {@code [planes]}.
     *
     * <p>One work-item sums one plane, 16 pixels at a time.
     *
     * <p>Launch: planes. For CPUs.
     *
     * @param x input
     * @param pooled overwritten
     * @param s all sizes
     */
    public static void averageOfVectors(FloatArray x, FloatArray pooled, PlaneShape s) {
        for (@Parallel int p = 0; p < s.planes(); p++) {
            pooled.set(p, averageOfVectors(x, p, s.pixels()));
        }
    }

    /** The mean of a plane, 16 pixels at a time. */
    static float averageOfVectors(FloatArray x, int plane, int pixels) {
        return sumOfVectors(x, plane * pixels, pixels) / pixels;
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
            pooled.set(plane, averageOfVectors(x, plane, s.height() * s.width()));
            padPlane(x, plane, padded, plane, p);
        }
    }

    /** A copy of a plane with zeros around. */
    static void padPlane(FloatArray x, int plane, FloatArray padded, int copy, PanelShape p) {
        ConvolutionShape s = p.convolution();
        int end = Math.min(s.paddingWidth() + s.width(), p.paddedWidth());
        for (int row = 0; row < p.paddedHeight(); row++) {
            int to = (copy * p.paddedHeight() + row) * p.paddedWidth();
            int h = row - s.paddingHeight();
            if (h >= 0 && h < s.height()) {
                int from = (plane * s.height() + h) * s.width() - s.paddingWidth();
                zero(padded, to, Math.min(s.paddingWidth(), p.paddedWidth()));
                copy(x, from + s.paddingWidth(), padded, to + s.paddingWidth(), end - s.paddingWidth());
                zero(padded, to + end, p.paddedWidth() - end);
            } else {
                zero(padded, to, p.paddedWidth());
            }
        }
    }

    /** Eight at a time: of TornadoVM's code for one at a time, PoCL's compiler makes a loop that takes twice as long. */
    private static void copy(FloatArray x, int from, FloatArray padded, int to, int length) {
        int whole = length / 8 * 8;
        for (int i = 0; i < whole; i += 8) {
            float x0 = x.get(from + i);
            float x1 = x.get(from + i + 1);
            float x2 = x.get(from + i + 2);
            float x3 = x.get(from + i + 3);
            float x4 = x.get(from + i + 4);
            float x5 = x.get(from + i + 5);
            float x6 = x.get(from + i + 6);
            float x7 = x.get(from + i + 7);
            padded.set(to + i, x0);
            padded.set(to + i + 1, x1);
            padded.set(to + i + 2, x2);
            padded.set(to + i + 3, x3);
            padded.set(to + i + 4, x4);
            padded.set(to + i + 5, x5);
            padded.set(to + i + 6, x6);
            padded.set(to + i + 7, x7);
        }
        for (int i = whole; i < length; i++) {
            padded.set(to + i, x.get(from + i));
        }
    }

    /**
     * A sum of a plane in chains of vectors; floats before the first whole vector and behind the last are summed one by one. Of
     * a loop over floats alone PoCL's compiler makes gathers, as it can't see in TornadoVM's code that they are neighbours.
     */
    private static float sumOfVectors(FloatArray x, int first, int pixels) {
        VectorFloat16 vectors = new VectorFloat16(x);
        int end = first + pixels;
        int firstVector = (first + PanelShape.LANES - 1) / PanelShape.LANES;
        int endVector = end / PanelShape.LANES;
        float sum = 0.0f;
        for (int i = first; i < Math.min(firstVector * PanelShape.LANES, end); i++) {
            sum += x.get(i);
        }
        for (int begin = firstVector; begin < endVector; begin += CHAIN) {
            int stop = Math.min(begin + CHAIN, endVector);
            Float16 part = vectors.get(begin);
            for (int i = begin + 1; i < stop; i++) {
                part = Float16.add(part, vectors.get(i));
            }
            sum += total(part);
        }
        for (int i = Math.max(firstVector, endVector) * PanelShape.LANES; i < end; i++) {
            sum += x.get(i);
        }
        return sum;
    }

    private static float total(Float16 v) {
        return ((v.getS0() + v.getS1()) + (v.getS2() + v.getS3()))
                + ((v.getS4() + v.getS5()) + (v.getS6() + v.getS7()))
                + ((v.getS8() + v.getS9()) + (v.getS10() + v.getS11()))
                + ((v.getS12() + v.getS13()) + (v.getS14() + v.getS15()));
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
