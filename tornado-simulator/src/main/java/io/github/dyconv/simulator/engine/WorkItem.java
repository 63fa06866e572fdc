package io.github.dyconv.simulator.engine;

import java.util.Arrays;

/** What a work-item has to itself while it runs. */
final class WorkItem {

    static final int NOT_WAITING = -1;

    private final int number;
    private final ArrayRegistry privateArrays = new ArrayRegistry();
    private int[] allocationSites = new int[4];
    private int waitingAt = NOT_WAITING;
    private int localAllocations;
    private final SavedFrame frame;

    /** Makes the work-item of a number counted from 1, group after group. */
    WorkItem(int number, SavedFrame frame) {
        this.number = number;
        this.frame = frame;
    }

    int number() {
        return number;
    }

    ArrayRegistry privateArrays() {
        return privateArrays;
    }

    /** Adds an array, in place of the one that the same instruction made before: on a device they share their memory. */
    void addPrivateArray(int site, Object array, AccessMonitor monitor) {
        int count = privateArrays.size();
        for (int i = 0; i < count; i++) {
            if (allocationSites[i] == site) {
                privateArrays.replace(i, array, monitor);
                return;
            }
        }
        if (count == allocationSites.length) {
            allocationSites = Arrays.copyOf(allocationSites, 2 * count);
        }
        allocationSites[count] = site;
        privateArrays.add(array, monitor);
    }

    int nextLocalAllocation() {
        return localAllocations++;
    }

    /** The barrier that this work-item waits at, or {@link #NOT_WAITING}. */
    int waitingAt() {
        return waitingAt;
    }

    void waitAt(int barrier) {
        waitingAt = barrier;
    }

    void goOn() {
        waitingAt = NOT_WAITING;
    }

    SavedFrame frame() {
        return frame;
    }
}
