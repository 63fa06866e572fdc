package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.ChannelKernels.CHANNELS;
import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.WinogradKernels.OUTPUTS;
import static io.github.dyconv.jvm.WinogradKernels.POINTS;
import static io.github.dyconv.jvm.WinogradKernels.TAPS;

import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * How a picture is cut into the tiles of {@link WinogradConvolution} and {@link WinogradFilterBlocks}, and their way into the points and back.
 *
 * <p>A dilation of d leaves d² pictures that don't mix, every d-th pixel of every d-th row: each is tiled by itself. A group of
 * rows is what a row of tiles of all of them covers, 4 · d output rows; a band is some groups. Tiles of a band are numbered by
 * group, by the row's remainder, by group of columns, and by the column's remainder.
 */
final class WinogradTiles {
    private final int height;
    private final int width;
    private final int outHeight;
    private final int outWidth;
    private final int paddingHeight;
    private final int paddingWidth;
    private final int dilationHeight;
    private final int dilationWidth;
    private final int rowGroups;
    private final int columnGroups;
    private final int bands;

    /** A cut into at least so many bands, if there are as many groups of rows. */
    WinogradTiles(ForwardProblem problem, int bands) {
        height = problem.height();
        width = problem.width();
        outHeight = problem.outHeight();
        outWidth = problem.outWidth();
        paddingHeight = problem.geometry().padding().height();
        paddingWidth = problem.geometry().padding().width();
        dilationHeight = problem.geometry().dilation().height();
        dilationWidth = problem.geometry().dilation().width();
        rowGroups = Math.ceilDiv(outHeight, OUTPUTS * dilationHeight);
        columnGroups = Math.ceilDiv(outWidth, OUTPUTS * dilationWidth);
        this.bands = Math.min(bands, rowGroups);
    }

    /** Floats of one channel of the smallest band, in double because a wide dilation can pass any integer. */
    static double floatsPerPlane(ForwardProblem problem) {
        double rows = OUTPUTS * (double) problem.geometry().dilation().height();
        double columns = OUTPUTS * (double) problem.geometry().dilation().width();
        return POINTS * POINTS * rows / OUTPUTS * Math.ceil(problem.outWidth() / columns) * columns / OUTPUTS;
    }

    int bands() {
        return bands;
    }

    /** Tiles of one group of rows. */
    int tilesPerGroup() {
        return dilationHeight * tilesPerRow();
    }

    private int tilesPerRow() {
        return columnGroups * dilationWidth;
    }

    /** Tiles of the largest band. */
    int mostTiles() {
        return mostGroups() * tilesPerGroup();
    }

    private int mostGroups() {
        return Math.ceilDiv(rowGroups, bands);
    }

    int tiles(int band) {
        return (firstGroup(band + 1) - firstGroup(band)) * tilesPerGroup();
    }

    private int firstGroup(int band) {
        return (int) ((long) band * rowGroups / bands);
    }

    private int groupRows() {
        return OUTPUTS * dilationHeight;
    }

    private int inPitch() {
        return outPitch() + (TAPS - 1) * dilationWidth;
    }

    private int inRows(int groups) {
        return groups * groupRows() + (TAPS - 1) * dilationHeight;
    }

    private int outPitch() {
        return columnGroups * OUTPUTS * dilationWidth;
    }

    /** Memory for a band of a picture and its tiles' factors, as one worker needs it. */
    static final class Band {
        /** A band's pixels, one vector each. Columns of padding are never written and stay 0. */
        private final Floats pixels;

        /** A row of tiles, transformed along columns: {@code [POINTS, pitch, LANES]}. */
        private final Floats columns;

        private final Floats square;

        private Band(int rows, int pitch, Scratch scratch) {
            pixels = scratch.floats(rows * pitch * LANES);
            columns = scratch.floats(POINTS * pitch * LANES);
            square = scratch.floats(Transposition.SQUARE);
        }
    }

