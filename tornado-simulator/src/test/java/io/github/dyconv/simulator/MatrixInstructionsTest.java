package io.github.dyconv.simulator;

import static io.github.dyconv.simulator.Runs.faultOf;
import static io.github.dyconv.simulator.Runs.grid1D;
import static io.github.dyconv.simulator.Runs.grid2D;
import static io.github.dyconv.simulator.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.simulator.KernelFault.Kind;
import java.util.Random;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.common.TornadoFunctions.Task5;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.MMAShape;
import uk.ac.manchester.tornado.api.types.HalfFloat;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;

/** The matrix instructions of a warp: what they compute, and what is found to be wrong with them. */
class MatrixInstructionsTest {
    private static final int ROWS = 32;
    private static final int DEPTH = 48;
    private static final int COLUMNS = 16;

    private final Random random = new Random(5);
    private final HalfFloatArray a = numbers(ROWS * DEPTH);
    private final HalfFloatArray b = numbers(DEPTH * COLUMNS);
    private final FloatArray c = new FloatArray(ROWS * COLUMNS);

    private HalfFloatArray numbers(int size) {
        HalfFloatArray array = new HalfFloatArray(size);
        for (int i = 0; i < size; i++) {
            array.set(i, new HalfFloat(random.nextInt(-8, 9)));
        }
        return array;
    }

    /** One group of two warps, a warp for each 16 rows; one B of 16 x 8 beside the other. */
    static void product(KernelContext context, HalfFloatArray a, HalfFloatArray b, FloatArray c, int depth) {
        int[] aTile = context.allocateIntLocalArray(2 * 128);
        int[] bTile = context.allocateIntLocalArray(2 * 64);
        int item = context.localIdx;
        int warp = item / 32;
        float[] left = context.mmaFragment(1.0f);
        float[] right = context.mmaFragment(1.0f);
        for (int first = 0; first < depth; first += 16) {
            for (int i = item; i < 256; i += 64) {
                int from = i / 8 * depth + first + i % 8 * 2;
                int low = a.get(from).getHalfFloatValue() & 0xFFFF;
                int high = a.get(from + 1).getHalfFloatValue() & 0xFFFF;
                aTile[i] = low | (high << 16);
            }
            for (int i = item; i < 128; i += 64) {
                int from = (first + i % 64 / 4) * 16 + i / 64 * 8 + i % 4 * 2;
                int low = b.get(from).getHalfFloatValue() & 0xFFFF;
                int high = b.get(from + 1).getHalfFloatValue() & 0xFFFF;
                bTile[i] = low | (high << 16);
            }
            context.localBarrier();
            HalfFloat[] rows = context.mmaLoadA(aTile, 16, warp * 512);
            left = context.mma(rows, context.mmaLoadB(bTile, 16), left, MMAShape.M16N8K16);
            right = context.mma(rows, context.mmaLoadB(bTile, 16, 256), right, MMAShape.M16N8K16);
            context.localBarrier();
        }
        context.mmaStore(left, c, warp * 16, 0, 16);
        context.mmaStore(right, c, warp * 16, 8, 16);
    }

    static void withoutBarrier(KernelContext context, HalfFloatArray a, HalfFloatArray b, FloatArray c, int depth) {
        int[] tile = context.allocateIntLocalArray(128);
        for (int i = context.localIdx; i < 128; i += 32) {
            tile[i] = i;
        }
        HalfFloat[] rows = context.mmaLoadA(tile, 16);
        c.set(context.localIdx, rows.length);
    }

    static void halfAWarp(KernelContext context, HalfFloatArray a, HalfFloatArray b, FloatArray c, int depth) {
        float[] sums = context.mmaFragment(0.0f);
        if (context.localIdx < 16) {
            context.mmaStore(sums, c, 0, 0, 16);
        }
    }

    static void otherRows(KernelContext context, HalfFloatArray a, HalfFloatArray b, FloatArray c, int depth) {
        context.mmaStore(context.mmaFragment(0.0f), c, context.localIdx, 0, 16);
    }

    static void differentInstructions(
            KernelContext context, HalfFloatArray a, HalfFloatArray b, FloatArray c, int depth) {
        float[] sums = context.mmaFragment(0.0f);
        if (context.localIdx < 16) {
            context.mmaStore(sums, c, 0, 0, 16);
        } else {
            context.mmaStore(sums, c, 16, 0, 16);
        }
    }

    static void beyondTheEnd(KernelContext context, HalfFloatArray a, HalfFloatArray b, FloatArray c, int depth) {
        context.mmaStore(context.mmaFragment(0.0f), c, 16, 8, 17);
    }

    static void sameRowsTwice(KernelContext context, HalfFloatArray a, HalfFloatArray b, FloatArray c, int depth) {
        context.mmaStore(context.mmaFragment(0.0f), c, context.localIdx / 32 * 8, 0, 16);
    }

    static void oddByte(KernelContext context, HalfFloatArray a, HalfFloatArray b, FloatArray c, int depth) {
        int[] tile = context.allocateIntLocalArray(256);
        c.set(context.localIdx, context.mmaLoadB(tile, 16, 8).length);
    }

    static void elementOfFragment(KernelContext context, HalfFloatArray a, HalfFloatArray b, FloatArray c, int depth) {
        float[] sums = context.mmaFragment(0.0f);
        c.set(context.localIdx, sums[0]);
    }

