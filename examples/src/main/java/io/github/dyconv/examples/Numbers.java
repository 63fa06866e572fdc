package io.github.dyconv.examples;

import java.util.Arrays;
import java.util.Locale;

/** Numbers for people, and figures from samples. */
final class Numbers {
    private Numbers() {}

    /** Milliseconds with three digits that say something. */
    static String millis(double millis) {
        int decimals = millis < 1 ? 3 : millis < 10 ? 2 : millis < 100 ? 1 : 0;
        return fixed(millis, decimals);
    }

    static String fixed(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** The value below which this part of the sorted samples lies, between two of them by proportion. */
    static double quantile(double[] sorted, double part) {
        double at = part * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
    }

    static double median(double[] samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        return quantile(sorted, 0.5);
    }
}