    /** Memory for {@link #transformInput}. */
    Band inputBand(Scratch scratch) {
        return new Band(inRows(mostGroups()), inPitch(), scratch);
    }

    /** Memory for {@link #transformGradient}. */
    Band gradientBand(Scratch scratch) {
        return new Band(mostGroups() * groupRows(), outPitch(), scratch);
    }

    /** Memory for {@link #transformOutput}, as one worker needs it. */
    final class Outputs {
        /** A row of tiles, transformed back along columns: {@code [OUTPUTS, POINTS, tiles, LANES]}. */
        private final Floats rows;

        /** A group of output rows, one vector a pixel. */
        private final Floats out;

        /** What the transform along columns begins with. */
        private final float[] zeros = new float[LANES];

        private final Floats square;

        Outputs(Scratch scratch) {
            rows = scratch.floats(OUTPUTS * POINTS * tilesPerRow() * LANES);
            out = scratch.floats(groupRows() * outPitch() * LANES);
            square = scratch.floats(Transposition.SQUARE);
        }
    }

    /** One of the transforms of {@link WinogradKernels}. */
    private interface Transform {
        void run(
                float[] from,
                int fromBase,
                int fromStride,
                int fromStep,
                float[] to,
                int toBase,
                int toStride,
                int toStep,
                int count);
    }

    /**
     * {@code points[first + (i, j) · pointStride + t · tileStride + r] = Bᵀ d B [i, j]} of plane {@code first + r}, for each tile t
     * of a band.
     *
     * @param x the input, planes of {@code [H, W]}
     * @param firstPlane whose channel is lane 0
     * @param planes how many, 1 to LANES
     */
    void transformInput(
            MemorySegment x,
            long firstPlane,
            int planes,
            int band,
            Floats points,
            int first,
            int pointStride,
            int tileStride,
            Band memory) {
        int groups = firstGroup(band + 1) - firstGroup(band);
        int firstRow = firstGroup(band) * groupRows() - paddingHeight;
        int rows = inRows(groups);
        readBand(x, firstPlane, planes, height, width, firstRow, rows, paddingWidth, inPitch(), memory);
        transform(WinogradKernels::input, groups, inPitch(), points, first, pointStride, tileStride, memory);
    }

    /**
     * {@code points[first + (i, j) · pointStride + t · tileStride + r] = A dy Aᵀ [i, j]} of plane {@code first + r}, for each tile t
     * of a band.
     *
     * @param dy the output's gradient, planes of {@code [H', W']}
     * @param firstPlane whose channel is lane 0
     * @param planes how many, 1 to LANES
     */
    void transformGradient(
            MemorySegment dy,
            long firstPlane,
            int planes,
            int band,
            Floats points,
            int first,
            int pointStride,
            int tileStride,
            Band memory) {
        int groups = firstGroup(band + 1) - firstGroup(band);
        int firstRow = firstGroup(band) * groupRows();
        int rows = groups * groupRows();
        readBand(dy, firstPlane, planes, outHeight, outWidth, firstRow, rows, 0, outPitch(), memory);
        transform(WinogradKernels::outputGradient, groups, outPitch(), points, first, pointStride, tileStride, memory);
    }

    private void transform(
            Transform transform,
            int groups,
            int pixelPitch,
            Floats points,
            int first,
            int pointStride,
            int tileStride,
            Band memory) {
        int pitch = pixelPitch * LANES;
        Floats pixels = memory.pixels;
        Floats columns = memory.columns;
        for (int row = 0; row < groups * dilationHeight; row++) {
            int top = row / dilationHeight * groupRows() + row % dilationHeight;
            transform.run(
                    pixels.array(),
                    pixels.base() + top * pitch,
                    dilationHeight * pitch,
                    LANES,
                    columns.array(),
                    columns.base(),
                    pitch,
                    LANES,
                    pixelPitch);
            for (int point = 0; point < POINTS; point++) {
                for (int phase = 0; phase < dilationWidth; phase++) {
                    int tile = row * tilesPerRow() + phase;
                    transform.run(
                            columns.array(),
                            columns.base() + point * pitch + phase * LANES,
                            dilationWidth * LANES,
                            OUTPUTS * dilationWidth * LANES,
                            points.array(),
                            points.base() + first + point * POINTS * pointStride + tile * tileStride,
                            pointStride,
                            dilationWidth * tileStride,
                            columnGroups);
                }
            }
        }
    }

