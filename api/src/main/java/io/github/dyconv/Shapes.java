package io.github.dyconv;

import java.util.Arrays;

/** Arithmetic and messages on shapes, shared by everything that checks one. */
final class Shapes {
    /** Elements in one tensor at most: TornadoVM's arrays and Java's are indexed by {@code int}, with a header. */
    static final int MAX_ELEMENTS = Integer.MAX_VALUE - 64;

    private Shapes() {}

    /**
     * The number of elements of a shape.
     *
     * @throws IllegalArgumentException if a dimension is not positive, or if the product passes {@link #MAX_ELEMENTS}
     */
    static int elements(String name, int... shape) {
        long elements = 1;
        for (int dim : shape) {
            if (dim <= 0) {
                throw new IllegalArgumentException(name + ": every dimension must be at least 1, got " + text(shape));
            }
            elements *= dim; // at most MAX_ELEMENTS * Integer.MAX_VALUE: fits a long
            if (elements > MAX_ELEMENTS) {
                throw new IllegalArgumentException(
                        name + ": " + text(shape) + " has more elements than one tensor holds (" + MAX_ELEMENTS + ")");
            }
        }
        return (int) elements;
    }

    /** Throws unless the two are equal; {@code why} completes the sentence, or is empty. */
    static void requireEqual(String name, int[] expected, int[] actual, String why) {
        if (!Arrays.equals(expected, actual)) {
            throw new IllegalArgumentException(
                    name + ": expected " + text(expected) + (why.isEmpty() ? "" : " " + why) + ", got " + text(actual));
        }
    }

    static String text(int... shape) {
        return Arrays.toString(shape);
    }
}
