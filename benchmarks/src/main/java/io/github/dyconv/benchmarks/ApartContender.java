package io.github.dyconv.benchmarks;

import io.github.dyconv.Tensor;
import io.github.dyconv.benchmarks.ContenderProvider.Loaded;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Contenders of one thread each, side by side, that share nothing but the machine: its clock, its memory, the caches that its
 * cores share. Nobody waits for another: the time in which all together do the layer's work once is one that threads which
 * divide that work can't pass, unless each does its part better for its being smaller, as where the parts fit their cores'
 * own caches and the whole does not.
 */
final class ApartContender implements Contender {
    private final List<Contender> apart;
    private final long[][] nanos;
    private final AtomicInteger counting = new AtomicInteger();
    private final Crew crew;
    private int counted;

    ApartContender(List<Contender> apart) {
        this.apart = apart;
        nanos = new long[apart.size()][];
        crew = new Crew(apart.size(), apart.size(), this::part);
    }

    /**
     * Makes them ready.
     *
     * @param count how many
     * @param one makes one ready, with everything of its own
     */
    static Loaded load(int count, Supplier<Loaded> one) {
        List<Loaded> loaded = Stream.generate(one).limit(count).toList();
        return new Loaded(
                loaded.getFirst().version(),
                () -> new ApartContender(
                        loaded.stream().map(each -> each.prepare().get()).toList()));
    }

    /** Each does the work at least once. */
    @Override
    public void run() {
        turn(0);
    }

    /**
     * {@inheritDoc} Each thread's runs follow one another. Those of one index are averaged as rates are, by the harmonic mean,
     * since cores need not be equally fast, and whoever is done with its part of a job takes on more of it.
     */
    @Override
    public long[] turn(int runs) {
        counted = runs;
        counting.set(apart.size());
        crew.run();
        long[] means = new long[runs];
        for (int i = 0; i < runs; i++) {
            double rates = 0;
            for (long[] own : nanos) {
                rates += 1.0 / own[i];
            }
            means[i] = Math.round(apart.size() / rates);
        }
        return means;
    }

    private void part(int thread) {
        Contender own = apart.get(thread);
        try {
            nanos[thread] = own.turn(counted);
        } finally {
            counting.decrementAndGet();
        }
        while (counted > 0 && counting.get() > 0) {
            own.run(); // so that no other's run counts that had the machine for itself
        }
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException if another's differs, though it is the same work on the same values
     */
    @Override
    public Optional<Tensor> output() {
        List<Tensor> outputs =
                apart.stream().flatMap(each -> each.output().stream()).toList();
        Tensor first = outputs.getFirst();
        for (int i = 1; i < outputs.size(); i++) {
            long at = first.segment().mismatch(outputs.get(i).segment());
            if (at >= 0) {
                throw new IllegalStateException(
                        "the output of thread " + i + " differs from that of thread 0, first at byte " + at);
            }
        }
        return Optional.of(first);
    }

    @Override
    public String algorithm() {
        return apart.getFirst().algorithm();
    }

    @Override
    public OptionalLong scratchBytes() {
        return OptionalLong.of(apart.stream()
                .flatMapToLong(each -> each.scratchBytes().stream())
                .sum());
    }

    @Override
    public int repeats() {
        return apart.size();
    }

    @Override
    public void close() {
        crew.close();
        apart.forEach(Contender::close);
    }
}
