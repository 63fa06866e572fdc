package io.github.dyconv.nn;

import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Counted loops over several threads. Every index does its own work and writes what no other one does, so results do not
 * depend on how many threads there are or on their timing.
 */
final class Parallel {
    private final boolean single;

    /**
     * Loops on this many threads.
     *
     * @param threads 1 for the caller alone; otherwise all processors
     */
    Parallel(int threads) {
        this.single = threads == 1;
    }

    void run(int count, IntConsumer body) {
        IntStream indices = IntStream.range(0, count);
        if (single) {
            indices.forEach(body);
        } else {
            indices.parallel().forEach(body);
        }
    }
}
