package io.github.dyconv.benchmarks;

import io.github.dyconv.benchmarks.ComparisonResults.ContenderInfo;
import io.github.dyconv.benchmarks.ComparisonResults.Measurement;
import io.github.dyconv.benchmarks.ComparisonResults.Settings;
import io.github.dyconv.benchmarks.ContenderProvider.Role;
import io.github.dyconv.benchmarks.Replies.Check;
import io.github.dyconv.benchmarks.Replies.Mark;
import io.github.dyconv.benchmarks.Replies.Ready;
import io.github.dyconv.examples.LayerCase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lets contenders take turns on a layer, each in a process of its own: thread pools that spin, allocators' settings and
 * what the JVM's compiler learnt of one must not reach another. While one runs, all others wait for their input.
 */
final class Rounds {
    /** Two right results differ by the sum of what each may be off; a projection may exceed that by chance. */
    private static final double MOST_DIFFERENCE = 1e-4;

    private final Settings settings;
    private final Map<String, ContenderInfo> contenders = new LinkedHashMap<>();

    Rounds(Settings settings) {
        this.settings = settings;
    }

    /** Those that took part so far. */
    Map<String, ContenderInfo> contenders() {
        return contenders;
    }

    /**
     * Measures one layer.
     *
     * @throws IllegalStateException if a contender fails or its result is wrong
     */
    List<Measurement> measure(LayerCase timed, int threads, List<ContenderProvider> providers) throws IOException {
        List<Samples> samples = providers.stream()
                .map(provider -> new Samples(timed, threads, provider))
                .toList();
        for (int fork = 0; fork < settings.forks(); fork++) {
            List<WorkerProcess> workers = new ArrayList<>();
            try {
                start(timed, threads, samples, workers);
                var load = new OthersLoad(workers);
                for (int round = 0; round < settings.rounds(); round++) {
                    for (int i = 0; i < workers.size(); i++) {
                        samples.get(i).add(workers.get(i).takeTurn(settings.runs()));
                    }
                }
                load.processors().ifPresent(others -> samples.forEach(sample -> sample.addOthersLoad(others)));
                for (int i = 0; i < workers.size(); i++) {
                    samples.get(i).add(workers.get(i).end());
                }
            } finally {
                workers.forEach(WorkerProcess::close);
            }
        }
        return samples.stream().map(Samples::measurement).toList();
    }

    private void start(LayerCase timed, int threads, List<Samples> samples, List<WorkerProcess> workers)
            throws IOException {
        Map<Role, Check> first = new LinkedHashMap<>();
        for (Samples sample : samples) {
            ContenderProvider provider = sample.provider();
            var worker = new WorkerProcess(provider, timed, threads, settings.warmUpSeconds());
            workers.add(worker);
            Ready ready = worker.awaitReady();
            sample.add(ready);
            contenders.put(provider.name(), new ContenderInfo(ready.version(), provider.environment()));
            Check check = ready.check();
            if (check != null) {
                requireEqual(provider, timed, check, first.computeIfAbsent(provider.role(), role -> check));
            }
        }
    }

    private static void requireEqual(ContenderProvider provider, LayerCase timed, Check check, Check other) {
        if (check.marks().size() != other.marks().size()) {
            throw new IllegalStateException(provider.name() + " on " + timed + " has "
                    + check.marks().size() + " results, others " + other.marks().size());
        }
        for (int i = 0; i < check.marks().size(); i++) {
            Mark mark = check.marks().get(i);
            Mark expected = other.marks().get(i);
            double difference = Math.abs(mark.projection() - expected.projection()) / expected.norm();
            if (!(difference <= MOST_DIFFERENCE)) {
                throw new IllegalStateException(provider.name() + " on " + timed + " differs from the others: by "
                        + difference + " of result " + i + ", allowed are " + MOST_DIFFERENCE);
            }
        }
    }
}
