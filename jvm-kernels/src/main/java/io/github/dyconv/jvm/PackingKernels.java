package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.VectorShape.SPECIES;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies neighbouring rows of a picture out of a tensor's memory, whole or every n-th column.
 *
 * <p>Ladder: {@link #everyNth} goes element by element; {@link #consecutive} copies vectors, four side by side down all rows,
 * because rows are too short to pay for a loop each, let alone for a call to {@link MemorySegment#copy}; the last of a row
 * overlap; {@link #foursAtATime} does the same for rows of less than a vector, with the narrowest ones; {@link #everySecond} picks every second element out of two vectors at once.
 *
 * <p>All compute {@code to[base + r · toStride + j] = x[first + r · xStride + j · step]} for r below {@code rows} and j below
 * {@code count}, and touch nothing else.
 */
final class PackingKernels {
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    /** Indices of the even and of the odd elements of two vectors. */
    private static final FloatVector EVEN = FloatVector.zero(SPECIES).addIndex(2);

    private static final FloatVector ODD = EVEN.add(1);

    /** Indices of the first and of the last elements of two vectors in turns. */
    private static final FloatVector FIRST = inTurns(0);

    private static final FloatVector LAST = inTurns(LANES / 2);

    private PackingKernels() {}

    private static FloatVector inTurns(int first) {
        float[] indices = new float[LANES];
        for (int i = 0; i < LANES; i++) {
            indices[i] = first + i / 2 + i % 2 * LANES;
        }
        return FloatVector.fromArray(SPECIES, indices, 0);
    }

    /** Copies rows, {@code step} being any. */
    static void copy(
            MemorySegment x,
            long first,
            long xStride,
            int step,
            float[] to,
            int base,
            int toStride,
            int rows,
            int count) {
        if (step == 1 && count >= LANES) {
            consecutive(x, first, xStride, to, base, toStride, rows, count);
        } else if (step == 1 && count >= FOUR.length()) {
            foursAtATime(x, first, xStride, to, base, toStride, rows, count);
        } else if (step == 2 && count > LANES) {
            everySecond(x, first, xStride, to, base, toStride, rows, count);
        } else {
            everyNth(x, first, xStride, step, to, base, toStride, rows, count);
        }
    }

    private static void consecutive(
            MemorySegment x, long first, long xStride, float[] to, int base, int toStride, int rows, int count) {
        for (int j = 0; j < count; j += 4 * LANES) {
            int second = Math.min(j + LANES, count - LANES);
            int third = Math.min(j + 2 * LANES, count - LANES);
            int fourth = Math.min(j + 3 * LANES, count - LANES);
            fourVectors(x, first, xStride, Math.min(j, count - LANES), second, third, fourth, to, base, toStride, rows);
        }
    }

    private static void fourVectors(
            MemorySegment x,
            long first,
            long xStride,
            int j0,
            int j1,
            int j2,
            int j3,
            float[] to,
            int base,
            int toStride,
            int rows) {
        long from = first * Float.BYTES;
        int at = base;
        for (int r = 0; r < rows; r++) {
            load(x, from, j0).intoArray(to, at + j0);
            load(x, from, j1).intoArray(to, at + j1);
            load(x, from, j2).intoArray(to, at + j2);
            load(x, from, j3).intoArray(to, at + j3);
            from += xStride * Float.BYTES;
            at += toStride;
        }
    }

    private static void foursAtATime(
            MemorySegment x, long first, long xStride, float[] to, int base, int toStride, int rows, int count) {
        int last = count - FOUR.length();
        for (int r = 0; r < rows; r++) {
            long from = (first + r * xStride) * Float.BYTES;
            int at = base + r * toStride;
            for (int j = 0; j < last; j += 4) {
                FloatVector.fromMemorySegment(FOUR, x, from + (long) j * Float.BYTES, ORDER)
                        .intoArray(to, at + j);
            }
            FloatVector.fromMemorySegment(FOUR, x, from + (long) last * Float.BYTES, ORDER)
                    .intoArray(to, at + last);
        }
    }

    private static FloatVector load(MemorySegment x, long from, int j) {
        return FloatVector.fromMemorySegment(SPECIES, x, from + (long) j * Float.BYTES, ORDER);
    }

    /**
     * The elements of a row's last vector are the odd ones of the two vectors that end with it: the even ones would reach one
     * element beyond, which may be the tensor's end.
     */
    private static void everySecond(
            MemorySegment x, long first, long xStride, float[] to, int base, int toStride, int rows, int count) {
        int last = count - LANES;
        for (int r = 0; r < rows; r++) {
            long from = (first + r * xStride) * Float.BYTES;
            int at = base + r * toStride;
            for (int j = 0; j < last; j += LANES) {
                pick(EVEN, x, from + 2L * j * Float.BYTES).intoArray(to, at + j);
            }
            pick(ODD, x, from + (2L * last - 1) * Float.BYTES).intoArray(to, at + last);
        }
    }

    private static FloatVector pick(FloatVector indices, MemorySegment x, long offset) {
        FloatVector low = FloatVector.fromMemorySegment(SPECIES, x, offset, ORDER);
        FloatVector high = FloatVector.fromMemorySegment(SPECIES, x, offset + SPECIES.vectorByteSize(), ORDER);
        return indices.selectFrom(low, high);
    }

    private static void everyNth(
            MemorySegment x,
            long first,
            long xStride,
            int step,
            float[] to,
            int base,
            int toStride,
            int rows,
            int count) {
        for (int r = 0; r < rows; r++) {
            long from = first + r * xStride;
            int at = base + r * toStride;
            for (int j = 0; j < count; j++) {
                to[at + j] = x.getAtIndex(FLOAT, from + (long) j * step);
            }
        }
    }

    /**
     * {@code y[to + 2j] = even[evenFirst + j]} and {@code y[to + 2j + 1] = odd[oddFirst + j]}, for j below {@code count}: {@link
     * #everySecond} the other way round.
     */
    static void interleave(
            MemorySegment even, long evenFirst, MemorySegment odd, long oddFirst, MemorySegment y, long to, int count) {
        if (count < LANES) {
            for (int j = 0; j < count; j++) {
                y.setAtIndex(FLOAT, to + 2L * j, even.getAtIndex(FLOAT, evenFirst + j));
                y.setAtIndex(FLOAT, to + 2L * j + 1, odd.getAtIndex(FLOAT, oddFirst + j));
            }
            return;
        }
        int last = count - LANES; // its vectors may overlap the ones before
        for (int j = 0; j < last; j += LANES) {
            interleave(even, evenFirst + j, odd, oddFirst + j, y, to + 2L * j);
        }
        interleave(even, evenFirst + last, odd, oddFirst + last, y, to + 2L * last);
    }

    /** The same out of arrays, of a vector's elements at most. */
    static void interleave(
            float[] even, int evenFirst, float[] odd, int oddFirst, MemorySegment y, long to, int count) {
        if (count < LANES) {
            for (int j = 0; j < count; j++) {
                y.setAtIndex(FLOAT, to + 2L * j, even[evenFirst + j]);
                y.setAtIndex(FLOAT, to + 2L * j + 1, odd[oddFirst + j]);
            }
            return;
        }
        FloatVector a = FloatVector.fromArray(SPECIES, even, evenFirst);
        interleave(a, FloatVector.fromArray(SPECIES, odd, oddFirst), y, to);
    }

    private static void interleave(
            MemorySegment even, long evenFirst, MemorySegment odd, long oddFirst, MemorySegment y, long to) {
        FloatVector a = FloatVector.fromMemorySegment(SPECIES, even, evenFirst * Float.BYTES, ORDER);
        FloatVector b = FloatVector.fromMemorySegment(SPECIES, odd, oddFirst * Float.BYTES, ORDER);
        interleave(a, b, y, to);
    }

    private static void interleave(FloatVector a, FloatVector b, MemorySegment y, long to) {
        FIRST.selectFrom(a, b).intoMemorySegment(y, to * Float.BYTES, ORDER);
        LAST.selectFrom(a, b).intoMemorySegment(y, to * Float.BYTES + SPECIES.vectorByteSize(), ORDER);
    }
}
