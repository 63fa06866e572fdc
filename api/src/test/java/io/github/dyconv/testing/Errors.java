package io.github.dyconv.testing;

import io.github.dyconv.Tensor;

/** Distances between results. Each is NaN or infinite if a value is, so compare with {@code error <= tolerance}. */
public final class Errors {
    private Errors() {}

    /**
     * The relative L2 error, {@code ‖actual − expected‖ / ‖expected‖}.
     *
     * @param expected the truth
     * @param actual of as many elements
     * @return the error; the absolute one if the truth is all zeros
     */
    public static double relativeL2(double[] expected, Tensor actual) {
        return l2(expected, actual.toArray(), 0);
    }

    /**
     * The L2 error relative to the truth's norm, or to its scale where that is larger.
     *
     * @param expected the truth
     * @param actual of as many elements
     * @return the error
     */
    public static double relativeL2(Float64Reference.Result expected, Tensor actual) {
        return l2(expected.y(), actual.toArray(), expected.scale());
    }

    private static double l2(double[] expected, float[] actual, double scale) {
        requireLength(expected.length, actual.length);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
            norm += expected[i] * expected[i];
        }
        double divisor = Math.max(Math.sqrt(norm), scale);
        return divisor == 0 ? Math.sqrt(difference) : Math.sqrt(difference) / divisor;
    }

    /**
     * The largest absolute difference.
     *
     * @param expected the truth
     * @param actual of as many elements
     * @return the error
     */
    public static double largest(double[] expected, Tensor actual) {
        float[] values = actual.toArray();
        requireLength(expected.length, values.length);
        double largest = 0;
        for (int i = 0; i < values.length; i++) {
            largest = Math.max(largest, Math.abs(values[i] - expected[i]));
        }
        return largest;
    }

    private static void requireLength(int expected, int actual) {
        if (expected != actual) {
            throw new AssertionError("expected " + expected + " elements, got " + actual);
        }
    }
}
