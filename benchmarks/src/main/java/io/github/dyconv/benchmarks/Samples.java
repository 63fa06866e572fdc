package io.github.dyconv.benchmarks;

import io.github.dyconv.benchmarks.ComparisonResults.Measurement;
import io.github.dyconv.benchmarks.Replies.Check;
import io.github.dyconv.benchmarks.Replies.End;
import io.github.dyconv.benchmarks.Replies.Ready;
import io.github.dyconv.benchmarks.Replies.Turn;
import io.github.dyconv.examples.LayerCase;
import io.github.dyconv.examples.Numbers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What one contender's workers told about one layer. */
final class Samples {
    private final LayerCase timed;
    private final int threads;
    private final ContenderProvider provider;
    private final List<Double> millis = new ArrayList<>();
    private final List<Double> firstCalls = new ArrayList<>();
    private final List<Double> allocated = new ArrayList<>();
    private final Set<String> algorithms = new LinkedHashSet<>();
    private int repeats = 1;
    private @Nullable Double error;
    private @Nullable Long scratchBytes;
    private @Nullable Long peakBytes;
    private final List<Double> othersLoads = new ArrayList<>();

    Samples(LayerCase timed, int threads, ContenderProvider provider) {
        this.timed = timed;
        this.threads = threads;
        this.provider = provider;
    }

    ContenderProvider provider() {
        return provider;
    }

    void add(Ready ready) {
        repeats = ready.repeats();
        firstCalls.add(ready.firstCallMillis() / repeats);
        algorithms.add(ready.algorithm());
        scratchBytes = ready.scratchBytes();
        Check check = ready.check();
        error = check == null ? null : Double.valueOf(check.error());
    }

    void add(Turn turn) {
        for (long nanos : turn.nanos()) {
            millis.add(nanos / 1e6 / repeats);
        }
        allocated.add((double) turn.allocatedBytes());
    }

    void add(End end) {
        Long peak = end.peakBytes();
        if (peak != null) {
            Long before = peakBytes;
            peakBytes = before == null ? peak : Long.valueOf(Math.max(before, peak));
        }
    }

    /** Adds the load of others while the turns of one process were taken. */
    void addOthersLoad(double processors) {
        othersLoads.add(processors);
    }

    Measurement measurement() {
        double[] sorted =
                millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double median = Numbers.quantile(sorted, 0.5);
        return new Measurement(
                threads,
                timed.toString(),
                provider.name(),
                provider.role(),
                median,
                Numbers.quantile(sorted, 0.1),
                Numbers.quantile(sorted, 0.9),
                timed.flops() / median / 1e6,
                String.join(", ", algorithms),
                error,
                scratchBytes,
                median(firstCalls),
                (long) median(allocated),
                peakBytes,
                othersLoads.isEmpty() ? null : median(othersLoads));
    }

    private static double median(Collection<Double> values) {
        return Numbers.median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
