package io.github.dyconv;

import java.util.Objects;

/**
 * Options of a {@link ForwardPlan}. A device that lacks what is asked refuses; it never ignores an option.
 *
 * @param precision how exactly to compute
 * @param threads how many threads the JVM device uses, or 0 for all processors; other devices take only 0
 * @param onFailure what to do when the device fails
 * @param profiling whether each run is to be measured, for {@link ForwardPlan#timings()}; this slows a TornadoVM device
 *     down. The JVM device, which has no kernels and copies to tell apart, runs as always and has no timings
 */
public record ForwardOptions(Precision precision, int threads, FailurePolicy onFailure, boolean profiling) {
    /** Default precision, all processors, failures thrown, nothing measured. */
    public static final ForwardOptions DEFAULT = new ForwardOptions(Precision.DEFAULT, 0, FailurePolicy.FAIL);

    /** The most threads that can be asked for. */
    public static final int MAX_THREADS = 1024;

    /**
     * Checks the number of threads.
     *
     * @throws IllegalArgumentException if threads is negative or above {@value #MAX_THREADS}
     */
    public ForwardOptions {
        Objects.requireNonNull(precision, "precision");
        Objects.requireNonNull(onFailure, "onFailure");
        if (threads < 0 || threads > MAX_THREADS) {
            throw new IllegalArgumentException(
                    "threads: must be from 1 to " + MAX_THREADS + ", or 0 for all processors, got " + threads);
        }
    }

    /**
     * Options without profiling.
     *
     * @param precision how exactly to compute
     * @param threads how many threads the JVM device uses, or 0 for all processors; other devices take only 0
     * @param onFailure what to do when the device fails
     * @throws IllegalArgumentException if threads is negative or above {@value #MAX_THREADS}
     */
    public ForwardOptions(Precision precision, int threads, FailurePolicy onFailure) {
        this(precision, threads, onFailure, false);
    }

    /**
     * The same with another precision.
     *
     * @param newPrecision how exactly to compute
     * @return the options
     */
    public ForwardOptions withPrecision(Precision newPrecision) {
        return new ForwardOptions(newPrecision, threads, onFailure, profiling);
    }

    /**
     * The same with another number of threads.
     *
     * @param newThreads from 1, or 0 for all processors
     * @return the options
     */
    public ForwardOptions withThreads(int newThreads) {
        return new ForwardOptions(precision, newThreads, onFailure, profiling);
    }

    /**
     * The same with another policy.
     *
     * @param policy what to do when the device fails
     * @return the options
     */
    public ForwardOptions withOnFailure(FailurePolicy policy) {
        return new ForwardOptions(precision, threads, policy, profiling);
    }

    /**
     * The same with or without profiling.
     *
     * @param newProfiling whether each run is to be measured
     * @return the options
     */
    public ForwardOptions withProfiling(boolean newProfiling) {
        return new ForwardOptions(precision, threads, onFailure, newProfiling);
    }
}
