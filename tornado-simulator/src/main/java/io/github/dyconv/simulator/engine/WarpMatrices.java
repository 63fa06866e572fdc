package io.github.dyconv.simulator.engine;

import io.github.dyconv.simulator.KernelFault.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The matrix instructions of a launch. Lanes run one after the other, so each notes its instructions; once all lanes of the
 * warp have got to a barrier or to their end, they are compared and carried out. Loads happen at once: nothing may write
 * local memory meanwhile.
 */
final class WarpMatrices implements MatrixUnit {

    private static final int DEPTH = 16;
    private static final int ALIGNMENT = 16;

    /** An instruction of one lane. */
    private abstract static class Step {
        final int site;
        final long key;

        Step(Tracer tracer) {
            site = tracer.site();
            key = tracer.key();
        }

        /** Whether another lane's is the same instruction, in the same trips of the loops around it. */
        final boolean isInstruction(Step other) {
            return site == other.site && key == other.key;
        }

        /** Whether another lane's has the same operands, as far as these are the warp's and not the lane's. */
        abstract boolean hasOperands(Step other);
    }

    private static final class Load extends Step {
        private final int[] tile;
        private final int byteOffset;

        Load(Tracer tracer, int[] tile, int byteOffset) {
            super(tracer);
            this.tile = tile;
            this.byteOffset = byteOffset;
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // arrays are told apart by identity
        boolean hasOperands(Step other) {
            return other instanceof Load load && tile == load.tile && byteOffset == load.byteOffset;
        }
    }

    private static final class Multiplication extends Step {
        private final HalfFloat[] a;
        private final HalfFloat[] b;
        private final float[] c;
        private final float[] d = new float[FragmentLayout.C.size()];

        Multiplication(Tracer tracer, HalfFloat[] a, HalfFloat[] b, float[] c) {
            super(tracer);
            this.a = a;
            this.b = b;
            this.c = c;
        }

        @Override
        boolean hasOperands(Step other) {
            return other instanceof Multiplication;
        }
    }

    private static final class Store extends Step {
        private final float[] d;
        private final FloatArray to;
        private final int row;
        private final int column;
        private final int columns;

        Store(Tracer tracer, float[] d, FloatArray to, int row, int column, int columns) {
            super(tracer);
            this.d = d;
            this.to = to;
            this.row = row;
            this.column = column;
            this.columns = columns;
        }

        @Override
        @SuppressWarnings("ReferenceEquality") // arrays are told apart by identity
        boolean hasOperands(Step other) {
            return other instanceof Store store
                    && to == store.to
                    && row == store.row
                    && column == store.column
                    && columns == store.columns;
        }
    }

    private final Tracer tracer;
    private final boolean wholeWarps;
    private final List<List<Step>> lanes = Stream.generate(() -> (List<Step>) new ArrayList<Step>())
            .limit(FragmentLayout.LANES)
            .toList();

    /**
     * Makes the unit of a launch.
     *
     * @param wholeWarps whether a group's first dimension consists of warps, so that its work-items' first index tells the lane
     */
    WarpMatrices(Tracer tracer, boolean wholeWarps) {
        this.tracer = tracer;
        this.wholeWarps = wholeWarps;
    }

    @Override
    public float[] fragment(float value) {
        return noted(new float[] {value, value, value, value});
    }

    @Override
    public HalfFloat[] loadA(int[] tile, int depth, int byteOffset) {
        return load(tile, depth, byteOffset, FragmentLayout.A);
    }

    @Override
    public HalfFloat[] loadB(int[] tile, int depth, int byteOffset) {
        return load(tile, depth, byteOffset, FragmentLayout.B);
    }

    private HalfFloat[] load(int[] tile, int depth, int byteOffset, FragmentLayout layout) {
        if (depth != DEPTH) {
            throw unsupported("loads a matrix with depth %d; there is only %d".formatted(depth, DEPTH));
        }
        if (byteOffset % ALIGNMENT != 0) {
            throw unsupported(
                    "loads a matrix from byte %d; rows must begin at multiples of %d".formatted(byteOffset, ALIGNMENT));
        }
        note(new Load(tracer, tile, byteOffset));
        LocalArray local = tracer.localArray(tile)
                .orElseThrow(() -> unsupported("loads a matrix from an array that is not a local one"));
        HalfFloat[] fragment = new HalfFloat[layout.size()];
        for (int i = 0; i < fragment.length; i++) {
            int element = layout.index(tracer.lane(), i);
            int index = Math.floorDiv(byteOffset, Integer.BYTES) + element / 2;
            local.onRead(index);
            fragment[i] = new HalfFloat((short) (tile[index] >>> (element % 2 * Short.SIZE)));
        }
        return noted(fragment);
    }

