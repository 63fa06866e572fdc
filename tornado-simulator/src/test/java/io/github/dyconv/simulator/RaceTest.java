package io.github.dyconv.simulator;

import static io.github.dyconv.simulator.Runs.counting;
import static io.github.dyconv.simulator.Runs.faultOf;
import static io.github.dyconv.simulator.Runs.grid1D;
import static io.github.dyconv.simulator.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.simulator.KernelFault.Kind;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Data races, and work-items that part at a barrier. */
class RaceTest {

    static void noBarrier(KernelContext context, FloatArray in, FloatArray out) {
        float[] line = context.allocateFloatLocalArray(16);
        line[context.localIdx] = in.get(context.globalIdx);
        out.set(context.globalIdx, line[context.localIdx == 0 ? 0 : context.localIdx - 1]);
    }

    static void missingSecondBarrier(KernelContext context, FloatArray in, FloatArray out) {
        float[] line = context.allocateFloatLocalArray(16);
        float sum = 0;
        for (int round = 0; round < 2; round++) {
            line[context.localIdx] = in.get(context.globalIdx);
            context.localBarrier();
            sum += line[context.localIdx == 0 ? 15 : context.localIdx];
        }
        out.set(context.globalIdx, sum);
    }

    static void globalBarrierForLocalMemory(KernelContext context, FloatArray in, FloatArray out) {
        float[] line = context.allocateFloatLocalArray(16);
        line[context.localIdx] = in.get(context.globalIdx);
        context.globalBarrier();
        out.set(context.globalIdx, line[15 - context.localIdx]);
    }

    static void sumInPlace(FloatArray in, FloatArray sum) {
        for (@Parallel int i = 0; i < in.getSize(); i++) {
            sum.set(0, sum.get(0) + in.get(i));
        }
    }

