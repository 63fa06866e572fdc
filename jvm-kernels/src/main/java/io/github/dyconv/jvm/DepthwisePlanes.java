package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.VectorShape.SPECIES;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;

/**
 * Convolution of single planes by kernels of three by three, straight from tensor to tensor.
 *
 * <p>Vectors at the left and right edge reach beyond their row, into the row before or behind, and mask what they find there.
 * Of the tensor's first and last plane they would leave the tensor: these planes are for others to convolve.
 */
final class DepthwisePlanes {
    private static final int TAPS = 3;

    /** Floats of a band's output: with as much input it fits a common first-level cache. */
    private static final int BAND_FLOATS = 4096;

    private final int height;
    private final int width;
    private final int outHeight;
    private final int outWidth;
    private final int paddingHeight;
    private final int paddingWidth;

    /** For each vector of a row, two: which of its lanes the first and the last tap find inside the picture. */
    private final long[] inside;

    DepthwisePlanes(ForwardProblem problem) {
        Conv2dGeometry geometry = problem.geometry();
        height = problem.height();
        width = problem.width();
        outHeight = problem.outHeight();
        outWidth = problem.outWidth();
        paddingHeight = geometry.padding().height();
        paddingWidth = geometry.padding().width();
        inside = new long[2 * Math.ceilDiv(outWidth, LANES)];
        for (int i = 0; i < inside.length; i += 2) {
            int left = column(i / 2) - paddingWidth;
            inside[i] = SPECIES.indexInRange(left, width).toLong();
            inside[i + 1] = SPECIES.indexInRange(left + TAPS - 1, width).toLong();
        }
    }

    /** Whether it can take a problem. */
    static boolean takes(ForwardProblem problem) {
        Conv2dGeometry g = problem.geometry();
        return g.inPlanesPerGroup() == 1
                && g.kernelSize().height() == TAPS
                && g.kernelSize().width() == TAPS
                && g.stride().height() == 1
                && g.stride().width() == 1
                && g.dilation().height() == 1
                && g.dilation().width() == 1
                && g.padding().height() <= 1
                && g.padding().width() <= 1
                && (problem.outWidth() >= LANES || bandRows(problem) >= problem.outHeight());
    }

    /** Output rows of a band. */
    static int bandRows(ForwardProblem problem) {
        return Math.max(1, BAND_FLOATS / problem.outWidth());
    }

    /** Whether no vector of a plane of the input, n · C + c, leaves the input. */
    boolean staysInside(MemorySegment x, long inPlane) {
        long end = (inPlane + 1) * height * width + paddingWidth + overrun();
        return inPlane >= paddingWidth && end <= x.byteSize() / Float.BYTES;
    }

    /** Floats behind a plane of the output that are written too, where rows are narrower than a vector. */
    int overrun() {
        return Math.max(0, LANES - outWidth);
    }

    /** The first column of a row's vector, of which the last ends with the row if it is as wide. */
    private int column(int vector) {
        return Math.max(0, Math.min(vector * LANES, outWidth - LANES));
    }

    /**
     * Convolves some rows. Rows narrower than a vector overrun the next ones ({@link #overrun}).
     *
     * @param x {@code [N, C, H, W]}
     * @param inPlane which of its planes, n · C + c, as {@link #staysInside} allows it
     * @param weights with the nine of the output plane
     * @param wBase of the nine, from the weights' base
     * @param bias what each sum begins with
     * @param y {@code [N, O, H', W']}
     * @param outPlane which of its planes, n · O + o
     * @param row the first output row
     * @param rows how many
     */
    void convolve(
            MemorySegment x,
            long inPlane,
            Floats weights,
            int wBase,
            float bias,
            MemorySegment y,
            long outPlane,
            int row,
            int rows) {
        boolean above = row < paddingHeight;
        boolean below = row + rows + TAPS - 1 - paddingHeight > height;
        int firstRow = above ? row : row - paddingHeight;
        long from = (inPlane * height + firstRow) * width - paddingWidth;
        long to = (outPlane * outHeight + row) * outWidth;
        for (int i = 0; i < inside.length; i += 2) {
            int column = column(i / 2);
            DepthwiseKernels.threeByThree(
                    x,
                    (from + column) * Float.BYTES,
                    (long) width * Float.BYTES,
                    above,
                    below,
                    inside[i],
                    inside[i + 1],
                    weights.array(),
                    weights.base() + wBase,
                    bias,
                    y,
                    (to + column) * Float.BYTES,
                    (long) outWidth * Float.BYTES,
                    rows);
        }
    }
}
