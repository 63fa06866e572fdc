package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.Arrays;

/**
 * The sizes of the attention, compiled into {@link AttentionKernels} as constants, for the reason of {@link
 * PlaneShape}.
 *
 * @param batch N
 * @param inPlanes C
 * @param pixels H · W
 * @param hiddenPlanes hidden
 * @param kernels K
 */
public record AttentionShape(int batch, int inPlanes, int pixels, int hiddenPlanes, int kernels) {
    static AttentionShape of(ForwardProblem problem) {
        return new AttentionShape(
                problem.batch(),
                problem.geometry().inPlanes(),
                problem.height() * problem.width(),
                problem.config().hiddenPlanes(),
                problem.config().kernels());
    }

    /** Never negative: TornadoVM's PTX back end writes it into the kernel's name, where a minus sign is a syntax error. */
    @Override
    public int hashCode() {
        return Arrays.hashCode(new int[] {batch, inPlanes, pixels, hiddenPlanes, kernels}) & Integer.MAX_VALUE;
    }
}
