package io.github.dyconv.benchmarks;

import io.github.dyconv.benchmarks.ComparisonResults.Measurement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Compares two files of results by ratios to a yardstick that each file measured itself: times of another day, let alone
 * of another machine, say nothing.
 *
 * @param yardstick the contender that stands for the machine's speed
 * @param contenders who is checked
 * @param tolerance how much slower is allowed, 0.1 for a tenth
 */
record RegressionCheck(String yardstick, List<String> contenders, double tolerance) {
    /**
     * One contender on one layer, before and now.
     *
     * @param what threads, layer and contender
     * @param before its time relative to the yardstick's in the old file
     * @param now the same in the new file
     */
    record Change(String what, double before, double now) {
        /** 1 is no change, 2 is twice as slow. */
        double slowdown() {
            return now / before;
        }
    }

    /**
     * What came of it.
     *
     * @param changes of all that both files hold
     * @param missing what the old file holds and the new one does not
     */
    record Outcome(List<Change> changes, List<String> missing) {}

    Outcome compare(ComparisonResults before, ComparisonResults now) {
        List<Change> changes = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (Measurement row : before.results()) {
            Optional<Double> old = relative(before, row);
            if (!contenders.contains(row.contender()) || old.isEmpty()) {
                continue;
            }
            String what = row.contender() + " on " + row.layer() + ", threads " + row.threads();
            relative(now, row)
                    .ifPresentOrElse(time -> changes.add(new Change(what, old.get(), time)), () -> missing.add(what));
        }
        return new Outcome(changes, missing);
    }

    private Optional<Double> relative(ComparisonResults results, Measurement row) {
        return results.ratio(row.threads(), row.layer(), row.contender(), yardstick);
    }

    boolean isRegression(Change change) {
        return change.slowdown() > 1 + tolerance;
    }
}
