package io.github.dyconv.simulator.engine;

/** What hears of each access to an array, before it happens, and throws if it is a fault. */
public interface AccessMonitor {

    /**
     * Hears of a read.
     *
     * @param index the element's index
     */
    void onRead(int index);

    /**
     * Hears of a write.
     *
     * @param index the element's index
     */
    void onWrite(int index);
}
