package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.ChannelKernels.CHANNELS;
import static io.github.dyconv.jvm.ChannelKernels.PIXELS;
import static io.github.dyconv.jvm.VectorShape.LANES;

import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Lanes along output channels ({@link ChannelKernels}): for many of them. Sums are {@code [pixels, channels]}. */
final class ChannelPanels implements Panels {
    /** With the widest vectors their weights take two thirds of a first-level cache of 48 KiB. */
    static final int CHAIN = 128;

    /** Share of the panels that output channels must fill. */
    private static final double LEAST_USE = 0.75;

    private final PackedInput layout;
    private final int outWidth;
    private final long outPlane;
    private final int[] steps;
    private final int[] places; // of a band's pixels, up to a multiple of PIXELS
    private final Floats[] squareOfWorker;

    ChannelPanels(ForwardProblem problem, PackedInput layout, int bandRows, int threads, Scratch scratch) {
        this.layout = layout;
        this.outWidth = problem.outWidth();
        this.outPlane = (long) problem.outHeight() * outWidth;
        this.squareOfWorker = scratch.floatsOf(threads, Transposition.SQUARE);
        this.places = places(layout, Window.of(problem), bandRows);
        this.steps = steps(layout, layout.tapOffsets(), problem.geometry().inPlanesPerGroup());
    }

    /** Of a band's pixels, up to a multiple of {@code PIXELS}, in the first packed input channel. */
    static int[] places(PackedInput layout, Window window, int bandRows) {
        int pixels = bandRows * window.width();
        int[] places = new int[Math.ceilDiv(pixels, PIXELS) * PIXELS];
        for (int i = 0; i < places.length; i++) {
            int pixel = Math.min(i, pixels - 1);
            places[i] = layout.place(pixel / window.width(), window.firstColumn() + pixel % window.width());
        }
        return places;
    }

    /** From a pixel's place to what each of its products reads, for so many input channels with the same taps. */
    static int[] steps(PackedInput layout, int[] tapOffsets, int planes) {
        int[] steps = new int[planes * tapOffsets.length];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = i / tapOffsets.length * layout.planeStride() + tapOffsets[i % tapOffsets.length];
        }
        return steps;
    }

    /** Why output channels don't fill its panels, or empty if they do. */
    static Optional<String> refusal(ForwardProblem problem) {
        int outPlanes = problem.geometry().outPlanesPerGroup();
        int panels = Math.ceilDiv(outPlanes, CHANNELS);
        return outPlanes < LEAST_USE * panels * CHANNELS
                ? Optional.of(outPlanes + " output channels leave too much of its panels of " + CHANNELS + " empty")
                : Optional.empty();
    }

    @Override
    public int channels() {
        return CHANNELS;
    }

    @Override
    public int chain() {
        return CHAIN;
    }

    @Override
    public int sums() {
        return places.length * CHANNELS;
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
        int base = input.base() + firstPlane * layout.planeStride();
        int count = planes * layout.tapOffsets().length;
        boolean first = firstPlane == 0;
        run(input.array(), base, places, rows * outWidth, steps, count, weights, weightBase, bias, first, sums);
    }

    /**
     * {@code sums[p, r] = (first ? bias[r] : sums[p, r]) + Σ_{i < count} input[base + places[p] + steps[i]] · weights[i, r]} for all
     * p below {@code pixels}.
     */
    static void run(
            float[] input,
            int base,
            int[] places,
            int pixels,
            int[] steps,
            int count,
            float[] weights,
            int weightBase,
            float[] bias,
            boolean first,
            Floats sums) {
        ChannelKernels.run(
                input,
                base,
                places,
                pixels,
                steps,
                0,
                count,
                weights,
                weightBase,
                first ? bias : sums.array(),
                first ? 0 : sums.base(),
                first ? 0 : CHANNELS,
                sums.array(),
                sums.base());
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
        for (int r = 0; r < used; r += LANES) {
            Transposition.toPlanes(
                    sums[0].array(),
                    sums[0].base() + r,
                    CHANNELS,
                    outWidth,
                    y,
                    first + r * outPlane,
                    outPlane,
                    Math.min(LANES, used - r),
                    rows * outWidth,
                    outWidth,
                    squareOfWorker[worker]);
        }
    }
}
