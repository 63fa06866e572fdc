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
    private static final int CHAIN = 128;

    /** Share of the panels that output channels must fill. */
    private static final double LEAST_USE = 0.75;

    private final PackedInput layout;
    private final int outWidth;
    private final long outPlane;
    private final int[] steps;
    private final int[] places; // of a band's pixels, up to a whole tile
    private final Floats[] squareOfWorker;

    ChannelPanels(ForwardProblem problem, PackedInput layout, int bandRows, int threads, Scratch scratch) {
        this.layout = layout;
        this.outWidth = problem.outWidth();
        this.outPlane = (long) problem.outHeight() * outWidth;
        this.squareOfWorker = scratch.floatsOf(threads, Transposition.SQUARE);
        int pixels = bandRows * outWidth;
        this.places = new int[Math.ceilDiv(pixels, PIXELS) * PIXELS];
        for (int i = 0; i < places.length; i++) {
            int pixel = Math.min(i, pixels - 1);
            places[i] = layout.place(pixel / outWidth, pixel % outWidth);
        }
        int[] taps = layout.tapOffsets();
        this.steps = new int[problem.geometry().inPlanesPerGroup() * taps.length];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = i / taps.length * layout.planeStride() + taps[i % taps.length];
        }
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
    public void multiply(
            Floats input,
            int firstPlane,
            int planes,
            float[] weights,
            int weightBase,
            float[] start,
            int rows,
            Floats sums) {
        int base = input.base() + firstPlane * layout.planeStride();
        int count = planes * layout.tapOffsets().length;
        int pixels = rows * outWidth;
        for (int p = 0; p < pixels; p += PIXELS) {
            ChannelKernels.run(
                    input.array(),
                    base,
                    places,
                    p,
                    steps,
                    0,
                    count,
                    weights,
                    weightBase,
                    start,
                    0,
                    0,
                    sums.array(),
                    sums.base() + p * CHANNELS);
        }
    }

    @Override
    public void store(Floats sums, int used, int rows, MemorySegment y, long first, int worker) {
        for (int r = 0; r < used; r += LANES) {
            Transposition.toPlanes(
                    sums.array(),
                    sums.base() + r,
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
