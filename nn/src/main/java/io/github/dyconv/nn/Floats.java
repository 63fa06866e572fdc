package io.github.dyconv.nn;

import io.github.dyconv.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What all operations' loops need. They work on arrays, a piece at a time that stays in the first-level cache: C2 makes
 * vector code of loops over arrays, but not of those that read one memory segment and write another, which might overlap.
 */
final class Floats {
    /** Elements of a piece of a longer run of elements. */
    static final int PIECE = 2048;

    private Floats() {}

    /** A part of an operation's loop: what to do with one piece. */
    @FunctionalInterface
    interface Piece {
        /**
         * Works on some elements.
         *
         * @param offset of the first one
         * @param length how many, at most {@link #PIECE}
         */
        void run(int offset, int length);
    }

    /** Cuts elements into pieces, of which each is a task. */
    static void pieces(int elements, Parallel parallel, Piece body) {
        parallel.run(Math.ceilDiv(elements, PIECE), piece -> {
            int offset = piece * PIECE;
            body.run(offset, Math.min(PIECE, elements - offset));
        });
    }

    static void read(Tensor tensor, int offset, float[] to, int length) {
        MemorySegment.copy(tensor.segment(), ValueLayout.JAVA_FLOAT, (long) offset * Float.BYTES, to, 0, length);
    }

    static float[] read(Tensor tensor, int offset, int length) {
        float[] values = new float[length];
        read(tensor, offset, values, length);
        return values;
    }

    static void write(float[] values, Tensor to, int offset, int length) {
        MemorySegment.copy(values, 0, to.segment(), ValueLayout.JAVA_FLOAT, (long) offset * Float.BYTES, length);
    }

    static float get(Tensor tensor, int index) {
        return tensor.segment().getAtIndex(ValueLayout.JAVA_FLOAT, index);
    }

    static void set(Tensor tensor, int index, float value) {
        tensor.segment().setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
    }

    /** The sum in double, of four chains that the processor adds at the same time. */
    static double sum(float[] values, int length) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i + 4 <= length; i += 4) {
            a += values[i];
            b += values[i + 1];
            c += values[i + 2];
            d += values[i + 3];
        }
        for (; i < length; i++) {
            a += values[i];
        }
        return (a + b) + (c + d);
    }

    /** The inner product in double, likewise. */
    static double dot(float[] left, float[] right, int length) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i + 4 <= length; i += 4) {
            a += (double) left[i] * right[i];
            b += (double) left[i + 1] * right[i + 1];
            c += (double) left[i + 2] * right[i + 2];
            d += (double) left[i + 3] * right[i + 3];
        }
        for (; i < length; i++) {
            a += (double) left[i] * right[i];
        }
        return (a + b) + (c + d);
    }

    /** {@code y += factor · x}. */
    static void addScaled(float[] y, float factor, float[] x, int length) {
        for (int i = 0; i < length; i++) {
            y[i] += factor * x[i];
        }
    }

    /** Adds all elements of one tensor to those of another. */
    static void addTo(Tensor sum, Tensor addend, Parallel parallel) {
        pieces(sum.size(), parallel, (offset, length) -> {
            float[] a = read(sum, offset, length);
            addScaled(a, 1, read(addend, offset, length), length);
            write(a, sum, offset, length);
        });
    }
}
