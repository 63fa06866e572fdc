package io.github.dyconv.simulator;

import static io.github.dyconv.simulator.Runs.counting;
import static io.github.dyconv.simulator.Runs.faultOf;
import static io.github.dyconv.simulator.Runs.grid1D;
import static io.github.dyconv.simulator.Runs.grid2D;
import static io.github.dyconv.simulator.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.simulator.KernelFault.Kind;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.WorkerGrid3D;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Grids, and where work-items are in them. */
class GridTest {

    static void fill(KernelContext context, FloatArray out) {
        out.set(context.globalIdx, 1f);
    }

    static void ids(KernelContext context, IntArray out) {
        int width = context.globalGroupSizeX;
        int height = context.globalGroupSizeY;
        int linear = (context.globalIdz * height + context.globalIdy) * width + context.globalIdx;
        int group = (context.groupIdz * 10 + context.groupIdy) * 10 + context.groupIdx;
        int local = (context.localIdz * 10 + context.localIdy) * 10 + context.localIdx;
        int size = context.localGroupSizeX * 100 + context.localGroupSizeY * 10 + context.localGroupSizeZ;
        out.set(3 * linear, group);
        out.set(3 * linear + 1, local);
        out.set(3 * linear + 2, size * 10 + context.globalGroupSizeZ);
    }

    static void fillFromOffset(KernelContext context, FloatArray out) {
        out.set(context.globalIdx, 1f);
    }

    private static TaskGraph filling(FloatArray out) {
        return new TaskGraph("g")
                .task("t", GridTest::fill, new KernelContext(), out)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, out);
    }

    @Test
    void everyWorkItemHasItsIds() {
        IntArray out = new IntArray(3 * 4 * 6 * 2);
        WorkerGrid grid = new WorkerGrid3D(4, 6, 2);
        grid.setLocalWork(2, 3, 1);
        run(
                new TaskGraph("g")
                        .task("t", GridTest::ids, new KernelContext(), out)
                        .transferToHost(DataTransferMode.EVERY_EXECUTION, out),
                new GridScheduler("g.t", grid));
        for (int z = 0; z < 2; z++) {
            for (int y = 0; y < 6; y++) {
                for (int x = 0; x < 4; x++) {
                    int linear = (z * 6 + y) * 4 + x;
                    assertThat(out.get(3 * linear)).isEqualTo(z * 100 + y / 3 * 10 + x / 2);
                    assertThat(out.get(3 * linear + 1)).isEqualTo(y % 3 * 10 + x % 2);
                    assertThat(out.get(3 * linear + 2)).isEqualTo(2312);
                }
            }
        }
    }

    @Test
    void groupSizesAreChosenWhereTheyAreLeftOpen() {
        FloatArray out = new FloatArray(96);
        SimulationReport report = run(filling(out), new GridScheduler("g.t", new WorkerGrid1D(96)));
        assertThat(report.task("g.t").groups()).isEqualTo(3);
        assertThat(out.get(95)).isEqualTo(1);
    }

    @Test
    void offsetsMoveTheIds() {
        FloatArray out = new FloatArray(8);
        WorkerGrid grid = new WorkerGrid1D(4);
        grid.setGlobalOffset(4, 0, 0);
        run(filling(out), new GridScheduler("g.t", grid));
        assertThat(out.toHeapArray()).containsExactly(0, 0, 0, 0, 1, 1, 1, 1);
    }

    @Test
    void contextsWithoutAGrid() {
        KernelFault fault = faultOf(filling(counting(8)));
        assertThat(fault.kind()).isEqualTo(Kind.NO_GRID);
        assertThat(fault)
                .hasMessage("g.t: GridTest.fill takes a KernelContext but has no grid; give it one with a "
                        + "GridScheduler");
    }

    @Test
    void groupSizesThatDoNotDivide() {
        KernelFault fault = faultOf(filling(counting(100)), grid1D("g.t", 100, 32));
        assertThat(fault.kind()).isEqualTo(Kind.INVALID_GRID);
        assertThat(fault)
                .hasMessage("g.t: grid: the group size must divide the number of work-items, got global [100, 1, 1], "
                        + "local [32, 1, 1]");
    }

    @Test
    void groupsThatAreTooLarge() {
        KernelFault fault = faultOf(filling(counting(4096)), grid2D("g.t", 64, 64, 64, 32));
        assertThat(fault.kind()).isEqualTo(Kind.INVALID_GRID);
        assertThat(fault).hasMessage("g.t: grid: at most 1024 work-items fit in a group, got 2048, local [64, 32, 1]");
    }

    @Test
    void gridsOfUnknownTasks() {
        KernelFault fault = faultOf(filling(counting(8)), grid1D("g.fill", 8, 8));
        assertThat(fault.kind()).isEqualTo(Kind.UNKNOWN_TASK);
        assertThat(fault).hasMessage("g.fill: no graph of the plan has this task; expected one of [g.t]");
    }
}
