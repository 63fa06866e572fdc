package io.github.dyconv.tornado;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Into how many parts a convolution's sums are split where outputs are too few to fill a GPU. */
final class SplitSums {
    /** With fewer, the sums of a split cost more to write and read than they save. */
    private static final int FEWEST_STEPS = 4;

    private SplitSums() {}

    /**
     * The split with which the busiest compute unit has the least to do.
     *
     * @param groups work-groups of whole sums
     * @param steps of a whole sum
     * @param computeUnits for how many there should be groups
     * @return steps of each part of a sum
     */
    static int stepsPerSplit(int groups, int steps, int computeUnits) {
        int most = Math.clamp(Math.ceilDiv(computeUnits, groups), 1, Math.max(1, steps / FEWEST_STEPS));
        // Two groups on some units cost more than longer sums.
        return IntStream.rangeClosed(1, most)
                .boxed()
                .min(Comparator.comparingInt(
                        splits -> Math.ceilDiv(groups * splits, computeUnits) * Math.ceilDiv(steps, splits)))
                .map(splits -> Math.ceilDiv(steps, splits))
                .orElseThrow();
    }
}
