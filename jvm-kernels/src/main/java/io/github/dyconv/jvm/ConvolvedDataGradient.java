package io.github.dyconv.jvm;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Size2D;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The input's gradient as convolutions of the output's: with input and output channels exchanged, kernels turned by 180 degrees,
 * and attention as in the forward pass, so that all its algorithms serve ({@link Algorithm}).
 *
 * <p>At stride 1 it is one convolution. At larger strides every phase of the input's pixels has its own, with those taps that
 * reach it ({@link GradientAxis}): together they multiply no more than the forward pass. Their results are then put in their
 * places.
 */
final class ConvolvedDataGradient implements DataGradient {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    /** Floats of one phase's result at most. */
    private static final double MOST_FLOATS = 1 << 30;

    private final ForwardProblem problem;
    private final ThreadTeam team;
    private final List<Phase> phases = new ArrayList<>(); // by rows, then by columns
    private final int columnPhases;
    private final Set<String> terms = new LinkedHashSet<>();
    private final ThreadTeam.Body placing = this::place;

    // Of the run under way.
    private float[] planes = {};
    private MemorySegment dx = MemorySegment.NULL;

    /** Pixels that lie a stride apart; those that no output reads have no convolution. */
    private record Phase(
            GradientAxis rows,
            GradientAxis columns,
            @Nullable Convolution convolution,
            @Nullable Tensor result) {
        /** Where the first pixel wanted of a row is in the result; 0 if there is none. */
        long from(int plane, int row) {
            return result == null
                    ? 0
                    : ((long) plane * result.dim(2) + rows.crop() + row) * result.dim(3) + columns.crop();
        }
    }

    /** Chooses an algorithm for each phase, by the given list. */
    ConvolvedDataGradient(ForwardProblem problem, ThreadTeam team, Scratch scratch, List<Algorithm> algorithms) {
        GradientAxis[] axis = GradientAxis.of(problem, false);
        this.problem = problem;
        this.team = team;
        this.columnPhases = axis.length;
        for (GradientAxis rows : GradientAxis.of(problem, true)) {
            for (GradientAxis columns : axis) {
                phases.add(phase(rows, columns, scratch, algorithms));
            }
        }
    }

    private Phase phase(GradientAxis rows, GradientAxis columns, Scratch scratch, List<Algorithm> algorithms) {
        if (rows.taps().length == 0 || columns.taps().length == 0) {
            return new Phase(rows, columns, null, null);
        }
        ForwardProblem exchanged = exchanged(problem, rows, columns);
        Algorithm algorithm = algorithms.stream()
                .filter(candidate -> candidate.refusal(exchanged).isEmpty())
                .findFirst()
                .orElse(Algorithm.REFERENCE);
        BankLayout layout = BankLayout.exchanged(problem.geometry(), taps(rows, columns));
        terms.add(algorithm.term());
        Convolution convolution = algorithm.convolution(exchanged, layout, team, scratch);
        boolean direct = exchanged.outHeight() == problem.height() && exchanged.outWidth() == problem.width();
        return new Phase(
                rows,
                columns,
                convolution,
                direct
                        ? null
                        : scratch.tensor(
                                problem.batch(),
                                problem.geometry().inPlanes(),
                                exchanged.outHeight(),
                                exchanged.outWidth()));
    }

    private int[] taps(GradientAxis rows, GradientAxis columns) {
        int[] taps = new int[rows.taps().length * columns.taps().length];
        int next = 0;
        for (int kh : rows.taps()) {
            for (int kw : columns.taps()) {
                taps[next++] = kh * problem.geometry().kernelSize().width() + kw;
            }
        }
        return taps;
    }

    private static ForwardProblem exchanged(ForwardProblem problem, GradientAxis rows, GradientAxis columns) {
        Conv2dGeometry g = problem.geometry();
        Conv2dGeometry geometry = new Conv2dGeometry(
                g.outPlanes(),
                g.inPlanes(),
                new Size2D(rows.taps().length, columns.taps().length),
                Size2D.of(1),
                new Size2D(rows.padding(), columns.padding()),
                new Size2D(rows.dilation(), columns.dilation()),
                g.groups(),
                true);
        return new ForwardProblem(
                new DYConv2dConfig(geometry, 0, problem.config().kernels()),
                problem.batch(),
                problem.outHeight(),
                problem.outWidth(),
                problem.options(),
                problem.dynamic());
    }

