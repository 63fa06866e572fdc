package io.github.dyconv;

import java.util.Arrays;

/** Arithmetic and messages on shapes, shared by everything that checks one. */
final class Shapes {
    private Shapes() {}

    /**
     * The number of elements of a shape.
     *
     * @throws IllegalArgumentException if a dimension is not positive, or if the product passes {@link Tensor#MAX_ELEMENTS}
     */
    static int elements(String name, int... shape) {
        long elements = 1;
        for (int dim : shape) {
            if (dim <= 0) {
                throw new IllegalArgumentException(name + ": every dimension must be at least 1, got " + text(shape));
            }
            elements *= dim; // at most Tensor.MAX_ELEMENTS * Integer.MAX_VALUE: fits a long
            if (elements > Tensor.MAX_ELEMENTS) {
                throw new IllegalArgumentException(name + ": " + text(shape)
                        + " has more elements than one tensor holds (" + Tensor.MAX_ELEMENTS + ")");
            }
        }
        return (int) elements;
    }

    /** Throws unless the tensor has the shape; {@code why} completes the sentence, or is empty. */
    static void require(String name, int[] expected, Tensor actual, String why) {
        if (!actual.hasShape(expected)) {
            throw new IllegalArgumentException(name + ": expected " + text(expected) + (why.isEmpty() ? "" : " " + why)
                    + ", got " + text(actual.shape()));
        }
    }

    static String text(int... shape) {
        return Arrays.toString(shape);
    }
}
