package io.github.dyconv.spi;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.ForwardOptions;

/**
 * What a plan computes: everything that does not change between its runs.
 *
 * @param config the layer
 * @param batch samples N
 * @param height input rows H
 * @param width input columns W
 * @param options how to compute
 * @param dynamic false for a plain convolution with the only kernel of a K = 1 layer: no attention is computed. The
 *     yardstick for benchmarks
 */
public record ForwardProblem(
        DYConv2dConfig config, int batch, int height, int width, ForwardOptions options, boolean dynamic) {
    /**
     * Checks that a plain convolution has one kernel.
     *
     * @throws IllegalArgumentException if not
     */
    public ForwardProblem {
        if (!dynamic && config.kernels() != 1) {
            throw new IllegalArgumentException("dynamic: a plain convolution has one kernel, not " + config.kernels());
        }
    }

    /**
     * The convolution's geometry.
     *
     * @return that of the layer
     */
    public Conv2dGeometry geometry() {
        return config.geometry();
    }

    /**
     * Output rows.
     *
     * @return the number
     */
    public int outHeight() {
        return geometry().outHeight(height);
    }

    /**
     * Output columns.
     *
     * @return the number
     */
    public int outWidth() {
        return geometry().outWidth(width);
    }
}
