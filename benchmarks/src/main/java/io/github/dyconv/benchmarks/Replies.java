package io.github.dyconv.benchmarks;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a worker tells the process that started it, one line of JSON each. */
final class Replies {
    private Replies() {}

    /**
     * The contender is ready, its first result is right, and it is warm.
     *
     * @param version what runs, in words
     * @param algorithm how it computes
     * @param scratchBytes memory besides parameters, input and output, if it tells
     * @param repeats how often one run does the layer's work
     * @param firstCallMillis the contender's construction and its first run
     * @param check what its result is; null for a ceiling
     */
    record Ready(
            String version,
            String algorithm,
            @Nullable Long scratchBytes,
            int repeats,
            double firstCallMillis,
            @Nullable Check check) {}

    /**
     * The results, told to those who can't see them.
     *
     * @param error of the output, relative L2 against float64, at some elements
     * @param marks of the output, and of each gradient
     */
    record Check(double error, List<Mark> marks) {}

    /**
     * A tensor, told to those who can't see it.
     *
     * @param norm L2 of all elements
     * @param projection their sum under signs that are the same for all contenders: results that differ anywhere differ here,
     *     by about the L2 of their difference
     */
    record Mark(double norm, double projection) {}

    /**
     * A turn was taken.
     *
     * @param nanos the counted runs
     * @param allocatedBytes on the Java heap per run
     */
    record Turn(List<Long> nanos, long allocatedBytes) {}

    /**
     * The worker ends.
     *
     * @param peakBytes most memory that the process had resident; null where the system does not tell
     */
    record End(@Nullable Long peakBytes) {}

    /**
     * Something went wrong.
     *
     * @param trace the stack trace
     */
    record Failure(String trace) {}
}
