package io.github.dyconv.examples;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Notices that the JVM is to end, by Ctrl-C for example, and holds that up until the program has saved what it must. The JVM
 * then ends with the signal's exit code.
 */
final class Interruption implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;

    private final CountDownLatch saved = new CountDownLatch(1);
    private final Thread hook = new Thread(this::holdUp, "dyconv-interruption");
    private volatile boolean requested;

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void holdUp() {
        requested = true;
        try {
            if (!saved.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.getLogger(Interruption.class.getName())
                        .log(System.Logger.Level.WARNING, "nothing was saved within " + PATIENCE_SECONDS + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the program should save and return. */
    boolean isRequested() {
        return requested;
    }

    /** Lets the JVM end. */
    @Override
    public void close() {
        saved.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) { // it is running
            System.getLogger(Interruption.class.getName()).log(System.Logger.Level.DEBUG, "the JVM ends", e);
        }
    }
}
