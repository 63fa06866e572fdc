package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.Objects;

/**
 * How {@link VectorConvolutionKernels} divide a layer, for the reason of {@link PlaneShape}.
 *
 * @param panels of the convolution
 * @param attention of the attention
 * @param attended samples whose attention each work-item computes: all, or none where the attention is there already
 * @param piecesPerItem pieces of the convolution that a work-item takes
 */
public record ForwardShape(PanelShape panels, AttentionShape attention, int attended, int piecesPerItem) {
    /**
     * Elements that a compute unit pools and pads in less time than two launches take: on PoCL one costs some 90 µs, and a unit has
     * done 100,000 by then.
     */
    private static final int LAUNCHES = 1 << 17;

    /** A convolution with an attention that is there already. */
    static ForwardShape convolution(PanelShape panels) {
        return new ForwardShape(panels, new AttentionShape(0, 0, 0, 0, 0), 0, 1);
    }

    /** A whole layer. */
    static ForwardShape layer(ForwardProblem problem, PanelShape panels, int computeUnits) {
        return new ForwardShape(
                panels, AttentionShape.of(problem), problem.batch(), Math.ceilDiv(panels.pieces(), computeUnits));
    }

    /**
     * Whether a layer is faster whole, though each unit then pools and copies all samples: where that takes it little longer than
     * if all shared them, and copied them only for padding.
     */
    static boolean whole(ForwardProblem problem, PanelShape panels, int computeUnits) {
        long elements = (long) problem.batch() * problem.geometry().inPlanes() * problem.height() * problem.width();
        long shared = panels.unpadded() ? 0 : elements / computeUnits;
        return problem.dynamic() && elements - shared <= LAUNCHES;
    }

    /**
     * Work-items.
     *
     * @return the number
     */
    public int items() {
        return Math.ceilDiv(panels().pieces(), piecesPerItem());
    }

    /** Never negative: TornadoVM's PTX back end writes it into the kernel's name, where a minus sign is a syntax error. */
    @Override
    public int hashCode() {
        return Objects.hash(panels, attention, attended, piecesPerItem) & Integer.MAX_VALUE;
    }
}
