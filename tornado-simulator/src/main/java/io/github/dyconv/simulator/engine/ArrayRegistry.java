package io.github.dyconv.simulator.engine;

import java.util.ArrayList;
import java.util.List;

/** Finds the monitors of Java arrays by identity. There are a few at a time, so looking at each is the fastest way. */
final class ArrayRegistry {

    private final List<Object> arrays = new ArrayList<>();
    private final List<AccessMonitor> monitors = new ArrayList<>();

    void add(Object array, AccessMonitor monitor) {
        arrays.add(array);
        monitors.add(monitor);
    }

    void replace(int position, Object array, AccessMonitor monitor) {
        arrays.set(position, array);
        monitors.set(position, monitor);
    }

    int size() {
        return arrays.size();
    }

    AccessMonitor monitor(int position) {
        return monitors.get(position);
    }

    void clear() {
        arrays.clear();
        monitors.clear();
    }

    /** Where an array is, or -1. */
    @SuppressWarnings("ReferenceEquality") // arrays are told apart by identity
    int positionOf(Object array) {
        for (int i = 0; i < arrays.size(); i++) {
            if (arrays.get(i) == array) {
                return i;
            }
        }
        return -1;
    }
}
