package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The layout in which the kernels read a band of output rows' input: padded, so that no tap needs a test, and where lanes are
 * pixels split into phases, so that every tap of consecutive output pixels is consecutive in memory.
 *
 * <p>In phases, a tap (kh, kw) of output pixel (oh, ow) reads padded row oh·sh + kh·dh: row oh + (kh·dh) / sh of row phase (kh·dh) mod
 * sh, and columns alike. One input channel's plane holds a sub-plane {@code [rows, width]} for each pair of phases that some
 * tap uses, where width = ow + (kw·dw) / sw at most. Output pixels are numbered along that width, p = oh·width + ow, so a
 * vector runs on from one row into the next; the few numbers with ow beyond the output's width compute nothing of use and
 * are dropped. Without phases the input's rows stay as they are, and pixel (oh, ow) stands at row oh·sh, column ow·sw.
 */
final class PackedInput {
    /** Packed floats of one unit at most. */
    private static final int MOST_FLOATS = 8 << 20;

    private final Conv2dGeometry geometry;
    private final int height;
    private final int width;

    /** From one packed row or column to the next, in the input's; from one output pixel to the next, in packed ones. */
    private final int packHeight;

    private final int packWidth;
    private final int stepHeight;
    private final int stepWidth;
    private final int[] rowPhases;
    private final int[] columnPhases;

    /** For each column phase, the first packed column inside the input, and the one behind the last. */
    private final int[] firstColumns;

    private final int[] endColumns;
    private final int rowReach;
    private final int packedWidth;
    private final int subPlane;
    private final int[] tapOffsets;

    /** Whether packed rows are the input's rows as they stand, so that all of a band go in one copy. */
    private final boolean wholeRows;

    /**
     * The layout for bands of so many output rows.
     *
     * @param problem the convolution
     * @param bandRows output rows of one band
     * @param phased whether to split it into phases
     */
    PackedInput(ForwardProblem problem, int bandRows, boolean phased) {
        geometry = problem.geometry();
        height = problem.height();
        width = problem.width();
        int kernelHeight = geometry.kernelSize().height();
        int kernelWidth = geometry.kernelSize().width();
        int dilationHeight = geometry.dilation().height();
        int dilationWidth = geometry.dilation().width();
        int strideHeight = geometry.stride().height();
        int strideWidth = geometry.stride().width();
        packHeight = phased ? strideHeight : 1;
        packWidth = phased ? strideWidth : 1;
        stepHeight = strideHeight / packHeight;
        stepWidth = strideWidth / packWidth;
        rowPhases = phases(kernelHeight, dilationHeight, packHeight);
        columnPhases = phases(kernelWidth, dilationWidth, packWidth);
        rowReach = (kernelHeight - 1) * dilationHeight / packHeight;
        packedWidth = (problem.outWidth() - 1) * stepWidth + 1 + (kernelWidth - 1) * dilationWidth / packWidth;
        wholeRows = packedWidth == width && geometry.padding().width() == 0 && packWidth == 1 && packHeight == 1;
        subPlane = packedRows(bandRows) * packedWidth;
        firstColumns = new int[columnPhases.length];
        endColumns = new int[columnPhases.length];
        for (int i = 0; i < columnPhases.length; i++) {
            int column = columnPhases[i] - geometry.padding().width(); // of packed column 0; may lie left of the input
            firstColumns[i] = Math.clamp(Math.ceilDiv(-column, packWidth), 0, packedWidth);
            endColumns[i] = Math.clamp(Math.floorDiv(width - 1 - column, packWidth) + 1, firstColumns[i], packedWidth);
        }
        tapOffsets = new int[geometry.taps()];
        for (int kh = 0; kh < kernelHeight; kh++) {
            int rowPhase = Arrays.binarySearch(rowPhases, kh * dilationHeight % packHeight);
            for (int kw = 0; kw < kernelWidth; kw++) {
                int columnPhase = Arrays.binarySearch(columnPhases, kw * dilationWidth % packWidth);
                tapOffsets[kh * kernelWidth + kw] = (rowPhase * columnPhases.length + columnPhase) * subPlane
                        + kh * dilationHeight / packHeight * packedWidth
                        + kw * dilationWidth / packWidth;
            }
        }
    }

