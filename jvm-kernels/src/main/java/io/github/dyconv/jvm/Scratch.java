package io.github.dyconv.jvm;

import io.github.dyconv.Tensor;
import java.util.Arrays;

/**
 * The memory of one plan, in pieces that begin where a cache line does: a vector as long as a line, in an array that begins
 * somewhere, nearly always lies across two of them, which takes twice as long to read and more to write (a fifth of a forward
 * pass, on one processor).
 *
 * <p>The Java language knows no addresses. But G1, the usual garbage collector, puts an array of more than half a region at a
 * region's beginning and leaves it there, so that its first line begins behind the array's header. Pieces are cut out of such
 * arrays. With other collectors they begin anywhere, as arrays do.
 */
final class Scratch {
    /** Floats of a cache line. */
    private static final int LINE = 64 / Float.BYTES;

    /** The first float behind an array's header, of 16 bytes, that begins a cache line. */
    private static final int FIRST = LINE - 16 / Float.BYTES;

    /** G1's regions: a 2048th of the heap, rounded up to a power of two, within bounds. */
    private static final int REGION_BYTES =
            Math.clamp(Long.highestOneBit(2 * (Runtime.getRuntime().maxMemory() >> 11) - 1), 1 << 20, 32 << 20);

    /** More than half a region. */
    private static final int LEAST_FLOATS = REGION_BYTES / 2 / Float.BYTES + LINE;

    private float[] array = {};
    private int next;
    private long bytes;

    /** A piece of zeros. */
    Floats floats(int length) {
        if (length > array.length - next) {
            array = new float[Math.max(LEAST_FLOATS, Math.addExact(FIRST, length))];
            next = FIRST;
            bytes += (long) array.length * Float.BYTES;
        }
        Floats piece = new Floats(array, next);
        next = (int) Math.min(array.length, (long) Math.ceilDiv(next + length - FIRST, LINE) * LINE + FIRST);
        return piece;
    }

    /** A piece of zeros for each worker. */
    Floats[] floatsOf(int workers, int length) {
        Floats[] pieces = new Floats[workers];
        Arrays.setAll(pieces, i -> floats(length));
        return pieces;
    }

    /** An array of its own, of zeros. */
    double[] doubles(int length) {
        bytes += (long) length * Double.BYTES;
        return new double[length];
    }

    /** An array of its own for each worker. */
    double[][] doublesOf(int workers, int length) {
        double[][] arrays = new double[workers][];
        Arrays.setAll(arrays, i -> doubles(length));
        return arrays;
    }

    /** Zeros. */
    Tensor tensor(int... shape) {
        Tensor tensor = Tensor.zeros(shape);
        bytes += tensor.segment().byteSize();
        return tensor;
    }

    /** Bytes of all that was handed out, and of what is left of its arrays. */
    long bytes() {
        return bytes;
    }
}
