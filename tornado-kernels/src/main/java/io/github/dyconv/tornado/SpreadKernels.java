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
     * <p>One work-item writes one row.
     *
     * <p>Launch: spreadHeight x planes. For all devices.
     *
     * @param dy the output's gradient
     * @param spread overwritten
     * @param s all sizes
     */
    public static void spread(FloatArray dy, FloatArray spread, SpreadShape s) {
        for (@Parallel int plane = 0; plane < s.planes(); plane++) {
            for (@Parallel int row = 0; row < s.spreadHeight(); row++) {
                int to = (plane * s.spreadHeight() + row) * s.spreadWidth();
                for (int column = 0; column < s.spreadWidth(); column++) {
                    spread.set(to + column, 0.0f);
                }
                int below = row - s.paddingHeight();
                if (below >= 0 && below % s.strideHeight() == 0 && below / s.strideHeight() < s.height()) {
                    int from = (plane * s.height() + below / s.strideHeight()) * s.width();
                    for (int w = 0; w < s.width(); w++) {
                        int column = w * s.strideWidth() + s.paddingWidth();
                        if (column >= 0 && column < s.spreadWidth()) {
                            spread.set(to + column, dy.get(from + w));
                        }
                    }
                }
            }
        }
    }
}
