package io.github.dyconv.examples;

import io.github.dyconv.Timings;
import java.util.Optional;

/**
 * What became of one case on one device.
 *
 * @param caseName the case
 * @param device the device's name
 * @param algorithm what ran, or was to run; empty if the device was to choose and did not come so far
 * @param outcome how it went
 * @param reason why it was skipped or failed, in one line; empty if all is well
 * @param measured the error and times, unless it was skipped or failed before there was a result
 */
record VerifyResult(
        String caseName, String device, String algorithm, Outcome outcome, String reason, Optional<Measured> measured) {
    /** How a case can end. */
    enum Outcome {
        /** The error is within its limit. */
        OK("ok"),
        /** The error is larger, or the device failed. */
        FAILED("FAILED"),
        /** The device refused: it can't do what this case needs. */
        SKIPPED("skipped");

        private final String text;

        Outcome(String text) {
            this.text = text;
        }

        /** The outcome for people. */
        String text() {
            return text;
        }
    }

    /**
     * A result's error and times.
     *
     * @param error the larger one of the first run's and the last's
     * @param limit what is allowed
     * @param firstMillis the first run, which compiles the kernels
     * @param wallMillis median of the last runs, as the caller sees them
     * @param timings medians of what the device measured of the same runs, if it measures
     * @param flops operations of the convolution alone
     */
    record Measured(
            double error,
            double limit,
            double firstMillis,
            double wallMillis,
            Optional<Timings> timings,
            double flops) {
        /** Whether the result is right; one that is not a number is not. */
        boolean right() {
            return error <= limit;
        }

        /** Operations per second in units of 1e9, of the whole call. */
        double gflops() {
            return flops / wallMillis / 1e6;
        }

        /** Operations per nanosecond of kernel time. */
        Optional<Double> kernelGflops() {
            return timings.filter(timing -> timing.kernelNanos() > 0).map(timing -> flops / timing.kernelNanos());
        }
    }
}
