package io.github.dyconv.tornado;

import java.util.Arrays;

/**
 * The sizes of pooling, compiled into {@link PoolKernels} as constants: of parameters that are plain numbers, TornadoVM would
 * leave those that bound a parallel loop open where the task has a grid.
 *
 * @param planes N · C
 * @param pixels H · W
 */
public record PlaneShape(int planes, int pixels) {
    /** Never negative: TornadoVM's PTX back end writes it into the kernel's name, where a minus sign is a syntax error. */
    @Override
    public int hashCode() {
        return Arrays.hashCode(new int[] {planes, pixels}) & Integer.MAX_VALUE;
    }
}
