package io.github.dyconv.tornado;

import java.util.Arrays;

/**
 * The sizes of an elementwise task and what it ends with, compiled into {@link ElementwiseKernels} as constants.
 *
 * @param size elements, N · C · plane
 * @param channels C
 * @param plane elements of one channel of one sample
 * @param offset where the numbers of the normalization begin: a factor for each channel, then a summand for each; 0 without one
 * @param bounds 0 to leave results as they are, 1 to replace negative ones by 0, 2 to replace those above the ceiling by it too
 * @param ceiling the largest result with two bounds
 */
public record ElementwiseShape(int size, int channels, int plane, int offset, int bounds, float ceiling) {
    /** Never negative: TornadoVM's PTX back end writes it into the kernel's name, where a minus sign is a syntax error. */
    @Override
    public int hashCode() {
        return Arrays.hashCode(new int[] {size, channels, plane, offset, bounds, Float.floatToIntBits(ceiling)})
                & Integer.MAX_VALUE;
    }
}
