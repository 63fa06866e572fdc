package io.github.dyconv.simulator;

import static io.github.dyconv.simulator.Runs.counting;
import static io.github.dyconv.simulator.Runs.faultOf;
import static io.github.dyconv.simulator.Runs.grid1D;
import static io.github.dyconv.simulator.Runs.grid2D;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.simulator.KernelFault.Kind;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;
import uk.ac.manchester.tornado.api.types.vectors.Float4;

/** Accesses outside arrays, and reads of what nobody has written. */
class MemoryFaultsTest {

    static void shift(FloatArray in, FloatArray out) {
        for (@Parallel int i = 0; i < out.getSize(); i++) {
            out.set(i, in.get(i + 1));
        }
    }

    static void overrun(KernelContext context, FloatArray out, int width) {
        out.set(context.globalIdy * width + context.globalIdx, 1f);
    }

    static void overrunVectors(VectorFloat4 out) {
        for (@Parallel int i = 0; i < out.getLength() + 1; i++) {
            out.set(i, new Float4(1, 2, 3, 4));
        }
    }

    static void overrunTile(FloatArray out) {
        for (@Parallel int i = 0; i < out.getSize(); i++) {
            float[] tile = new float[4];
            for (int k = 0; k <= i; k++) {
                tile[k] = k;
            }
            out.set(i, tile[0]);
        }
    }

    static void overrunLocal(KernelContext context, FloatArray out) {
        float[] line = context.allocateFloatLocalArray(16);
        line[context.localIdx + 1] = 1f;
        context.localBarrier();
        out.set(context.globalIdx, line[context.localIdx]);
    }

    static void unwrittenTile(FloatArray out) {
        for (@Parallel int i = 0; i < out.getSize(); i++) {
            float[] sums = new float[3];
            sums[i % 3] += 1f;
            out.set(i, sums[i % 3]);
        }
    }

    static void unwrittenLocal(KernelContext context, FloatArray in, FloatArray out) {
        float[] line = context.allocateFloatLocalArray(16);
        if (context.groupIdx == 0) {
            line[context.localIdx] = in.get(context.globalIdx);
        }
        context.localBarrier();
        out.set(context.globalIdx, line[15 - context.localIdx]);
    }

    static void tooMuchLocal(KernelContext context, FloatArray out) {
        float[] first = context.allocateFloatLocalArray(10_000);
        double[] second = context.allocateDoubleLocalArray(2_000);
        first[context.localIdx] = 1f;
        second[context.localIdx] = 1;
        out.set(context.globalIdx, first[context.localIdx]);
    }

    static void differentLocals(KernelContext context, FloatArray out) {
        float[] line = context.allocateFloatLocalArray(16 + context.localIdx);
        line[context.localIdx] = 1f;
        out.set(context.globalIdx, line[context.localIdx]);
    }

    static void passLocal(KernelContext context, FloatArray out) {
        float[] line = context.allocateFloatLocalArray(16);
        fill(line, context.localIdx);
        out.set(context.globalIdx, line[context.localIdx]);
    }

    private static void fill(float[] line, int index) {
        line[index] = 1f;
    }

    static void divideByZero(FloatArray out, int zero) {
        for (@Parallel int i = 0; i < out.getSize(); i++) {
            int quotient = i / (zero * i);
            out.set(i, quotient);
        }
    }

    @Test
    void readOutsideAnArray() {
        KernelFault fault =
                faultOf(new TaskGraph("g").task("shift", MemoryFaultsTest::shift, counting(8), new FloatArray(8)));
        assertThat(fault.kind()).isEqualTo(Kind.OUT_OF_BOUNDS);
        assertThat(fault.task()).isEqualTo("g.shift");
        assertThat(fault)
                .hasMessageMatching("g\\.shift: MemoryFaultsTest\\.shift: work-item \\(i = 7\\) reads element 8 of "
                        + "argument 1 'in', which has 8 elements \\(MemoryFaultsTest\\.java:\\d+\\)");
    }

    @Test
    void writeOutsideAnArray() {
        KernelFault fault = faultOf(
                new TaskGraph("g")
                        .task("overrun", MemoryFaultsTest::overrun, new KernelContext(), new FloatArray(60), 8),
                grid2D("g.overrun", 8, 8, 4, 2));
        assertThat(fault.kind()).isEqualTo(Kind.OUT_OF_BOUNDS);
        assertThat(fault)
                .hasMessageContaining("work-item (global [4, 7], group [1, 3], local [0, 1]) writes element 60 of "
                        + "argument 2 'out', which has 60 elements");
    }