    /** Reads rows of a picture, some of which may lie above or below it, to where their columns stand behind the padding. */
    private static void readBand(
            MemorySegment picture,
            long firstPlane,
            int planes,
            int height,
            int width,
            int firstRow,
            int rows,
            int padding,
            int pitch,
            Band memory) {
        int begin = Math.clamp(-firstRow, 0, rows);
        int end = Math.clamp(height - firstRow, begin, rows);
        float[] pixels = memory.pixels.array();
        int base = memory.pixels.base();
        Arrays.fill(pixels, base, base + begin * pitch * LANES, 0);
        Transposition.toPixels(
                picture,
                (firstPlane * height + firstRow + begin) * width,
                (long) height * width,
                planes,
                (end - begin) * width,
                width,
                pixels,
                base + (begin * pitch + padding) * LANES,
                pitch,
                memory.square);
        Arrays.fill(pixels, base + end * pitch * LANES, base + rows * pitch * LANES, 0);
    }

    /**
     * {@code y[first + r] = Aᵀ points A + start[startBase + r]}, for the pixels of each tile of a band: {@link #transformInput} the other way round.
     *
     * @param planes channels to write, 1 to LANES
     * @param y the output, planes of {@code [H', W']}
     * @param firstPlane whose channel is lane 0
     * @param start what the outputs begin with
     * @param startBase lane 0's
     */
    void transformOutput(
            Floats points,
            int first,
            int pointStride,
            int band,
            int planes,
            MemorySegment y,
            long firstPlane,
            float[] start,
            int startBase,
            Outputs memory) {
        int pitch = outPitch() * LANES;
        int tiles = tilesPerRow();
        Floats rows = memory.rows;
        for (int group = firstGroup(band); group < firstGroup(band + 1); group++) {
            for (int phase = 0; phase < dilationHeight; phase++) {
                int tile = ((group - firstGroup(band)) * dilationHeight + phase) * tiles;
                for (int point = 0; point < POINTS; point++) {
                    WinogradKernels.output(
                            points.array(),
                            points.base() + first + point * pointStride + tile * CHANNELS,
                            POINTS * pointStride,
                            CHANNELS,
                            rows.array(),
                            rows.base() + point * tiles * LANES,
                            POINTS * tiles * LANES,
                            LANES,
                            tiles,
                            memory.zeros,
                            0);
                }
                for (int r = 0; r < OUTPUTS; r++) {
                    outputRow(r, (phase + r * dilationHeight) * pitch, start, startBase, memory);
                }
            }
            int row = group * groupRows();
            Transposition.toPlanes(
                    memory.out.array(),
                    memory.out.base(),
                    LANES,
                    outPitch(),
                    y,
                    (firstPlane * outHeight + row) * outWidth,
                    (long) outHeight * outWidth,
                    planes,
                    Math.min(groupRows(), outHeight - row) * outWidth,
                    outWidth,
                    memory.square);
        }
    }

    private void outputRow(int r, int to, float[] start, int startBase, Outputs memory) {
        int tiles = tilesPerRow();
        for (int phase = 0; phase < dilationWidth; phase++) {
            WinogradKernels.output(
                    memory.rows.array(),
                    memory.rows.base() + (r * POINTS * tiles + phase) * LANES,
                    tiles * LANES,
                    dilationWidth * LANES,
                    memory.out.array(),
                    memory.out.base() + to + phase * LANES,
                    dilationWidth * LANES,
                    OUTPUTS * dilationWidth * LANES,
                    columnGroups,
                    start,
                    startBase);
        }
    }
}
