package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.TreeSet;

/**
 * The layout in which the vector kernels read a band of output rows' input: padded, and for strides split into phases, so
 * that every tap of consecutive output pixels is consecutive in memory and no tap needs a test.
 *
 * <p>A tap (kh, kw) of output pixel (oh, ow) reads padded row oh·sh + kh·dh: row oh + (kh·dh) / sh of row phase (kh·dh) mod
 * sh, and columns alike. One input channel's plane holds a sub-plane {@code [rows, width]} for each pair of phases that some
 * tap uses, where width = ow + (kw·dw) / sw at most. Output pixels are numbered along that width, p = oh·width + ow, so a
 * vector runs on from one row into the next; the few numbers with ow beyond the output's width compute nothing of use and
 * are dropped.
 */
final class PackedInput {
    private final Conv2dGeometry geometry;
    private final int height;
    private final int width;
    private final int[] rowPhases;
    private final int[] columnPhases;
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
     */
    PackedInput(ForwardProblem problem, int bandRows) {
        geometry = problem.geometry();
        height = problem.height();
        width = problem.width();
        int kernelHeight = geometry.kernelSize().height();
        int kernelWidth = geometry.kernelSize().width();
        int dilationHeight = geometry.dilation().height();
        int dilationWidth = geometry.dilation().width();
        int strideHeight = geometry.stride().height();
        int strideWidth = geometry.stride().width();
        rowPhases = phases(kernelHeight, dilationHeight, strideHeight);
        columnPhases = phases(kernelWidth, dilationWidth, strideWidth);
        rowReach = (kernelHeight - 1) * dilationHeight / strideHeight;
        packedWidth = problem.outWidth() + (kernelWidth - 1) * dilationWidth / strideWidth;
        wholeRows = packedWidth == width && geometry.padding().width() == 0 && strideWidth == 1 && strideHeight == 1;
        subPlane = (bandRows + rowReach) * packedWidth;
        tapOffsets = new int[geometry.taps()];
        for (int kh = 0; kh < kernelHeight; kh++) {
            int rowPhase = Arrays.binarySearch(rowPhases, kh * dilationHeight % strideHeight);
            for (int kw = 0; kw < kernelWidth; kw++) {
                int columnPhase = Arrays.binarySearch(columnPhases, kw * dilationWidth % strideWidth);
                tapOffsets[kh * kernelWidth + kw] = (rowPhase * columnPhases.length + columnPhase) * subPlane
                        + kh * dilationHeight / strideHeight * packedWidth
                        + kw * dilationWidth / strideWidth;
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
     * Floats that one output row of a band adds to a packed sample, and those of the rows that a band reads beyond, in
     * double because a wide dilation can pass any integer.
     */
    static double floatsPerSample(ForwardProblem problem, double bandRows) {
        Conv2dGeometry g = problem.geometry();
        double rowReach = (g.kernelSize().height() - 1.0)
                * g.dilation().height()
                / g.stride().height();
        double columnReach = (g.kernelSize().width() - 1.0)
                * g.dilation().width()
                / g.stride().width();
        double phases = Math.min(g.stride().height(), g.kernelSize().height())
                * (double) Math.min(g.stride().width(), g.kernelSize().width());
        return g.inPlanes() * phases * (bandRows + rowReach) * (problem.outWidth() + columnReach);
    }

    /** From one input channel to the next. */
    int planeStride() {
        return rowPhases.length * columnPhases.length * subPlane;
    }

    /** The width along which output pixels are numbered. */
    int packedWidth() {
        return packedWidth;
    }

    /** For each tap, in the order of the weights, what to add to a pixel's number. */
    int[] tapOffsets() {
        return tapOffsets;
    }

    /**
     * Packs one input channel for one band.
     *
     * @param x the input's memory
     * @param plane which {@code [H, W]} plane of it, n · C + c
     * @param firstRow the band's first output row
     * @param rows its output rows
     * @param packed where to
     * @param packedBase of the channel's plane there
     */
    void pack(MemorySegment x, long plane, int firstRow, int rows, float[] packed, int packedBase) {
        int strideHeight = geometry.stride().height();
        int packedRows = rows + rowReach;
        int at = packedBase;
        for (int rowPhase : rowPhases) {
            // Packed row r is input row first + r · stride; those outside the input are padding.
            int first = firstRow * strideHeight + rowPhase - geometry.padding().height();
            int begin = Math.clamp(Math.ceilDiv(-first, strideHeight), 0, packedRows);
            int end = Math.clamp(Math.floorDiv(height - 1 - first, strideHeight) + 1, begin, packedRows);
            for (int columnPhase : columnPhases) {
                Arrays.fill(packed, at, at + begin * packedWidth, 0);
                if (wholeRows) {
                    long from = (plane * height + first + begin) * width * Float.BYTES;
                    int count = (end - begin) * width;
                    MemorySegment.copy(x, ValueLayout.JAVA_FLOAT, from, packed, at + begin * packedWidth, count);
                } else {
                    for (int r = begin; r < end; r++) {
                        long row = plane * height + first + (long) r * strideHeight;
                        packRow(x, row * width, columnPhase, packed, at + r * packedWidth);
                    }
                }
                Arrays.fill(packed, at + end * packedWidth, at + packedRows * packedWidth, 0);
                at += subPlane;
            }
        }
    }

    private void packRow(MemorySegment x, long rowStart, int columnPhase, float[] packed, int rowBase) {
        int stride = geometry.stride().width();
        int firstColumn = columnPhase - geometry.padding().width(); // of packed column 0; may lie left of the input
        int begin = Math.min(packedWidth, Math.max(0, Math.ceilDiv(-firstColumn, stride)));
        int end = Math.max(begin, Math.min(packedWidth, Math.floorDiv(width - 1 - firstColumn, stride) + 1));
        Arrays.fill(packed, rowBase, rowBase + begin, 0);
        if (stride == 1) {
            long offset = (rowStart + firstColumn + begin) * Float.BYTES;
            MemorySegment.copy(x, ValueLayout.JAVA_FLOAT, offset, packed, rowBase + begin, end - begin);
        } else {
            for (int j = begin; j < end; j++) {
                packed[rowBase + j] = x.getAtIndex(ValueLayout.JAVA_FLOAT, rowStart + firstColumn + (long) j * stride);
            }
        }
        Arrays.fill(packed, rowBase + end, rowBase + packedWidth, 0);
    }
}
