package io.github.dyconv.examples;

import java.util.Arrays;
import java.util.Locale;

/** Numbers for people, and figures from samples. */
public final class Numbers {
    private Numbers() {}

    /**
     * Milliseconds with three digits that say something.
     *
     * @param millis a time
     * @return such as {@code 0.346} or {@code 18.4}
     */
    public static String millis(double millis) {
        int decimals = millis < 1 ? 3 : millis < 10 ? 2 : millis < 100 ? 1 : 0;
        return fixed(millis, decimals);
    }

    /**
     * A number in the root locale.
     *
     * @param value the number
     * @param decimals digits after the point
     * @return such as {@code 1.50}
     */
    public static String fixed(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /**
     * The value below which a part of the samples lies, between two of them by proportion.
     *
     * @param sorted the samples in ascending order, at least one
     * @param part from 0 to 1
     * @return the quantile
     */
    public static double quantile(double[] sorted, double part) {
        double at = part * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    /**
     * The middle of the samples.
     *
     * @param samples in any order, at least one; not modified
     * @return the median
     */
    public static double median(double[] samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        return quantile(sorted, 0.5);
    }
}
