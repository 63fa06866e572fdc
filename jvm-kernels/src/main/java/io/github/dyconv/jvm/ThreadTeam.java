package io.github.dyconv.jvm;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of threads that split a counted loop among them: the caller and daemon workers that wait awake for a moment
 * and then sleep between loops. Loops of one team run one after another. Running one allocates nothing.
 *
 * <p>Nobody waits for a worker that has not come yet: where the operating system keeps one from running, the others do its
 * share, and the loop closes without it.
 */
final class ThreadTeam {
    /** A loop's body; called for each index once, by any worker. */
    interface Body {
        /**
         * Does the work of one index.
         *
         * @param index from 0 to below the loop's count
         * @param worker who runs it, from 0 to below {@link #threads()}: the key to scratch memory of its own
         */
        void run(int index, int worker);
    }

    private static final ConcurrentHashMap<Integer, ThreadTeam> TEAMS = new ConcurrentHashMap<>();

    /** How often a waiting thread looks before it lets others run in between: some tens of microseconds. */
    private static final int SPINS = 4_000;

    /**
     * How often it looks then before it sleeps: a millisecond or more. In training a thread has to wait that long for the update
     * of parameters, or for another's last task, and waking it would cost the next loop a tenth of that.
     */
    private static final int YIELDS = 1_000;

    private static final int CLOSED = 1 << 30;

    private final Thread[] workers;
    private final ReentrantLock lock = new ReentrantLock();
    private final AtomicInteger next = new AtomicInteger();

    /** Workers in the loop under way, and {@link #CLOSED} while no worker may join. */
    private final AtomicInteger joined = new AtomicInteger(CLOSED);

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicInteger loops = new AtomicInteger();
    private volatile @Nullable Thread caller;
    private @Nullable Body body;
    private int count;

    private ThreadTeam(int threads) {
        workers = new Thread[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            int worker = i + 1;
            workers[i] = Thread.ofPlatform()
                    .daemon()
                    .name("dyconv-" + threads + "-" + worker)
                    .start(() -> work(worker));
        }
    }

    /** The team of this size, shared by all plans that want one. */
    static ThreadTeam of(int threads) {
        return TEAMS.computeIfAbsent(threads, ThreadTeam::new);
    }

    int threads() {
        return workers.length + 1;
    }

    /** Runs {@code loopBody} for all indices below {@code loopCount} and returns when all are done. */
    void run(int loopCount, Body loopBody) {
        if (workers.length == 0 || loopCount == 1) {
            for (int i = 0; i < loopCount; i++) {
                loopBody.run(i, 0);
            }
            return;
        }
        lock.lock();
        try {
            body = loopBody;
            count = loopCount;
            next.set(0);
            caller = Thread.currentThread();
            joined.set(0);
            loops.incrementAndGet(); // publishes the fields above
            for (Thread worker : workers) {
                LockSupport.unpark(worker);
            }
            drain(loopBody, loopCount, 0);
            joined.getAndAdd(CLOSED);
            for (int spins = 0; joined.get() != CLOSED; spins++) {
                pause(spins);
            }
            body = null;
            rethrow(failure.getAndSet(null));
        } finally {
            lock.unlock();
        }
    }

    private void work(int worker) {
        int seen = 0;
        while (true) {
            for (int spins = 0; loops.get() == seen; spins++) {
                pause(spins);
            }
            if (!join()) {
                seen = loops.get(); // too late for that one; the next wakes it again
                continue;
            }
            seen = loops.get(); // of the loop it joined, which can't end without it
            Body current = body;
            if (current != null) {
                drain(current, count, worker);
            }
            Thread waiting = caller;
            if (joined.decrementAndGet() == CLOSED) {
                LockSupport.unpark(waiting);
            }
        }
    }

    private boolean join() {
        int now = joined.get();
        while (now < CLOSED) {
            if (joined.compareAndSet(now, now + 1)) {
                return true;
            }
            now = joined.get();
        }
        return false;
    }

    @SuppressWarnings("ThreadPriorityCheck") // only how soon others run depends on the scheduler
    private static void pause(int spins) {
        if (spins < SPINS) {
            Thread.onSpinWait();
        } else if (spins < SPINS + YIELDS) {
            Thread.yield();
        } else {
            LockSupport.park();
        }
    }

    private void drain(Body current, int total, int worker) {
        try {
            for (int i = next.getAndIncrement(); i < total; i = next.getAndIncrement()) {
                current.run(i, worker);
            }
        } catch (Throwable e) { // handed to the caller, whose loop it is
            next.set(total);
            failure.compareAndSet(null, e);
        }
    }

    private static void rethrow(@Nullable Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        if (e instanceof RuntimeException exception) {
            throw exception;
        }
    }
}
