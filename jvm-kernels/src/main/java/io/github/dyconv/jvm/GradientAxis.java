package io.github.dyconv.jvm;

import io.github.dyconv.Size2D;
import io.github.dyconv.spi.ForwardProblem;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * One axis of one phase of the input's gradient: input pixels residue, residue + stride, … get from the output's gradient a
 * convolution at stride 1 with those taps that reach them.
 *
 * <p>Input pixel {@code i = residue + stride · q} is read by output {@code o} at tap k where {@code i = o · stride − padding + k ·
 * dilation}. So the taps are those k for which {@code residue + padding − k · dilation} is a multiple of the stride, and {@code o =
 * q + (residue + padding − k · dilation) / stride}: with k falling, equally spaced. As padding is the same on both sides, the
 * convolution may give more pixels than wanted on one; {@code crop} are before the first one wanted.
 *
 * @param residue the first pixel
 * @param count pixels wanted
 * @param taps indices along this axis in the order of the convolution; none if no output reads these pixels
 * @param dilation distance between them in the output
 * @param padding of the output's gradient
 * @param crop the convolution's pixels before the first one wanted
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record GradientAxis(int residue, int count, int[] taps, int dilation, int padding, int crop) {
    /** The phases of an axis. */
    static GradientAxis[] of(ForwardProblem problem, boolean rows) {
        var g = problem.geometry();
        int in = rows ? problem.height() : problem.width();
        int stride = along(g.stride(), rows);
        int out = rows ? problem.outHeight() : problem.outWidth();
        return IntStream.range(0, Math.min(stride, in))
                .mapToObj(residue -> of(
                        residue,
                        Math.ceilDiv(in - residue, stride),
                        out,
                        along(g.kernelSize(), rows),
                        stride,
                        along(g.padding(), rows),
                        along(g.dilation(), rows)))
                .toArray(GradientAxis[]::new);
    }

    private static int along(Size2D size, boolean rows) {
        return rows ? size.height() : size.width();
    }

    private static GradientAxis of(int residue, int count, int out, int kernel, int stride, int padding, int dilation) {
        int[] rising = IntStream.range(0, kernel)
                .filter(k -> (residue + (long) padding - (long) k * dilation) % stride == 0)
                .toArray();
        if (rising.length == 0) {
            return new GradientAxis(residue, count, rising, 1, 0, 0);
        }
        int[] taps = new int[rising.length];
        Arrays.setAll(taps, i -> rising[rising.length - 1 - i]);
        long first = (residue + (long) padding - (long) taps[0] * dilation) / stride;
        long apart = taps.length == 1 ? 1 : (long) (taps[0] - taps[1]) * dilation / stride;
        long reach = apart * (taps.length - 1);
        long around = Math.max(0, Math.max(-first, count + first + reach - out));
        return new GradientAxis(
                residue, count, taps, Math.toIntExact(apart), Math.toIntExact(around), Math.toIntExact(first + around));
    }

    /** Pixels that the convolution gives for so many of the output. */
    int given(int out) {
        return Math.toIntExact(out + 2L * padding - (long) dilation * (taps.length - 1));
    }
}