    private static int[] phases(int kernel, int dilation, int stride) {
        TreeSet<Integer> phases = new TreeSet<>();
        for (int k = 0; k < kernel; k++) {
            phases.add(k * dilation % stride);
        }
        return phases.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * Floats of one group's packed input for so many output rows, about, in double because a wide dilation can pass any integer.
     */
    static double floatsPerUnit(ForwardProblem problem, double bandRows, boolean phased) {
        Conv2dGeometry g = problem.geometry();
        double rowReach = (g.kernelSize().height() - 1.0) * g.dilation().height();
        double columnReach = (g.kernelSize().width() - 1.0) * g.dilation().width();
        int strideHeight = g.stride().height();
        int strideWidth = g.stride().width();
        if (!phased) {
            return g.inPlanesPerGroup()
                    * (bandRows * strideHeight + rowReach)
                    * ((double) problem.outWidth() * strideWidth + columnReach);
        }
        double phases = Math.min(strideHeight, g.kernelSize().height())
                * (double) Math.min(strideWidth, g.kernelSize().width());
        return g.inPlanesPerGroup()
                * phases
                * (bandRows + rowReach / strideHeight)
                * (problem.outWidth() + columnReach / strideWidth);
    }

    /** Why so many output rows can't be packed, or empty if they can. */
    static Optional<String> refusal(ForwardProblem problem, int bandRows, boolean phased) {
        if (floatsPerUnit(problem, bandRows, phased) > MOST_FLOATS
                || problem.height() + 2L * problem.geometry().padding().height() > Integer.MAX_VALUE / 2
                || problem.width() + 2L * problem.geometry().padding().width() > Integer.MAX_VALUE / 2) {
            return Optional.of("the padded input is too wide to pack");
        }
        return Optional.empty();
    }

    private int packedRows(int outRows) {
        return (outRows - 1) * stepHeight + 1 + rowReach;
    }

    /** Where an output pixel's first tap stands in the first input channel. */
    int place(int outRow, int outColumn) {
        return outRow * stepHeight * packedWidth + outColumn * stepWidth;
    }

    /** From one input channel to the next. */
    int planeStride() {
        return rowPhases.length * columnPhases.length * subPlane;
    }

    /** The width along which output pixels are numbered in phases. */
    int packedWidth() {
        return packedWidth;
    }

    /** For each tap, in the order of the weights, what to add to a pixel's number. */
    int[] tapOffsets() {
        return tapOffsets;
    }

    /**
     * Packs one input channel for one band. Of a packed row only columns inside the input are written: those outside are the
     * same for every band, and must be zero from the beginning.
     *
     * @param x the input's memory
     * @param plane which {@code [H, W]} plane of it, n · C + c
     * @param firstRow the band's first output row
     * @param rows its output rows
     * @param packed where to; used for this layout only, and zero at first
     * @param packedBase of the channel's plane there
     */
    void pack(MemorySegment x, long plane, int firstRow, int rows, float[] packed, int packedBase) {
        int packedRows = packedRows(rows);
        int at = packedBase;
        for (int rowPhase : rowPhases) {
            // Packed row r is input row first + r · packHeight; those outside the input are padding.
            int first = firstRow * geometry.stride().height()
                    + rowPhase
                    - geometry.padding().height();
            int begin = Math.clamp(Math.ceilDiv(-first, packHeight), 0, packedRows);
            int end = Math.clamp(Math.floorDiv(height - 1 - first, packHeight) + 1, begin, packedRows);
            long from = (plane * height + first + (long) begin * packHeight) * width;
            for (int phase = 0; phase < columnPhases.length; phase++) {
                int to = at + begin * packedWidth;
                Arrays.fill(packed, at, to, 0);
                if (wholeRows) {
                    Rows.load(x, from, packed, to, (end - begin) * width);
                } else {
                    packRows(x, from, phase, end - begin, packed, to);
                }
                Arrays.fill(packed, at + end * packedWidth, at + packedRows * packedWidth, 0);
                at += subPlane;
            }
        }
    }

    private void packRows(MemorySegment x, long from, int phase, int rows, float[] packed, int to) {
        int begin = firstColumns[phase];
        PackingKernels.copy(
                x,
                from + columnPhases[phase] - geometry.padding().width() + (long) begin * packWidth,
                (long) packHeight * width,
                packWidth,
                packed,
                to + begin,
                packedWidth,
                rows,
                endColumns[phase] - begin);
    }
}
