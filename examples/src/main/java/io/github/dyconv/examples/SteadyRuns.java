package io.github.dyconv.examples;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Brings something into its steady state and times it there, a turn at a time. */
public final class SteadyRuns {
    /** Two warm-up windows that differ by less are taken for the steady state. */
    private static final double STABLE = 0.03;
    /** Counted runs of a turn during warm-up. */
    private static final int WARM_UP_TURN = 8;

    private SteadyRuns() {}

    /**
     * Runs until the time of a run no longer changes, as it does while the JVM compiles.
     *
     * @param run what to run
     * @param seconds at least so long, and at most four times that
     */
    public static void warmUp(Runnable run, double seconds) {
        long start = System.nanoTime();
        double before = Double.POSITIVE_INFINITY;
        while (true) {
            double now = median(run, seconds / 4);
            long elapsed = System.nanoTime() - start;
            boolean stable = Math.abs(now - before) <= STABLE * now;
            if (elapsed >= nanos(4 * seconds) || (elapsed >= nanos(seconds) && stable)) {
                return;
            }
            before = now;
        }
    }

    /**
     * The median time of a run.
     *
     * @param run what to run
     * @param seconds at least so long
     * @return nanoseconds
     */
    public static double median(Runnable run, double seconds) {
        long end = System.nanoTime() + nanos(seconds);
        List<long[]> turns = new ArrayList<>();
        do {
            turns.add(turn(run, WARM_UP_TURN));
        } while (System.nanoTime() < end);
        return Numbers.median(
                turns.stream().flatMapToLong(Arrays::stream).asDoubleStream().toArray());
    }

    /**
     * Runs a few times. The run before the first that counts finds the caches full of others' data, which in a program that
     * repeats one layer never happens.
     *
     * @param run what to run
     * @param counted runs that count
     * @return the nanoseconds of each
     */
    public static long[] turn(Runnable run, int counted) {
        long[] nanos = new long[counted];
        run.run();
        for (int i = 0; i < counted; i++) {
            long start = System.nanoTime();
            run.run();
            nanos[i] = System.nanoTime() - start;
        }
        return nanos;
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }
}
