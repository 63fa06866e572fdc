package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.ChannelKernels.CHANNELS;
import static io.github.dyconv.jvm.VectorShape.LANES;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The parts of a strided convolution's gradient ({@link Phases}), each as in {@link ChannelPanels}. Those of even and odd columns are
 * written together, so that rows of pixels are.
 */
final class PhasePanels implements Panels {
    /** Even and odd columns. */
    static final int TOGETHER = 2;

    private final Phases phases;
    private final PackedInput layout;
    private final int[][] steps; // of each part
    private final int[] places;
    private final Floats[] squareOfWorker;
    private final Floats[] otherOfWorker;

    PhasePanels(Phases phases, PackedInput layout, int bandRows, int threads, Scratch scratch) {
        int planes = phases.problem().geometry().inPlanesPerGroup();
        this.phases = phases;
        this.layout = layout;
        this.places = ChannelPanels.places(layout, phases.window(), bandRows);
        this.steps = new int[phases.count()][];
        Arrays.setAll(steps, part -> ChannelPanels.steps(layout, phases.tapOffsets(layout, part), planes));
        this.squareOfWorker = scratch.floatsOf(threads, Transposition.SQUARE);
        this.otherOfWorker = scratch.floatsOf(threads, Transposition.SQUARE);
    }

    @Override
    public int channels() {
        return CHANNELS;
    }

    @Override
    public int chain() {
        return ChannelPanels.CHAIN;
    }

    @Override
    public int sums() {
        return places.length * CHANNELS;
    }

    @Override
    public int together() {
        return TOGETHER;
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
        int taps = steps[part].length / phases.problem().geometry().inPlanesPerGroup();
        int pixels = rows * phases.window().width();
        boolean first = firstPlane == 0;
        int count = planes * taps;
        ChannelPanels.run(
                input.array(), base, places, pixels, steps[part], count, weights, weightBase, bias, first, sums);
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
        GradientAxis row = phases.rows(firstPart);
        int height = phases.layer().height();
        int width = phases.layer().width();
        int step = phases.layer().geometry().stride().height();
        int end = Math.min(firstRow + rows, row.count());
        for (int r = firstRow; r < end; r++) {
            long first = (firstPlane * height + row.residue() + (long) r * step) * width;
            storeRow(firstPart, sums, used, r - firstRow, y, first, (long) height * width, worker);
        }
    }

    private void storeRow(
            int firstPart, Floats[] sums, int used, int row, MemorySegment y, long first, long plane, int worker) {
        int at = row * phases.window().width() * CHANNELS;
        int pairs = phases.columns(firstPart + 1).count();
        for (int r = 0; r < used; r += LANES) {
            Transposition.toPlanesInTurns(
                    sums[0].array(),
                    sums[0].base() + at + r,
                    sums[1].array(),
                    sums[1].base() + at + r,
                    CHANNELS,
                    y,
                    first + r * plane,
                    plane,
                    Math.min(LANES, used - r),
                    pairs,
                    squareOfWorker[worker],
                    otherOfWorker[worker]);
        }
        if (phases.columns(firstPart).count() > pairs) {
            int last = sums[0].base() + at + pairs * CHANNELS;
            for (int r = 0; r < used; r++) {
                y.setAtIndex(ValueLayout.JAVA_FLOAT, first + r * plane + 2L * pairs, sums[0].array()[last + r]);
            }
        }
    }
}