    static void swappedOperands(KernelContext context, HalfFloatArray a, HalfFloatArray b, FloatArray c, int depth) {
        int[] tile = context.allocateIntLocalArray(128);
        for (int i = context.localIdx; i < 128; i += 32) {
            tile[i] = 0;
        }
        context.localBarrier();
        HalfFloat[] rows = context.mmaLoadA(tile, 16);
        HalfFloat[] columns = context.mmaLoadB(tile, 16);
        float[] sums = context.mma(columns, rows, context.mmaFragment(0.0f), MMAShape.M16N8K16);
        context.mmaStore(sums, c, 0, 0, 16);
    }

    private TaskGraph graph(Task5<KernelContext, HalfFloatArray, HalfFloatArray, FloatArray, Integer> kernel) {
        return new TaskGraph("g")
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, a, b)
                .task("t", kernel, new KernelContext(), a, b, c, DEPTH)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, c);
    }

    private KernelFault fault(
            Task5<KernelContext, HalfFloatArray, HalfFloatArray, FloatArray, Integer> kernel, int items) {
        return faultOf(graph(kernel), grid1D("g.t", items, items));
    }

    @Test
    void aWarpMultipliesAndAddsMatrices() {
        SimulationReport report = run(graph(MatrixInstructionsTest::product), grid1D("g.t", 64, 64));
        for (int row = 0; row < ROWS; row++) {
            for (int column = 0; column < COLUMNS; column++) {
                float sum = 1;
                for (int k = 0; k < DEPTH; k++) {
                    sum += a.get(row * DEPTH + k).getFloat32()
                            * b.get(k * COLUMNS + column).getFloat32();
                }
                assertThat(c.get(row * COLUMNS + column))
                        .as("row %d, column %d", row, column)
                        .isEqualTo(sum);
            }
        }
        assertThat(report.task("g.t").bytesWritten()).isEqualTo(ROWS * COLUMNS * 4L);
    }

    @Test
    void tilesMustBeWrittenBeforeABarrier() {
        KernelFault fault = fault(MatrixInstructionsTest::withoutBarrier, 32);
        assertThat(fault.kind()).isEqualTo(Kind.UNINITIALISED_LOCAL_MEMORY);
        assertThat(fault).hasMessageContaining("reads element 4 of local array 'tile', which no work-item");
    }

    @Test
    void allLanesMustTakePart() {
        KernelFault fault = fault(MatrixInstructionsTest::halfAWarp, 32);
        assertThat(fault.kind()).isEqualTo(Kind.DIVERGENT_WARP);
        assertThat(fault)
                .hasMessageStartingWith("g.t: MatrixInstructionsTest.halfAWarp: work-item (global [0], group [0], local"
                        + " [0]) executes a matrix instruction that all lanes of a warp must execute with the same"
                        + " operands, but work-item (global [16], group [0], local [16]) does not"
                        + " (MatrixInstructionsTest.java:");
        assertThat(fault(MatrixInstructionsTest::otherRows, 32))
                .hasMessageContaining("but work-item (global [1], group [0], local [1]) has others");
        assertThat(fault(MatrixInstructionsTest::differentInstructions, 32))
                .hasMessageContaining("but work-item (global [16], group [0], local [16]) executes another one");
    }

    @Test
    void groupsMustConsistOfWarps() {
        KernelFault fault = faultOf(graph(MatrixInstructionsTest::beyondTheEnd), grid2D("g.t", 16, 2, 16, 2));
        assertThat(fault.kind()).isEqualTo(Kind.INVALID_GRID);
        assertThat(fault).hasMessageContaining("a group's first dimension must then be a multiple of 32");
    }

    @Test
    void storesAreCheckedAsOtherWritesAre() {
        KernelFault fault = fault(MatrixInstructionsTest::beyondTheEnd, 32);
        assertThat(fault.kind()).isEqualTo(Kind.OUT_OF_BOUNDS);
        assertThat(fault).hasMessageContaining("of argument 4 'c', which has 512 elements");
        KernelFault race = fault(MatrixInstructionsTest::sameRowsTwice, 64);
        assertThat(race.kind()).isEqualTo(Kind.GLOBAL_MEMORY_RACE);
        assertThat(race)
                .hasMessageContaining(
                        "work-item (global [32], group [0], local [32]) writes element 128 of argument 4");
    }

    @Test
    void whatDevicesCannotDoIsUnsupported() {
        assertUnsupported(
                fault(MatrixInstructionsTest::oddByte, 32),
                "loads a matrix from byte 8; rows must begin at multiples of 16");
        assertUnsupported(
                fault(MatrixInstructionsTest::elementOfFragment, 32),
                "reads an element of a fragment, which only matrix instructions can");
        assertUnsupported(
                fault(MatrixInstructionsTest::swappedOperands, 32),
                "multiplies fragments of 4 and 8 numbers; mmaLoadA gives 8, mmaLoadB 4");
    }

    private static void assertUnsupported(KernelFault fault, String what) {
        assertThat(fault.kind()).isEqualTo(Kind.UNSUPPORTED_CODE);
        assertThat(fault).hasMessageContaining(what);
    }
}
