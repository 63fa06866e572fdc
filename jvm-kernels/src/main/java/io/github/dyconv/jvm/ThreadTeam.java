package io.github.dyconv.jvm;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A fixed number of threads that split a counted loop among them: the caller and daemon workers that wait awake for a moment
 * and then sleep between loops. Loops of one team run one after another. Running one allocates nothing.
 *
 * <p>Each has a share of its own, neighbouring indices, the same at every run of a loop, so that it finds in its caches what it
 * had there before; who is done with it takes from others'.
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

    /** Places from one worker's share to the next: two cache lines, as processors fetch them in pairs. */
    private static final int APART = 16;

    private final Thread[] workers;
    private final ReentrantLock lock = new ReentrantLock();

    /** Of each worker, what is left of its share: the first index, and in the upper half the end. */
    private final AtomicLongArray shares;

    /** Workers in the loop under way, and {@link #CLOSED} while no worker may join. */
    private final AtomicInteger joined = new AtomicInteger(CLOSED);

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicInteger loops = new AtomicInteger();
    private volatile @Nullable Thread caller;
    private @Nullable Body body;
    private int count;

    private ThreadTeam(int threads) {
        shares = new AtomicLongArray(threads * APART);
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
        if (workers.length == 0 || loopCount <= 1) {
            for (int i = 0; i < loopCount; i++) {
                loopBody.run(i, 0);
            }
            return;
        }
        lock.lock();
        try {
            body = loopBody;
            count = loopCount;
            for (int worker = 0; worker < threads(); worker++) {
                shares.set(worker * APART, share(begin(worker), begin(worker + 1)));
            }
            caller = Thread.currentThread();
            joined.set(0);
            loops.incrementAndGet(); // publishes the fields above
            for (Thread worker : workers) {
                LockSupport.unpark(worker);
            }
            drain(loopBody, 0);
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
                drain(current, worker);
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

    private int begin(int worker) {
        return (int) ((long) count * worker / threads());
    }

    private static long share(int first, int end) {
        return (long) end << Integer.SIZE | first;
    }

    /** Its own share from the front, then what is left of others' from the back, where they come last. */
    private void drain(Body current, int worker) {
        try {
            for (int i = 0; i < threads(); i++) {
                int of = (worker + i) % threads();
                for (int index = take(of, i == 0); index >= 0; index = take(of, i == 0)) {
                    current.run(index, worker);
                }
            }
        } catch (Throwable e) { // handed to the caller, whose loop it is
            for (int of = 0; of < threads(); of++) {
                shares.set(of * APART, 0);
            }
            failure.compareAndSet(null, e);
        }
    }

    /** An index of a share, or -1 if nothing is left of it. */
    private int take(int of, boolean front) {
        while (true) {
            long now = shares.get(of * APART);
            int first = (int) now;
            int end = (int) (now >>> Integer.SIZE);
            if (first >= end) {
                return -1;
            }
            long left = front ? share(first + 1, end) : share(first, end - 1);
            if (shares.compareAndSet(of * APART, now, left)) {
                return front ? first : end - 1;
            }
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
