package io.github.dyconv.jvm;

/**
 * Some floats of an array that others may share ({@link Scratch}).
 *
 * @param array where they are
 * @param base the first one's index
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Floats(float[] array, int base) {}