    @Test
    void writeOutsideAnArrayOfVectors() {
        KernelFault fault =
                faultOf(new TaskGraph("g").task("vectors", MemoryFaultsTest::overrunVectors, new VectorFloat4(3)));
        assertThat(fault.kind()).isEqualTo(Kind.OUT_OF_BOUNDS);
        assertThat(fault).hasMessageContaining("work-item (i = 3) writes element 12 of argument 1 'out'");
    }

    @Test
    void writeOutsideAPrivateArray() {
        KernelFault fault = faultOf(new TaskGraph("g").task("tile", MemoryFaultsTest::overrunTile, new FloatArray(8)));
        assertThat(fault.kind()).isEqualTo(Kind.OUT_OF_BOUNDS);
        assertThat(fault)
                .hasMessageContaining("work-item (i = 4) writes element 4 of private array 'tile' (float[4]), which "
                        + "has 4 elements");
    }

    @Test
    void writeOutsideALocalArray() {
        KernelFault fault = faultOf(
                new TaskGraph("g").task("local", MemoryFaultsTest::overrunLocal, new KernelContext(), counting(32)),
                grid1D("g.local", 32, 16));
        assertThat(fault.kind()).isEqualTo(Kind.OUT_OF_BOUNDS);
        assertThat(fault)
                .hasMessageContaining("work-item (global [15], group [0], local [15]) writes element 16 of local "
                        + "array 'line', which has 16 elements");
    }

    @Test
    void readOfAnUnwrittenPrivateArray() {
        KernelFault fault =
                faultOf(new TaskGraph("g").task("tile", MemoryFaultsTest::unwrittenTile, new FloatArray(8)));
        assertThat(fault.kind()).isEqualTo(Kind.UNINITIALISED_PRIVATE_ARRAY);
        assertThat(fault)
                .hasMessageContaining("work-item (i = 0) reads element 0 of private array 'sums' (float[3]), which it "
                        + "has not written");
    }

    @Test
    void readOfUnwrittenLocalMemory() {
        KernelFault fault = faultOf(
                new TaskGraph("g")
                        .task(
                                "local",
                                MemoryFaultsTest::unwrittenLocal,
                                new KernelContext(),
                                counting(32),
                                new FloatArray(32)),
                grid1D("g.local", 32, 16));
        assertThat(fault.kind()).isEqualTo(Kind.UNINITIALISED_LOCAL_MEMORY);
        assertThat(fault)
                .hasMessageContaining("work-item (global [16], group [1], local [0]) reads element 15 of local array "
                        + "'line', which no work-item of its group has written");
    }

    @Test
    void moreLocalMemoryThanAGroupHas() {
        KernelFault fault = faultOf(
                new TaskGraph("g").task("local", MemoryFaultsTest::tooMuchLocal, new KernelContext(), counting(16)),
                grid1D("g.local", 16, 16));
        assertThat(fault.kind()).isEqualTo(Kind.LOCAL_MEMORY_EXCEEDED);
        assertThat(fault)
                .hasMessageContaining("allocates local array 'second' of 16000 bytes on top of 40000 bytes, but a "
                        + "group has 49152 bytes of local memory");
    }

    @Test
    void differentLocalArraysInOneGroup() {
        KernelFault fault = faultOf(
                new TaskGraph("g").task("local", MemoryFaultsTest::differentLocals, new KernelContext(), counting(16)),
                grid1D("g.local", 16, 16));
        assertThat(fault.kind()).isEqualTo(Kind.DIVERGENT_ALLOCATION);
        assertThat(fault)
                .hasMessageContaining("work-item (global [1], group [0], local [1]) allocates float[17] as local "
                        + "array 1, for which another work-item of its group has float[16]");
    }

    @Test
    void localArrayPassedToAHelper() {
        KernelFault fault = faultOf(
                new TaskGraph("g").task("local", MemoryFaultsTest::passLocal, new KernelContext(), counting(16)),
                grid1D("g.local", 16, 16));
        assertThat(fault.kind()).isEqualTo(Kind.LOCAL_ARRAY_TO_HELPER);
        assertThat(fault).hasMessageContaining("passes a local array to MemoryFaultsTest.fill");
    }

    @Test
    void exceptionOutOfAKernel() {
        KernelFault fault =
                faultOf(new TaskGraph("g").task("divide", MemoryFaultsTest::divideByZero, new FloatArray(4), 0));
        assertThat(fault.kind()).isEqualTo(Kind.KERNEL_EXCEPTION);
        assertThat(fault)
                .hasMessageContaining("work-item (i = 0) ends in java.lang.ArithmeticException: / by zero")
                .hasCauseInstanceOf(ArithmeticException.class);
    }
}
