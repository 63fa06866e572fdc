package io.github.dyconv.simulator.engine;

import java.util.Arrays;

/**
 * The local variables of a work-item that waits at a barrier. A kernel with barriers saves them here and returns; when
 * the work-item goes on, the kernel is called again, restores them and jumps behind the barrier. Methods that the kernel
 * calls do the same. None of them is active twice, as there is no recursion, so each has its own slots.
 */
public final class SavedFrame {

    private static final Object NOTHING = new Object();

    private long[] numbers = new long[16];
    private Object[] references = new Object[16];
    /** For each method, 1 more than the point at which it goes on, or 0. */
    private int[] points = new int[2];

    SavedFrame() {
        Arrays.fill(references, NOTHING);
    }

    /**
     * Saves where a method goes on.
     *
     * @param method the method
     * @param point the point in it
     */
    public void suspend(int method, int point) {
        if (method >= points.length) {
            points = Arrays.copyOf(points, Math.max(method + 1, 2 * points.length));
        }
        points[method] = point + 1;
    }

    /**
     * Finds where a method goes on, once.
     *
     * @param method the method
     * @return the point in it, or -1 if it begins
     */
    public int resume(int method) {
        if (method >= points.length) {
            return -1;
        }
        int point = points[method] - 1;
        points[method] = 0;
        return point;
    }

    /**
     * Saves an int.
     *
     * @param value the value
     * @param slot where
     */
    public void save(int value, int slot) {
        save((long) value, slot);
    }

    /**
     * Saves a long.
     *
     * @param value the value
     * @param slot where
     */
    public void save(long value, int slot) {
        if (slot >= numbers.length) {
            numbers = Arrays.copyOf(numbers, Math.max(slot + 1, 2 * numbers.length));
        }
        numbers[slot] = value;
    }

    /**
     * Saves a float.
     *
     * @param value the value
     * @param slot where
     */
    public void save(float value, int slot) {
        save(Float.floatToRawIntBits(value), slot);
    }

    /**
     * Saves a double.
     *
     * @param value the value
     * @param slot where
     */
    public void save(double value, int slot) {
        save(Double.doubleToRawLongBits(value), slot);
    }

    /**
     * Saves a reference.
     *
     * @param value the value
     * @param slot where
     */
    public void save(Object value, int slot) {
        if (slot >= references.length) {
            references = Arrays.copyOf(references, Math.max(slot + 1, 2 * references.length));
        }
        references[slot] = value;
    }

    /**
     * Restores an int.
     *
     * @param slot where it was saved
     * @return the value
     */
    public int intAt(int slot) {
        return (int) numbers[slot];
    }

    /**
     * Restores a long.
     *
     * @param slot where it was saved
     * @return the value
     */
    public long longAt(int slot) {
        return numbers[slot];
    }

    /**
     * Restores a float.
     *
     * @param slot where it was saved
     * @return the value
     */
    public float floatAt(int slot) {
        return Float.intBitsToFloat((int) numbers[slot]);
    }

    /**
     * Restores a double.
     *
     * @param slot where it was saved
     * @return the value
     */
    public double doubleAt(int slot) {
        return Double.longBitsToDouble(numbers[slot]);
    }

    /**
     * Restores a reference.
     *
     * @param slot where it was saved
     * @return the value
     */
    public Object referenceAt(int slot) {
        return references[slot];
    }
}
