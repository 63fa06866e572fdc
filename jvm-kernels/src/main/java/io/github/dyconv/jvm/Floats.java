package io.github.dyconv.jvm;

import java.util.Arrays;

/**
 * Some floats of an array that others may share ({@link Scratch}).
 *
 * @param array where they are
 * @param base the first one's index
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Floats(float[] array, int base) {
    /** Makes the first so many of them zeros. */
    void clear(int length) {
        Arrays.fill(array, base, base + length, 0);
    }
}
