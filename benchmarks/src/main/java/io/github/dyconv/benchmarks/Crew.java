package io.github.dyconv.benchmarks;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** A number of threads that each do their own part of a job. Waking them costs tens of microseconds. */
final class Crew implements AutoCloseable {
    private final ExecutorService threads;
    private final List<Callable<Void>> parts;

    Crew(int count, IntConsumer part) {
        threads = Executors.newFixedThreadPool(count);
        parts = IntStream.range(0, count)
                .<Callable<Void>>mapToObj(index -> () -> {
                    part.accept(index);
                    return null;
                })
                .toList();
    }

    /** Does all parts at once and returns when all are done. */
    void run() {
        try {
            for (var part : threads.invokeAll(parts)) {
                part.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        threads.close();
    }
}
