package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Size2D;
import io.github.dyconv.spi.ForwardProblem;
import java.util.Arrays;
import java.util.Optional;

/**
 * The gradient of a strided convolution's input as one convolution of the output's, in parts ({@link BankLayout#parts()}): every
 * phase of the input's pixels ({@link GradientAxis}) is a part, by rows, then by columns, with those taps that reach it.
 */
final class Phases {
    private final ForwardProblem layer;
    private final Axis rows;
    private final Axis columns;
    private final ForwardProblem problem;

    /** The phases of an axis, over one frame of padded output pixels: pixel q's taps are {@code crop + q + taps[phase][…]}. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Axis(GradientAxis[] phases, int[][] taps, int count, int crop, int padding, int reach) {
        static Axis of(GradientAxis[] phases, int out) {
            int least = Arrays.stream(phases).mapToInt(Axis::first).min().orElseThrow();
            int[][] taps = new int[phases.length][];
            int reach = 0;
            int count = 0;
            for (int i = 0; i < phases.length; i++) {
                GradientAxis phase = phases[i];
                taps[i] = new int[phase.taps().length];
                Arrays.setAll(taps[i], j -> first(phase) - least + j * phase.dilation());
                reach = Math.max(reach, taps[i][taps[i].length - 1]);
                count = Math.max(count, phase.count());
            }
            int padding = Math.max(0, Math.max(-least, count + least + reach - out));
            return new Axis(phases, taps, count, padding + least, padding, reach);
        }

        /** The output pixel of the first tap of the first pixel. */
        private static int first(GradientAxis phase) {
            return phase.crop() - phase.padding();
        }

        /** A kernel that reaches as far as all phases' taps. */
        int kernel() {
            return Math.min(reach, 1) + 1;
        }
    }

    /** Of a layer that is not refused. */
    Phases(ForwardProblem layer) {
        this.layer = layer;
        this.rows = Axis.of(GradientAxis.of(layer, true), layer.outHeight());
        this.columns = Axis.of(GradientAxis.of(layer, false), layer.outWidth());
        Conv2dGeometry g = layer.geometry();
        Conv2dGeometry exchanged = new Conv2dGeometry(
                g.outPlanes(),
                g.inPlanes(),
                new Size2D(rows.kernel(), columns.kernel()),
                Size2D.of(1),
                new Size2D(rows.padding, columns.padding),
                new Size2D(Math.max(1, rows.reach), Math.max(1, columns.reach)),
                g.groups(),
                true);
        this.problem = new ForwardProblem(
                new DYConv2dConfig(exchanged, 0, layer.config().kernels()),
                layer.batch(),
                layer.outHeight(),
                layer.outWidth(),
                layer.options(),
                layer.dynamic());
    }

    /** Why a layer is not for it, in one plain line, or empty if it is. */
    static Optional<String> refusal(ForwardProblem layer) {
        GradientAxis[] rows = GradientAxis.of(layer, true);
        GradientAxis[] columns = GradientAxis.of(layer, false);
        boolean reached = Arrays.stream(rows).allMatch(phase -> phase.taps().length > 0)
                && Arrays.stream(columns).allMatch(phase -> phase.taps().length > 0);
        return columns.length == 2 && reached
                ? Optional.empty()
                : Optional.of("columns have not two phases, or no tap reaches some pixels");
    }

    /** The convolution, but for its taps: channels exchanged, and a kernel that reaches as far as those of all phases. */
    ForwardProblem problem() {
        return problem;
    }

    /** The layer. */
    ForwardProblem layer() {
        return layer;
    }

    /** The outputs wanted of a phase; some have a row or a column less. */
    Window window() {
        return new Window(rows.crop, columns.crop, rows.count, columns.count);
    }

    /** How many there are. */
    int count() {
        return rows.phases.length * columns.phases.length;
    }

    /** The rows of a phase. */
    GradientAxis rows(int phase) {
        return rows.phases[phase / columns.phases.length];
    }

    /** The columns of a phase. */
    GradientAxis columns(int phase) {
        return columns.phases[phase % columns.phases.length];
    }

    /** From a pixel's place to what its taps of a phase read. */
    int[] tapOffsets(PackedInput packed, int phase) {
        int[] across = columns.taps[phase % columns.taps.length];
        return Arrays.stream(rows.taps[phase / columns.taps.length])
                .flatMap(row -> Arrays.stream(across).map(column -> packed.place(row, column)))
                .toArray();
    }

    /** Where the weights of all phases are. */
    BankLayout bankLayout() {
        int[] parts = new int[count()];
        Arrays.setAll(parts, phase -> rows(phase).taps().length * columns(phase).taps().length);
        int[] taps = new int[Arrays.stream(parts).sum()];
        int next = 0;
        for (int phase = 0; phase < parts.length; phase++) {
            for (int kh : rows(phase).taps()) {
                for (int kw : columns(phase).taps()) {
                    taps[next++] = kh * layer.geometry().kernelSize().width() + kw;
                }
            }
        }
        return BankLayout.exchanged(layer.geometry(), taps, parts);
    }
}
