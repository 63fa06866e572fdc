package io.github.dyconv.simulator.engine;

import java.util.Arrays;

/**
 * The local variables of a work-item that waits at a barrier. A kernel with barriers saves them here and returns; when
 * the work-item goes on, the kernel is called again, restores them and jumps behind the barrier. Methods that the kernel
 * calls do the same. None of them is active twice, as there is no recursion, so each has its own slots.
 */
public final class SavedFrame {

    private int[] ints = {};
    private long[] longs = {};
    private float[] floats = {};
    private double[] doubles = {};
    private Object[] references = {};
    /** For each method, 1 more than the point at which it goes on, or 0. */
    private int[] points = new int[2];

    SavedFrame() {}

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
     * The saved ints.
     *
     * @param size how many there must be room for
     * @return them, to be read and written
     */
    public int[] ints(int size) {
        if (ints.length < size) {
            ints = Arrays.copyOf(ints, size);
        }
        return ints;
    }

    /**
     * The saved longs.
     *
     * @param size how many there must be room for
     * @return them, to be read and written
     */
    public long[] longs(int size) {
        if (longs.length < size) {
            longs = Arrays.copyOf(longs, size);
        }
        return longs;
    }

    /**
     * The saved floats.
     *
     * @param size how many there must be room for
     * @return them, to be read and written
     */
    public float[] floats(int size) {
        if (floats.length < size) {
            floats = Arrays.copyOf(floats, size);
        }
        return floats;
    }

    /**
     * The saved doubles.
     *
     * @param size how many there must be room for
     * @return them, to be read and written
     */
    public double[] doubles(int size) {
        if (doubles.length < size) {
            doubles = Arrays.copyOf(doubles, size);
        }
        return doubles;
    }

    /**
     * The saved references.
     *
     * @param size how many there must be room for
     * @return them, to be read and written
     */
    public Object[] references(int size) {
        if (references.length < size) {
            references = Arrays.copyOf(references, size);
        }
        return references;
    }
}