    /** Why it can't take a problem, in one plain line, or empty if it can. */
    static Optional<String> refusal(ForwardProblem problem) {
        Conv2dGeometry g = problem.geometry();
        double rows = problem.outHeight()
                + 2.0 * extent(g.kernelSize().height(), g.dilation().height())
                + problem.height();
        double columns = problem.outWidth()
                + 2.0 * extent(g.kernelSize().width(), g.dilation().width())
                + problem.width();
        return rows * columns * problem.batch() * Math.max(g.inPlanes(), g.outPlanes()) > MOST_FLOATS
                ? Optional.of("the output's gradient with its padding is too large")
                : Optional.empty();
    }

    private static double extent(int kernel, int dilation) {
        return (kernel - 1.0) * dilation + 1;
    }

    @Override
    public void run(
            Tensor weight, float[] attention, float[] newPlanes, MemorySegment dy, MemorySegment inputGradient) {
        planes = newPlanes;
        dx = inputGradient;
        for (Phase phase : phases) {
            if (phase.convolution != null) {
                MemorySegment to = phase.result == null ? dx : phase.result.segment();
                phase.convolution.begin(weight, attention, planes, dy, to);
                team.run(phase.convolution.tasks(), phase.convolution);
            }
        }
        if (phases.size() > 1 || phases.getFirst().result != null) {
            team.run(problem.batch() * problem.geometry().inPlanes(), placing);
        }
    }

    private void place(int plane, int worker) {
        for (int i = 0; i < phases.size(); i += columnPhases) {
            Phase even = phases.get(i);
            Phase odd = phases.get(i + columnPhases - 1);
            if (columnPhases == 2 && even.result != null && odd.result != null) {
                placePair(plane, even, even.result.segment(), odd, odd.result.segment());
            } else {
                for (int c = 0; c < columnPhases; c++) {
                    place(plane, phases.get(i + c));
                }
            }
        }
    }

    private void placePair(int plane, Phase even, MemorySegment evenResult, Phase odd, MemorySegment oddResult) {
        for (int row = 0; row < even.rows.count(); row++) {
            long evenFrom = even.from(plane, row);
            long to = to(plane, even, row);
            int pairs = odd.columns.count();
            PackingKernels.interleave(evenResult, evenFrom, oddResult, odd.from(plane, row), dx, to, pairs);
            copy(evenResult, evenFrom + pairs, to + 2L * pairs, 2, even.columns.count() - pairs);
        }
    }

    private void place(int plane, Phase phase) {
        int stride = problem.geometry().stride().width();
        for (int row = 0; row < phase.rows.count(); row++) {
            long to = to(plane, phase, row);
            if (phase.result == null) {
                fill(to, stride, phase.columns.count(), planes[plane]);
            } else {
                copy(phase.result.segment(), phase.from(plane, row), to, stride, phase.columns.count());
            }
        }
    }

    /** Where the first of a phase's pixels in its so many-th row is. */
    private long to(int plane, Phase phase, int row) {
        long inputRow =
                phase.rows.residue() + (long) row * problem.geometry().stride().height();
        return ((long) plane * problem.height() + inputRow) * problem.width() + phase.columns.residue();
    }

    private void fill(long to, int stride, int count, float value) {
        for (int i = 0; i < count; i++) {
            dx.setAtIndex(FLOAT, to + (long) i * stride, value);
        }
    }

    private void copy(MemorySegment from, long first, long to, int stride, int count) {
        for (int i = 0; i < count; i++) {
            dx.setAtIndex(FLOAT, to + (long) i * stride, from.getAtIndex(FLOAT, first + i));
        }
    }

    @Override
    public String algorithm() {
        return String.join(", ", terms);
    }
}
