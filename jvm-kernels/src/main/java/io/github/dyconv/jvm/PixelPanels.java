package io.github.dyconv.jvm;

import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;

/** Lanes along pixels ({@link PixelKernels}): for few output channels. Sums are strips, {@code [channels, packed pixels]}. */
final class PixelPanels implements Panels {
    private final PackedInput layout;
    private final int outWidth;
    private final long outPlane;
    private final int stride;
    private final float[] zeros = new float[PixelKernels.CHANNELS];
    private final Floats[] tileOfWorker;

    PixelPanels(ForwardProblem problem, PackedInput layout, int bandRows, int threads, Scratch scratch) {
        this.layout = layout;
        this.outWidth = problem.outWidth();
        this.outPlane = (long) problem.outHeight() * outWidth;
        this.stride = Math.ceilDiv(bandRows * layout.packedWidth(), PixelKernels.PIXELS) * PixelKernels.PIXELS;
        this.tileOfWorker = scratch.floatsOf(threads, PixelKernels.CHANNELS * PixelKernels.PIXELS);
    }

    @Override
    public int channels() {
        return PixelKernels.CHANNELS;
    }

    @Override
    public int chain() {
        return AggregationKernels.CHAIN;
    }

    @Override
    public int sums() {
        return PixelKernels.CHANNELS * stride;
    }

    @Override
    public int together() {
        return 1;
    }

    @Override
    public void multiply(
            int part,
            Floats input,
            int firstPlane,
            int planes,
            float[] weights,
            int weightBase,
            float[] bias,
            int rows,
            Floats sums,
            int worker) {
        int pixels = (rows - 1) * layout.packedWidth() + outWidth;
        int planeStride = layout.planeStride();
        int base = input.base() + firstPlane * planeStride;
        boolean first = firstPlane == 0;
        Floats to = first ? sums : tileOfWorker[worker];
        for (int p = 0; p < pixels; p += PixelKernels.PIXELS) {
            PixelKernels.run(
                    input.array(),
                    base + p,
                    planeStride,
                    planes,
                    layout.tapOffsets(),
                    weights,
                    weightBase,
                    first ? bias : zeros,
                    to.array(),
                    first ? to.base() + p : to.base(),
                    first ? stride : PixelKernels.PIXELS);
            if (!first) {
                addTile(to, sums, p);
            }
        }
    }

    private void addTile(Floats tile, Floats sums, int pixel) {
        for (int r = 0; r < PixelKernels.CHANNELS; r++) {
            int from = tile.base() + r * PixelKernels.PIXELS;
            int to = sums.base() + r * stride + pixel;
            AggregationKernels.add(tile.array(), from, sums.array(), to, PixelKernels.PIXELS);
        }
    }

    @Override
    public void store(
            int firstPart,
            Floats[] sums,
            int used,
            MemorySegment y,
            long firstPlane,
            int firstRow,
            int rows,
            int worker) {
        long first = firstPlane * outPlane + (long) firstRow * outWidth;
        for (int r = 0; r < used; r++) {
            storeChannel(sums[0].array(), sums[0].base() + r * stride, rows, y, first + r * outPlane);
        }
    }

    private void storeChannel(float[] sums, int from, int rows, MemorySegment y, long to) {
        if (layout.packedWidth() == outWidth) {
            Rows.store(sums, from, y, to, rows * outWidth);
            return;
        }
        for (int r = 0; r < rows; r++) {
            Rows.store(sums, from + r * layout.packedWidth(), y, to + (long) r * outWidth, outWidth);
        }
    }
}
