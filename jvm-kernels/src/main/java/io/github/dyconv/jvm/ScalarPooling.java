package io.github.dyconv.jvm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The sum of a plane without the Vector API: the first rung below {@link PoolingKernels}. */
final class ScalarPooling {
    private ScalarPooling() {}

    static double sum(MemorySegment x, long first, int count, float[] scratch) {
        double sum = 0;
        for (long i = first; i < first + count; i++) {
            sum += x.getAtIndex(ValueLayout.JAVA_FLOAT, i);
        }
        return sum;
    }
}
