package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Puts the pixels of the output's gradient where the convolution that computes the input's expects them. */
public final class SpreadKernels {
    private SpreadKernels() {}

    /**
     * {@code spread[p, paddingHeight + h·strideHeight, paddingWidth + w·strideWidth] = dy[p, h, w]}, as far as that is within
     * it, and zeros elsewhere.
     *
     * <p>dy: {@code [planes, H', W']}, spread: {@code [planes, spreadHeight, spreadWidth]}.
     *
     * <p>One work-item writes one plane. It has no conditions but its loops': TornadoVM generates no code for one that turns
     * out constant.
     *
     * <p>Launch: planes. For all devices.
     *
     * @param dy the output's gradient
     * @param spread overwritten
     * @param s all sizes
     */
    public static void spread(FloatArray dy, FloatArray spread, SpreadShape s) {
        for (@Parallel int plane = 0; plane < s.planes(); plane++) {
            int first = plane * s.spreadHeight() * s.spreadWidth();
            for (int i = 0; i < s.spreadHeight() * s.spreadWidth(); i++) {
                spread.set(first + i, 0.0f);
            }
            for (int h = s.firstRow(); h < s.endRow(); h++) {
                int from = (plane * s.height() + h) * s.width();
                int to = first + (h * s.strideHeight() + s.paddingHeight()) * s.spreadWidth() + s.paddingWidth();
                for (int w = s.firstColumn(); w < s.endColumn(); w++) {
                    spread.set(to + w * s.strideWidth(), dy.get(from + w));
                }
            }
        }
    }
}
