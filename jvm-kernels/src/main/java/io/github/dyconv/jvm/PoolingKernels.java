package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.VectorShape.SPECIES;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;

/**
 * The sum of a plane, for global average pooling.
 *
 * <p>Ladder: {@link ScalarPooling} sums in double, one by one; {@link #vector} sums blocks of floats in four vectors, whose lanes
 * are then added in double. The order depends on the plane's length only. (The Vector API's own reduction leaves its order
 * open, so it could differ between two calls.)
 */
final class PoolingKernels {
    /** Floats summed in float before the sums go on in double: few enough that rounding does not show. */
    private static final int BLOCK = 4096;

    private PoolingKernels() {}

    static double vector(MemorySegment x, long first, int count, float[] scratch) {
        double sum = 0;
        int whole = SPECIES.loopBound(count);
        for (int begin = 0; begin < whole; begin += BLOCK) {
            sum += block(x, first + begin, Math.min(BLOCK, whole - begin), scratch);
        }
        return sum + ScalarPooling.sum(x, first + whole, count - whole, scratch);
    }

    /** The sum of a multiple of a vector. */
    private static double block(MemorySegment x, long first, int count, float[] scratch) {
        int vectorBytes = SPECIES.vectorByteSize();
        FloatVector a = FloatVector.zero(SPECIES);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        long at = first * Float.BYTES;
        int fours = count / (4 * LANES);
        for (int i = 0; i < fours; i++) {
            a = a.add(load(x, at));
            b = b.add(load(x, at + vectorBytes));
            c = c.add(load(x, at + 2L * vectorBytes));
            d = d.add(load(x, at + 3L * vectorBytes));
            at += 4L * vectorBytes;
        }
        for (int i = fours * 4 * LANES; i < count; i += LANES) {
            a = a.add(load(x, at));
            at += vectorBytes;
        }
        a.add(b).add(c.add(d)).intoArray(scratch, 0); // adding lane by lane out of the vector costs more than all else
        double sum = 0;
        for (int lane = 0; lane < LANES; lane++) {
            sum += scratch[lane];
        }
        return sum;
    }

    private static FloatVector load(MemorySegment x, long offset) {
        return FloatVector.fromMemorySegment(SPECIES, x, offset, ByteOrder.nativeOrder());
    }
}
