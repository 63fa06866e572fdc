package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.VectorShape.SPECIES;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/** Copies between tensors and arrays, for rows of pictures: so short that a call of the JDK's own copy costs more than the copy. */
final class Rows {
    /** Longer rows are left to the JDK. */
    private static final int LONG = 512;

    private Rows() {}

    /** {@code to[toBase + i] = x[from + i]} for i below {@code length}. */
    static void load(MemorySegment x, long from, float[] to, int toBase, int length) {
        if (length > LONG) {
            MemorySegment.copy(x, ValueLayout.JAVA_FLOAT, from * Float.BYTES, to, toBase, length);
            return;
        }
        if (length < LANES) {
            for (int i = 0; i < length; i++) {
                to[toBase + i] = x.getAtIndex(ValueLayout.JAVA_FLOAT, from + i);
            }
            return;
        }
        int last = length - LANES; // its vector may overlap the one before
        for (int i = 0; i < last; i += LANES) {
            load(x, from + i, to, toBase + i);
        }
        load(x, from + last, to, toBase + last);
    }

    private static void load(MemorySegment x, long from, float[] to, int at) {
        FloatVector.fromMemorySegment(SPECIES, x, from * Float.BYTES, ByteOrder.nativeOrder())
                .intoArray(to, at);
    }

    /** {@code y[to + i] = from[fromBase + i]} for i below {@code length}. */
    static void store(float[] from, int fromBase, MemorySegment y, long to, int length) {
        if (length > LONG) {
            MemorySegment.copy(from, fromBase, y, ValueLayout.JAVA_FLOAT, to * Float.BYTES, length);
            return;
        }
        if (length < LANES) {
            for (int i = 0; i < length; i++) {
                y.setAtIndex(ValueLayout.JAVA_FLOAT, to + i, from[fromBase + i]);
            }
            return;
        }
        int last = length - LANES;
        for (int i = 0; i < last; i += LANES) {
            store(from, fromBase + i, y, to + i);
        }
        store(from, fromBase + last, y, to + last);
    }

    private static void store(float[] from, int at, MemorySegment y, long to) {
        FloatVector.fromArray(SPECIES, from, at).intoMemorySegment(y, to * Float.BYTES, ByteOrder.nativeOrder());
    }
}
