package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * What stands between the convolutions of a network in evaluation: batch normalization, by then a factor and a summand for
 * each channel, the sum at the end of a residual block, and ReLU or ReLU6, each alone or together in one pass over memory. No
 * kernel has the name of a function of OpenCL's, such as normalize: it would not be found.
 *
 * <p>Below, f(v) is {@code v}, {@code max(v, 0)} or {@code min(max(v, 0), ceiling)}, and c the channel of element i.
 *
 * <p>Launch of all: N·C·plane, one element per work-item; neighbours read and write neighbouring addresses. For all devices.
 */
public final class ElementwiseKernels {
    private ElementwiseKernels() {}

    /**
     * {@code y[i] = f(x[i] · numbers[offset + c] + numbers[offset + C + c])}.
     *
     * <p>x, y: {@code [N, C, plane]}, numbers: at its offset {@code [2, C]}.
     *
     * @param x input
     * @param numbers of all normalizations
     * @param y overwritten
     * @param s all sizes
     */
    public static void affine(FloatArray x, FloatArray numbers, FloatArray y, ElementwiseShape s) {
        for (@Parallel int i = 0; i < s.size(); i++) {
            int factor = s.offset() + i / s.plane() % s.channels();
            y.set(i, bounded(x.get(i) * numbers.get(factor) + numbers.get(factor + s.channels()), s));
        }
    }

    /**
     * {@code y[i] = f(x[i] · numbers[offset + c] + numbers[offset + C + c] + other[i])}.
     *
     * <p>x, other, y: {@code [N, C, plane]}, numbers: at its offset {@code [2, C]}.
     *
     * @param x input
     * @param numbers of all normalizations
     * @param other what is added
     * @param y overwritten
     * @param s all sizes
     */
    public static void affineAndAdd(
            FloatArray x, FloatArray numbers, FloatArray other, FloatArray y, ElementwiseShape s) {
        for (@Parallel int i = 0; i < s.size(); i++) {
            int factor = s.offset() + i / s.plane() % s.channels();
            float normalized = x.get(i) * numbers.get(factor) + numbers.get(factor + s.channels());
            y.set(i, bounded(normalized + other.get(i), s));
        }
    }

    /**
     * {@code y[i] = f(x[i] + other[i])}.
     *
     * <p>x, other, y: {@code [N, C, plane]}.
     *
     * @param x input
     * @param other what is added
     * @param y overwritten
     * @param s all sizes
     */
    public static void sum(FloatArray x, FloatArray other, FloatArray y, ElementwiseShape s) {
        for (@Parallel int i = 0; i < s.size(); i++) {
            y.set(i, bounded(x.get(i) + other.get(i), s));
        }
    }

    /**
     * {@code y[i] = f(x[i])}.
     *
     * <p>x, y: {@code [N, C, plane]}.
     *
     * @param x input
     * @param y overwritten
     * @param s all sizes
     */
    public static void rectify(FloatArray x, FloatArray y, ElementwiseShape s) {
        for (@Parallel int i = 0; i < s.size(); i++) {
            y.set(i, bounded(x.get(i), s));
        }
    }

    /** f. Not max and min: those would turn NaN into a number, and a broken input into a plausible output. */
    private static float bounded(float value, ElementwiseShape s) {
        float result = value;
        if (s.bounds() > 0 && result < 0.0f) {
            result = 0.0f;
        }
        if (s.bounds() > 1 && result > s.ceiling()) {
            result = s.ceiling();
        }
        return result;
    }
}
