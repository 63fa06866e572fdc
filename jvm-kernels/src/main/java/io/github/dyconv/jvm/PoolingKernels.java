package io.github.dyconv.jvm;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The sum of a plane, for global average pooling.
 *
 * <p>Ladder: {@link ScalarPooling} sums in double, one by one; {@link #vector} sums blocks of floats in four vectors, whose lanes
 * are then added in double. The order depends on the plane's length only. (The Vector API's own reduction leaves its order
 * open, so it could differ between two calls.)
 */
final class PoolingKernels {
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** Floats summed in float before the sums go on in double: few enough that rounding does not show. */
    private static final int BLOCK = 4096;

    private PoolingKernels() {}

    static double vector(MemorySegment x, long first, int count) {
        double sum = 0;
        int step = 4 * SPECIES.length();
        int whole = count - count % step;
        for (int begin = 0; begin < whole; begin += BLOCK) {
            sum += block(x, first + begin, Math.min(BLOCK, whole - begin));
        }
        return sum + ScalarPooling.sum(x, first + whole, count - whole);
    }

    /** The sum of a multiple of four vectors. */
    private static double block(MemorySegment x, long first, int count) {
        int vectorBytes = SPECIES.vectorByteSize();
        FloatVector a = FloatVector.zero(SPECIES);
        FloatVector b = a;
        FloatVector c = a;
        FloatVector d = a;
        long end = (first + count) * Float.BYTES;
        for (long at = first * Float.BYTES; at < end; at += 4L * vectorBytes) {
            a = a.add(load(x, at));
            b = b.add(load(x, at + vectorBytes));
            c = c.add(load(x, at + 2L * vectorBytes));
            d = d.add(load(x, at + 3L * vectorBytes));
        }
        FloatVector lanes = a.add(b).add(c.add(d));
        double sum = 0;
        for (int lane = 0; lane < SPECIES.length(); lane++) {
            sum += lanes.lane(lane);
        }
        return sum;
    }

    private static FloatVector load(MemorySegment x, long offset) {
        return FloatVector.fromMemorySegment(SPECIES, x, offset, ByteOrder.nativeOrder());
    }
}
