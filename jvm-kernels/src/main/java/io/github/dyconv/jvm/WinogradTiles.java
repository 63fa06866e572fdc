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

    /** Of a picture and its tiles' factors, as one worker needs it. */
    static final class Scratch {
        /** A band's pixels, one vector each. Columns of padding are never written and stay 0. */
        private final float[] pixels;

        /** A row of tiles, transformed along columns: {@code [POINTS, pitch, LANES]}. */
        private final float[] columns;

        private final float[] square = new float[Transposition.SQUARE];

        private Scratch(int rows, int pitch) {
            pixels = new float[rows * pitch * LANES];
            columns = new float[POINTS * pitch * LANES];
        }

        long bytes() {
            return (long) (pixels.length + columns.length + square.length) * Float.BYTES;
        }
    }

    /** Memory for {@link #transformInput}. */
    Scratch inputScratch() {
        return new Scratch(inRows(mostGroups()), inPitch());
    }

    /** Memory for {@link #transformGradient}. */
    Scratch gradientScratch() {
        return new Scratch(mostGroups() * groupRows(), outPitch());
    }

    /** Memory for {@link #transformOutput}, as one worker needs it. */
    final class OutputScratch {
        /** A row of tiles, transformed back along columns: {@code [OUTPUTS, POINTS, tiles, LANES]}. */
        private final float[] rows = new float[OUTPUTS * POINTS * tilesPerRow() * LANES];

        /** A group of output rows, one vector a pixel. */
        private final float[] out = new float[groupRows() * outPitch() * LANES];

        /** What the transform along columns begins with. */
        private final float[] zeros = new float[LANES];

        private final float[] square = new float[Transposition.SQUARE];

        long bytes() {
            return (long) (rows.length + out.length + zeros.length + square.length) * Float.BYTES;
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
     * {@code points[base + (i, j) · pointStride + t · tileStride + r] = Bᵀ d B [i, j]} of plane {@code first + r}, for each tile t
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
            float[] points,
            int base,
            int pointStride,
            int tileStride,
            Scratch scratch) {
        int groups = firstGroup(band + 1) - firstGroup(band);
        int firstRow = firstGroup(band) * groupRows() - paddingHeight;
        int rows = inRows(groups);
        readBand(x, firstPlane, planes, height, width, firstRow, rows, paddingWidth, inPitch(), scratch);
        transform(WinogradKernels::input, groups, inPitch(), points, base, pointStride, tileStride, scratch);
    }

    /**
     * {@code points[base + (i, j) · pointStride + t · tileStride + r] = A dy Aᵀ [i, j]} of plane {@code first + r}, for each tile t
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
            float[] points,
            int base,
            int pointStride,
            int tileStride,
            Scratch scratch) {
        int groups = firstGroup(band + 1) - firstGroup(band);
        int firstRow = firstGroup(band) * groupRows();
        int rows = groups * groupRows();
        readBand(dy, firstPlane, planes, outHeight, outWidth, firstRow, rows, 0, outPitch(), scratch);
        transform(WinogradKernels::outputGradient, groups, outPitch(), points, base, pointStride, tileStride, scratch);
    }

    private void transform(
            Transform transform,
            int groups,
            int pixelPitch,
            float[] points,
            int base,
            int pointStride,
            int tileStride,
            Scratch scratch) {
        int pitch = pixelPitch * LANES;
        for (int row = 0; row < groups * dilationHeight; row++) {
            int top = row / dilationHeight * groupRows() + row % dilationHeight;
            transform.run(
                    scratch.pixels,
                    top * pitch,
                    dilationHeight * pitch,
                    LANES,
                    scratch.columns,
                    0,
                    pitch,
                    LANES,
                    pixelPitch);
            for (int point = 0; point < POINTS; point++) {
                for (int phase = 0; phase < dilationWidth; phase++) {
                    int tile = row * tilesPerRow() + phase;
                    transform.run(
                            scratch.columns,
                            point * pitch + phase * LANES,
                            dilationWidth * LANES,
                            OUTPUTS * dilationWidth * LANES,
                            points,
                            base + point * POINTS * pointStride + tile * tileStride,
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
            Scratch scratch) {
        int begin = Math.clamp(-firstRow, 0, rows);
        int end = Math.clamp(height - firstRow, begin, rows);
        Arrays.fill(scratch.pixels, 0, begin * pitch * LANES, 0);
        Transposition.toPixels(
                picture,
                (firstPlane * height + firstRow + begin) * width,
                (long) height * width,
                planes,
                (end - begin) * width,
                width,
                scratch.pixels,
                (begin * pitch + padding) * LANES,
                pitch,
                scratch.square);
        Arrays.fill(scratch.pixels, end * pitch * LANES, rows * pitch * LANES, 0);
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
            float[] points,
            int base,
            int pointStride,
            int band,
            int planes,
            MemorySegment y,
            long firstPlane,
            float[] start,
            int startBase,
            OutputScratch scratch) {
        int pitch = outPitch() * LANES;
        int tiles = tilesPerRow();
        for (int group = firstGroup(band); group < firstGroup(band + 1); group++) {
            for (int phase = 0; phase < dilationHeight; phase++) {
                int tile = ((group - firstGroup(band)) * dilationHeight + phase) * tiles;
                for (int point = 0; point < POINTS; point++) {
                    WinogradKernels.output(
                            points,
                            base + point * pointStride + tile * CHANNELS,
                            POINTS * pointStride,
                            CHANNELS,
                            scratch.rows,
                            point * tiles * LANES,
                            POINTS * tiles * LANES,
                            LANES,
                            tiles,
                            scratch.zeros,
                            0);
                }
                for (int r = 0; r < OUTPUTS; r++) {
                    outputRow(r, (phase + r * dilationHeight) * pitch, start, startBase, scratch);
                }
            }
            int row = group * groupRows();
            Transposition.toPlanes(
                    scratch.out,
                    0,
                    LANES,
                    outPitch(),
                    y,
                    (firstPlane * outHeight + row) * outWidth,
                    (long) outHeight * outWidth,
                    planes,
                    Math.min(groupRows(), outHeight - row) * outWidth,
                    outWidth,
                    scratch.square);
        }
    }

    private void outputRow(int r, int to, float[] start, int startBase, OutputScratch scratch) {
        int tiles = tilesPerRow();
        for (int phase = 0; phase < dilationWidth; phase++) {
            WinogradKernels.output(
                    scratch.rows,
                    (r * POINTS * tiles + phase) * LANES,
                    tiles * LANES,
                    dilationWidth * LANES,
                    scratch.out,
                    to + phase * LANES,
                    dilationWidth * LANES,
                    OUTPUTS * dilationWidth * LANES,
                    columnGroups,
                    start,
                    startBase);
        }
    }
}
