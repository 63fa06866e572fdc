package io.github.dyconv.benchmarks;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The caller and some threads of its own that share the parts of a job. Waking a thread costs tens of microseconds or more;
 * meanwhile the others work, and nobody waits for one that comes when all parts are taken.
 */
final class Crew implements AutoCloseable {
    private final int helpers;
    private final int parts;
    private final IntConsumer part;
    private final ExecutorService threads;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger left = new AtomicInteger();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /**
     * A crew.
     *
     * @param count threads, the caller among them
     * @param parts how many there are
     * @param part does one
     */
    Crew(int count, int parts, IntConsumer part) {
        this.helpers = count - 1;
        this.parts = parts;
        this.part = part;
        this.threads = Executors.newFixedThreadPool(Math.max(1, helpers));
        this.next.set(parts);
    }

    /** Does all parts and returns when all are done. */
    void run() {
        left.set(parts);
        next.set(0); // from here on a helper that was late for the last job may take parts too
        for (int i = 0; i < helpers; i++) {
            threads.execute(this::work);
        }
        work();
        while (left.get() > 0) {
            Thread.onSpinWait();
        }
        Throwable thrown = failure.getAndSet(null);
        if (thrown != null) {
            throw new IllegalStateException(thrown);
        }
    }

    private void work() {
        for (int i = next.getAndIncrement(); i < parts; i = next.getAndIncrement()) {
            try {
                part.accept(i);
            } catch (Throwable e) { // for the caller
                failure.compareAndSet(null, e);
            } finally {
                left.getAndDecrement();
            }
        }
    }

    @Override
    public void close() {
        threads.close();
    }
}
