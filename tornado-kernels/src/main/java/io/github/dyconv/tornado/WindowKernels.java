package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Pooling over windows that slide as a depthwise convolution's kernel does, from {@code oh·sh − ph} and {@code ow·sw − pw};
 * {@link PoolKernels} has that over whole planes.
 *
 * <p>Launch of both: W' x H' x N·C, one output per work-item. For all devices.
 */
public final class WindowKernels {
    private WindowKernels() {}

    /**
     * {@code y[p, oh, ow] = max over the window's pixels within x[p]}.
     *
     * <p>x: {@code [N, C, H, W]}, y: {@code [N, C, H', W']}.
     *
     * @param x input
     * @param y overwritten
     * @param s all sizes, of a window for a kernel
     */
    public static void windowMaximum(FloatArray x, FloatArray y, ConvolutionShape s) {
        for (@Parallel int plane = 0; plane < s.batch() * s.inPlanes(); plane++) {
            for (@Parallel int oh = 0; oh < s.outHeight(); oh++) {
                for (@Parallel int ow = 0; ow < s.outWidth(); ow++) {
                    int firstRow = oh * s.strideHeight() - s.paddingHeight();
                    int firstColumn = ow * s.strideWidth() - s.paddingWidth();
                    int top = TornadoMath.max(firstRow, 0);
                    int left = TornadoMath.max(firstColumn, 0);
                    int bottom = TornadoMath.min(firstRow + s.kernelHeight(), s.height());
                    int right = TornadoMath.min(firstColumn + s.kernelWidth(), s.width());
                    // Padding is at most half the window, so one pixel at least is within.
                    float largest = x.get((plane * s.height() + top) * s.width() + left);
                    for (int h = top; h < bottom; h++) {
                        for (int w = left; w < right; w++) {
                            largest = TornadoMath.max(largest, x.get((plane * s.height() + h) * s.width() + w));
                        }
                    }
                    y.set((plane * s.outHeight() + oh) * s.outWidth() + ow, largest);
                }
            }
        }
    }

    /**
     * {@code y[p, oh, ow] = Σ of the window's pixels within x[p] / (kh·kw)}.
     *
     * <p>x: {@code [N, C, H, W]}, y: {@code [N, C, H', W']}.
     *
     * @param x input
     * @param y overwritten
     * @param s all sizes, of a window for a kernel
     */
    public static void windowAverage(FloatArray x, FloatArray y, ConvolutionShape s) {
        for (@Parallel int plane = 0; plane < s.batch() * s.inPlanes(); plane++) {
            for (@Parallel int oh = 0; oh < s.outHeight(); oh++) {
                for (@Parallel int ow = 0; ow < s.outWidth(); ow++) {
                    int firstRow = oh * s.strideHeight() - s.paddingHeight();
                    int firstColumn = ow * s.strideWidth() - s.paddingWidth();
                    int top = TornadoMath.max(firstRow, 0);
                    int left = TornadoMath.max(firstColumn, 0);
                    int bottom = TornadoMath.min(firstRow + s.kernelHeight(), s.height());
                    int right = TornadoMath.min(firstColumn + s.kernelWidth(), s.width());
                    float sum = 0.0f;
                    for (int h = top; h < bottom; h++) {
                        for (int w = left; w < right; w++) {
                            sum += x.get((plane * s.height() + h) * s.width() + w);
                        }
                    }
                    y.set((plane * s.outHeight() + oh) * s.outWidth() + ow, sum / (s.kernelHeight() * s.kernelWidth()));
                }
            }
        }
    }
}
