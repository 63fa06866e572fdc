package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.Arrays;

/**
 * How {@link SpreadKernels} prepares the output's gradient for the convolution that gives the input's.
 *
 * @param planes N · O
 * @param height H'
 * @param width W'
 * @param strideHeight distance of its rows in the result
 * @param strideWidth distance of its columns
 * @param paddingHeight row of its first row; may be negative
 * @param paddingWidth column of its first column; may be negative
 * @param spreadHeight rows of the result
 * @param spreadWidth columns of the result
 * @param firstRow the first row that is within the result
 * @param endRow the first after those
 * @param firstColumn the first column that is within the result
 * @param endColumn the first after those
 */
public record SpreadShape(
        int planes,
        int height,
        int width,
        int strideHeight,
        int strideWidth,
        int paddingHeight,
        int paddingWidth,
        int spreadHeight,
        int spreadWidth,
        int firstRow,
        int endRow,
        int firstColumn,
        int endColumn) {

    /** For a convolution that pads by itself. */
    static SpreadShape unpadded(ForwardProblem problem, ConvolutionShape exchanged) {
        return of(problem, 0, 0, exchanged.height(), exchanged.width());
    }

    /** For a convolution that reads its input with padding. */
    static SpreadShape padded(ForwardProblem problem, PanelShape exchanged) {
        ConvolutionShape s = exchanged.convolution();
        return of(problem, s.paddingHeight(), s.paddingWidth(), exchanged.paddedHeight(), exchanged.paddedWidth());
    }

    private static SpreadShape of(
            ForwardProblem problem, int paddingHeight, int paddingWidth, int spreadHeight, int spreadWidth) {
        int height = problem.outHeight();
        int width = problem.outWidth();
        int strideHeight = problem.geometry().stride().height();
        int strideWidth = problem.geometry().stride().width();
        return new SpreadShape(
                problem.batch() * problem.geometry().outPlanes(),
                height,
                width,
                strideHeight,
                strideWidth,
                paddingHeight,
                paddingWidth,
                spreadHeight,
                spreadWidth,
                inside(-paddingHeight, strideHeight, height),
                inside(spreadHeight - paddingHeight, strideHeight, height),
                inside(-paddingWidth, strideWidth, width),
                inside(spreadWidth - paddingWidth, strideWidth, width));
    }

    /** How many of the pixels that are a stride apart lie before an edge. */
    private static int inside(int edge, int stride, int pixels) {
        return Math.clamp(Math.ceilDiv(edge, stride), 0, pixels);
    }

    /** Whether the result is the gradient as it stands. */
    boolean isIdentity() {
        return paddingHeight == 0 && paddingWidth == 0 && spreadHeight == height && spreadWidth == width;
    }

    /** Never negative: TornadoVM's PTX back end writes it into the kernel's name, where a minus sign is a syntax error. */
    @Override
    public int hashCode() {
        return Arrays.hashCode(new int[] {
                    planes,
                    height,
                    width,
                    strideHeight,
                    strideWidth,
                    paddingHeight,
                    paddingWidth,
                    spreadHeight,
                    spreadWidth,
                    firstRow,
                    endRow,
                    firstColumn,
                    endColumn
                })
                & Integer.MAX_VALUE;
    }
}