    static void inPlaceStencil(FloatArray data, int rows, int columns) {
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int column = 0; column < columns - 1; column++) {
                data.set(row * columns + column, data.get(row * columns + column + 1));
            }
        }
    }

    static void acrossGroups(KernelContext context, FloatArray data, FloatArray out) {
        data.set(context.globalIdx, 1f);
        context.globalBarrier();
        out.set(context.globalIdx, data.get(context.globalGroupSizeX - 1 - context.globalIdx));
    }

    static void localBarrierForGlobalMemory(KernelContext context, FloatArray data, FloatArray out) {
        data.set(context.globalIdx, 1f);
        context.localBarrier();
        out.set(context.globalIdx, data.get(15 - context.globalIdx));
        context.globalBarrier();
    }

    static void lastWritesWhatAllHaveRead(KernelContext context, FloatArray data, FloatArray out) {
        float first = data.get(0);
        if (context.globalIdx == context.globalGroupSizeX - 1) {
            data.set(0, first + 1);
        }
        out.set(context.globalIdx, first);
    }

    static void mixedAtomics(KernelContext context, IntArray counter, IntArray out) {
        context.atomicAdd(counter, 0, 1);
        out.set(context.globalIdx, counter.get(0));
    }

    static void divergent(KernelContext context, FloatArray out) {
        if (context.localIdx < 8) {
            context.localBarrier();
        }
        out.set(context.globalIdx, 1f);
    }

    static void twoBarriers(KernelContext context, FloatArray out) {
        float value = 1f;
        if (context.localIdx < 8) {
            context.localBarrier();
        } else {
            value = 2f;
            context.localBarrier();
        }
        out.set(context.globalIdx, value);
    }

    private static KernelFault localFault(TaskGraph graph) {
        return faultOf(graph, grid1D("g.t", 16, 16));
    }

    @Test
    void localReadWithoutABarrier() {
        KernelFault fault = localFault(new TaskGraph("g")
                .task("t", RaceTest::noBarrier, new KernelContext(), counting(16), new FloatArray(16)));
        assertThat(fault.kind()).isEqualTo(Kind.LOCAL_MEMORY_RACE);
        assertThat(fault)
                .hasMessageMatching("g\\.t: RaceTest\\.noBarrier: "
                        + "work-item \\(global \\[1\\], group \\[0\\], local \\[1\\]\\) reads element 0 of local "
                        + "array 'line', which work-item \\(global \\[0\\], group \\[0\\], local \\[0\\]\\) has "
                        + "written with no localBarrier in between \\(RaceTest\\.java:\\d+\\)");
    }

    @Test
    void localWriteAfterAReadOfTheSamePhase() {
        KernelFault fault = localFault(new TaskGraph("g")
                .task("t", RaceTest::missingSecondBarrier, new KernelContext(), counting(16), new FloatArray(16)));
        assertThat(fault.kind()).isEqualTo(Kind.LOCAL_MEMORY_RACE);
        assertThat(fault)
                .hasMessageContaining("work-item (global [15], group [0], local [15]) writes element 15 of local array "
                        + "'line', which several work-items have read with no localBarrier in between");
    }

    @Test
    void globalBarriersDoNotOrderLocalMemory() {
        KernelFault fault = localFault(new TaskGraph("g")
                .task("t", RaceTest::globalBarrierForLocalMemory, new KernelContext(), counting(16), counting(16)));
        assertThat(fault.kind()).isEqualTo(Kind.LOCAL_MEMORY_RACE);
    }

    @Test
    void globalSumByAllWorkItems() {
        KernelFault fault = faultOf(new TaskGraph("g").task("t", RaceTest::sumInPlace, counting(4), new FloatArray(1)));
        assertThat(fault.kind()).isEqualTo(Kind.GLOBAL_MEMORY_RACE);
        assertThat(fault)
                .hasMessageContaining("work-item (i = 1) reads element 0 of argument 2 'sum', which work-item (i = 0) "
                        + "has written and nothing orders the two");
    }

    @Test
    void globalStencilInPlace() {
        KernelFault fault = faultOf(new TaskGraph("g").task("t", RaceTest::inPlaceStencil, counting(12), 3, 4));
        assertThat(fault.kind()).isEqualTo(Kind.GLOBAL_MEMORY_RACE);
        assertThat(fault)
                .hasMessageContaining("work-item (row = 0, column = 1) writes element 1 of argument 1 'data', which "
                        + "work-item (row = 0, column = 0) has read");
    }

    @Test
    void globalBarriersDoNotOrderGroups() {
        KernelFault fault = faultOf(
                new TaskGraph("g")
                        .task("t", RaceTest::acrossGroups, new KernelContext(), counting(32), new FloatArray(32)),
                grid1D("g.t", 32, 16));
        assertThat(fault.kind()).isEqualTo(Kind.GLOBAL_MEMORY_RACE);
        assertThat(fault)
                .hasMessageContaining("work-item (global [16], group [1], local [0]) writes element 16 of argument 2 "
                        + "'data', which work-item (global [15], group [0], local [15]) has read");
    }

    @Test
    void elementsThatSeveralGroupsHaveRead() {
        KernelFault fault = faultOf(
                new TaskGraph("g")
                        .task(
                                "t",
                                RaceTest::lastWritesWhatAllHaveRead,
                                new KernelContext(),
                                counting(8),
                                new FloatArray(2)),
                grid1D("g.t", 2, 1));
        assertThat(fault.kind()).isEqualTo(Kind.GLOBAL_MEMORY_RACE);
        assertThat(fault)
                .hasMessageContaining("work-item (global [1], group [1], local [0]) writes element 0 of argument 2 "
                        + "'data', which several work-items have read and nothing orders the two");
    }

    @Test
    void localBarriersDoNotOrderGlobalMemory() {
        KernelFault fault = localFault(new TaskGraph("g")
                .task("t", RaceTest::localBarrierForGlobalMemory, new KernelContext(), counting(16), counting(16)));
        assertThat(fault.kind()).isEqualTo(Kind.GLOBAL_MEMORY_RACE);
    }

    @Test
    void plainReadsRaceWithAtomicUpdates() {
        KernelFault fault = localFault(new TaskGraph("g")
                .task("t", RaceTest::mixedAtomics, new KernelContext(), new IntArray(1), new IntArray(16)));
        assertThat(fault.kind()).isEqualTo(Kind.GLOBAL_MEMORY_RACE);
        assertThat(fault).hasMessageContaining("updates element 0 of argument 2 'counter'");
    }

    @Test
    void barrierThatHalfAGroupReaches() {
        KernelFault fault =
                localFault(new TaskGraph("g").task("t", RaceTest::divergent, new KernelContext(), counting(16)));
        assertThat(fault.kind()).isEqualTo(Kind.DIVERGENT_BARRIER);
        assertThat(fault)
                .hasMessageMatching(".*work-item \\(global \\[0\\], group \\[0\\], local \\[0\\]\\) waits at the "
                        + "barrier at RaceTest\\.java:\\d+, but work-item \\(global \\[8\\], group \\[0\\], local "
                        + "\\[8\\]\\) of the same group has ended");
    }

    @Test
    void differentBarriers() {
        KernelFault fault =
                localFault(new TaskGraph("g").task("t", RaceTest::twoBarriers, new KernelContext(), counting(16)));
        assertThat(fault.kind()).isEqualTo(Kind.DIVERGENT_BARRIER);
        assertThat(fault).hasMessageContaining("of the same group waits at the barrier at RaceTest.java:");
    }

    @Test
    void raceChecksCanBeSwitchedOff() {
        System.setProperty("io.github.dyconv.simulator.raceChecks", "false");
        try {
            run(new TaskGraph("g").task("t", RaceTest::sumInPlace, counting(4), new FloatArray(1)));
        } finally {
            System.clearProperty("io.github.dyconv.simulator.raceChecks");
        }
    }
}