    @Override
    public float[] multiply(HalfFloat[] a, HalfFloat[] b, float[] c, MMAShape shape) {
        if (shape != MMAShape.M16N8K16) {
            throw unsupported("multiplies FP16 matrices as " + shape + "; they are multiplied as M16N8K16");
        }
        if (a.length != FragmentLayout.A.size() || b.length != FragmentLayout.B.size()) {
            throw unsupported("multiplies fragments of %d and %d numbers; mmaLoadA gives %d, mmaLoadB %d"
                    .formatted(a.length, b.length, FragmentLayout.A.size(), FragmentLayout.B.size()));
        }
        Multiplication product = new Multiplication(tracer, a, b, c);
        note(product);
        return noted(product.d);
    }

    @Override
    public void store(float[] d, FloatArray to, int row, int column, int columns) {
        note(new Store(tracer, d, to, row, column, columns));
    }

    private void note(Step step) {
        if (!wholeWarps) {
            throw tracer.fault(
                    Kind.INVALID_GRID,
                    "executes a matrix instruction; a group's first dimension must then be a multiple of %d"
                            .formatted(FragmentLayout.LANES));
        }
        lanes.get(tracer.lane()).add(step);
    }

    private <T> T noted(T fragment) {
        tracer.fragment(fragment);
        return fragment;
    }

    private RuntimeException unsupported(String what) {
        return tracer.fault(Kind.UNSUPPORTED_CODE, what);
    }

    /** Carries out what the lanes of a warp have noted. */
    void complete(List<WorkItem> warp) {
        int most = lanes.stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < most; i++) {
            requireConvergence(warp, i);
            Step step = lanes.getFirst().get(i);
            if (step instanceof Multiplication) {
                multiply(i);
            } else if (step instanceof Store) {
                store(warp, i);
            }
        }
        lanes.forEach(List::clear);
    }

    /** Finds a lane that does something else than the others at its i-th matrix instruction. */
    private void requireConvergence(List<WorkItem> warp, int i) {
        int there = 0;
        while (lanes.get(there).size() <= i) {
            there++;
        }
        Step step = lanes.get(there).get(i);
        for (int lane = 0; lane < lanes.size(); lane++) {
            List<Step> steps = lanes.get(lane);
            Optional<Step> other = i < steps.size() ? Optional.of(steps.get(i)) : Optional.empty();
            if (other.filter(step::isInstruction).filter(step::hasOperands).isEmpty()) {
                tracer.moveTo(warp.get(there), step.site, step.key);
                throw tracer.fault(
                        Kind.DIVERGENT_WARP,
                        "executes a matrix instruction that all lanes of a warp must execute with the same operands, but %s %s"
                                .formatted(
                                        tracer.nameOf(warp.get(lane)),
                                        other.map(found -> describe(step, found))
                                                .orElse("does not")));
            }
        }
    }

    private String describe(Step expected, Step found) {
        return expected.isInstruction(found)
                ? "has others"
                : "executes another one, or in another trip of a loop (" + tracer.source(found.site) + ")";
    }

    private void multiply(int step) {
        float[] a = new float[FragmentLayout.ROWS * FragmentLayout.A.columns()];
        float[] b = new float[DEPTH * FragmentLayout.B.columns()];
        for (int lane = 0; lane < FragmentLayout.LANES; lane++) {
            Multiplication part = (Multiplication) lanes.get(lane).get(step);
            gather(part.a, FragmentLayout.A, lane, a);
            gather(part.b, FragmentLayout.B, lane, b);
        }
        for (int lane = 0; lane < FragmentLayout.LANES; lane++) {
            Multiplication part = (Multiplication) lanes.get(lane).get(step);
            for (int i = 0; i < part.d.length; i++) {
                int row = FragmentLayout.C.row(lane, i);
                int column = FragmentLayout.C.column(lane, i);
                float sum = part.c[i];
                for (int k = 0; k < DEPTH; k++) {
                    sum += a[row * DEPTH + k] * b[k * FragmentLayout.B.columns() + column];
                }
                part.d[i] = sum;
            }
        }
    }

    private static void gather(HalfFloat[] fragment, FragmentLayout layout, int lane, float[] matrix) {
        for (int i = 0; i < fragment.length; i++) {
            matrix[layout.index(lane, i)] = fragment[i].getFloat32();
        }
    }

    private void store(List<WorkItem> warp, int step) {
        for (int lane = 0; lane < FragmentLayout.LANES; lane++) {
            Store part = (Store) lanes.get(lane).get(step);
            for (int i = 0; i < part.d.length; i++) {
                tracer.moveTo(warp.get(lane), part.site, part.key + i * 0x9E3779B97F4A7C15L); // four instructions
                int row = part.row + FragmentLayout.C.row(lane, i);
                int column = part.column + FragmentLayout.C.column(lane, i);
                part.to.set(row * part.columns + column, part.d[i]);
            }
        }
    }
}
