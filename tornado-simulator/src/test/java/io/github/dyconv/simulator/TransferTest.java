package io.github.dyconv.simulator;

import static io.github.dyconv.simulator.Runs.counting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.dyconv.simulator.KernelFault.Kind;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.TornadoProfilerResult;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The device has its own memory, and what is not copied goes stale. */
class TransferTest {

    private final FloatArray in = counting(8);
    private final FloatArray out = new FloatArray(8);

    static void twice(FloatArray in, FloatArray out) {
        for (@Parallel int i = 0; i < in.getSize(); i++) {
            out.set(i, 2 * in.get(i));
        }
    }

    static void increment(FloatArray data) {
        for (@Parallel int i = 0; i < data.getSize(); i++) {
            data.set(i, data.get(i) + 1);
        }
    }

    private ImmutableTaskGraph twice(int toDevice, int toHost) {
        return new TaskGraph("g")
                .transferToDevice(toDevice, in)
                .task("twice", TransferTest::twice, in, out)
                .transferToHost(toHost, out)
                .snapshot();
    }

    @Test
    void arraysAreCopiedAtEachExecution() throws Exception {
        try (TornadoExecutionPlan plan =
                new TornadoExecutionPlan(twice(DataTransferMode.EVERY_EXECUTION, DataTransferMode.EVERY_EXECUTION))) {
            plan.execute();
            in.set(3, 100);
            plan.execute();
            assertThat(out.get(3)).isEqualTo(200);
        }
    }

    @Test
    void arraysOfTheFirstExecutionGoStale() throws Exception {
        try (TornadoExecutionPlan plan =
                new TornadoExecutionPlan(twice(DataTransferMode.FIRST_EXECUTION, DataTransferMode.EVERY_EXECUTION))) {
            plan.execute();
            in.set(3, 100);
            plan.execute();
            assertThat(out.get(3)).isEqualTo(6);
            plan.freeDeviceMemory().execute();
            assertThat(out.get(3)).isEqualTo(200);
        }
    }

    @Test
    void arraysWithoutTransferGoStale() throws Exception {
        TaskGraph graph = new TaskGraph("g")
                .task("twice", TransferTest::twice, in, out)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, out);
        try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
            plan.execute();
            in.set(3, 100);
            plan.execute();
            assertThat(out.get(3)).isEqualTo(6);
        }
    }

    @Test
    void resultsStayOnTheDeviceUntilAskedFor() throws Exception {
        try (TornadoExecutionPlan plan =
                new TornadoExecutionPlan(twice(DataTransferMode.EVERY_EXECUTION, DataTransferMode.UNDER_DEMAND))) {
            TornadoExecutionResult result = plan.execute();
            assertThat(out.get(3)).isZero();
            assertThat(result.getProfilerResult().getTotalBytesCopyOut()).isZero();
            result.transferToHost(out);
            assertThat(out.get(3)).isEqualTo(6);
            assertThat(result.getProfilerResult().getTotalBytesCopyOut()).isEqualTo(32);
        }
    }

    @Test
    void kernelsDoNotTouchTheHostsArrays() throws Exception {
        TaskGraph graph = new TaskGraph("g").task("increment", TransferTest::increment, in);
        try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
            TornadoExecutionResult result = plan.execute();
            plan.execute();
            assertThat(in.get(3)).isEqualTo(3);
            result.transferToHost(in);
            assertThat(in.get(3)).isEqualTo(5);
        }
    }

    @Test
    void persistedArraysAreShared() throws Exception {
        FloatArray last = new FloatArray(8);
        TaskGraph first = new TaskGraph("first")
                .transferToDevice(DataTransferMode.FIRST_EXECUTION, in)
                .task("twice", TransferTest::twice, in, out)
                .persistOnDevice(out);
        TaskGraph second = new TaskGraph("second")
                .consumeFromDevice("first", out)
                .task("increment", TransferTest::increment, out)
                .task("twice", TransferTest::twice, out, last)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, last);
        try (TornadoExecutionPlan plan = new TornadoExecutionPlan(first.snapshot(), second.snapshot())) {
            plan.withGraph(0).execute();
            plan.withGraph(1).execute();
            assertThat(last.get(3)).isEqualTo(14);
            plan.execute();
            assertThat(last.get(3)).isEqualTo(16);
            plan.withAllGraphs().execute();
            assertThat(last.get(3)).isEqualTo(14);
            assertThat(out.get(3)).isZero();
            assertThat(plan.getCurrentDeviceMemoryUsage()).isEqualTo(3 * (32 + 16));
        }
    }

    @Test
    void graphsThatShareNothingHaveTheirOwnCopies() throws Exception {
        TaskGraph first = new TaskGraph("first").task("increment", TransferTest::increment, in);
        TaskGraph second = new TaskGraph("second")
                .task("twice", TransferTest::twice, in, out)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, out);
        try (TornadoExecutionPlan plan = new TornadoExecutionPlan(first.snapshot(), second.snapshot())) {
            plan.execute();
            assertThat(out.get(3)).isEqualTo(6);
        }
    }

    @Test
    void consumingWhatNobodyPersistedIsAFault() throws Exception {
        TaskGraph first = new TaskGraph("first").task("twice", TransferTest::twice, in, out);
        TaskGraph second =
                new TaskGraph("second").consumeFromDevice("first", out).task("increment", TransferTest::increment, out);
        try (TornadoExecutionPlan plan = new TornadoExecutionPlan(first.snapshot(), second.snapshot())) {
            KernelFault fault = catchThrowableOfType(KernelFault.class, plan::execute);
            assertThat(fault.kind()).isEqualTo(Kind.NOT_ON_DEVICE);
            assertThat(fault)
                    .hasMessage("second: consumeFromDevice: this FloatArray is not on the device; graph 'first' must "
                            + "have run with persistOnDevice for it");
        }
    }

    @Test
    void copyingWhatIsNotOnTheDeviceIsAFault() throws Exception {
        TaskGraph graph = new TaskGraph("g")
                .task("increment", TransferTest::increment, in)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, out);
        try (TornadoExecutionPlan plan = new TornadoExecutionPlan(graph.snapshot())) {
            assertThat(catchThrowableOfType(KernelFault.class, plan::execute))
                    .hasMessage(
                            "g: transferToHost: this FloatArray is not on the device; no task of the graph uses it");
        }
    }

    @Test
    void profilesCountBytesAndRepeat() throws Exception {
        try (TornadoExecutionPlan plan =
                new TornadoExecutionPlan(twice(DataTransferMode.EVERY_EXECUTION, DataTransferMode.EVERY_EXECUTION))) {
            TornadoProfilerResult first = plan.execute().getProfilerResult();
            TornadoProfilerResult second = plan.execute().getProfilerResult();
            TornadoProfilerResult third = plan.execute().getProfilerResult();
            assertThat(first.getTotalBytesCopyIn()).as("in and the new out").isEqualTo(64);
            assertThat(second.getTotalBytesCopyIn()).isEqualTo(32);
            assertThat(second.getTotalBytesCopyOut()).isEqualTo(32);
            assertThat(second.getTotalBytesTransferred()).isEqualTo(64);
            assertThat(second.getDeviceKernelTime()).isPositive().isEqualTo(third.getDeviceKernelTime());
            assertThat(second.getTotalTime())
                    .isEqualTo(second.getDataTransfersTime()
                            + second.getKernelDispatchTime()
                            + second.getDeviceKernelTime());
            assertThat(second.getProfileLog())
                    .startsWith("{\"g\": {\"TOTAL_KERNEL_TIME\": \"" + second.getDeviceKernelTime())
                    .contains("\"g.twice\": {\"BACKEND\": \"VIRTUAL\", \"METHOD\": \"TransferTest.twice\"");
        }
    }

    @Test
    void memoryIsLimited() throws Exception {
        try (TornadoExecutionPlan plan =
                new TornadoExecutionPlan(twice(DataTransferMode.EVERY_EXECUTION, DataTransferMode.EVERY_EXECUTION))) {
            plan.withMemoryLimit("90B");
            assertThatThrownBy(plan::execute)
                    .isInstanceOf(TornadoOutOfMemoryException.class)
                    .hasMessageContaining("needs 96 bytes, its limit is 90");
            plan.withoutMemoryLimit().execute();
            assertThatThrownBy(() -> plan.withMemoryLimit("much"))
                    .isInstanceOf(TornadoRuntimeException.class)
                    .hasMessageContaining("512MB");
        }
    }

    @Test
    void closedPlansDoNotRun() throws Exception {
        TornadoExecutionPlan plan =
                new TornadoExecutionPlan(twice(DataTransferMode.EVERY_EXECUTION, DataTransferMode.EVERY_EXECUTION));
        plan.close();
        assertThatThrownBy(plan::execute)
                .isInstanceOf(TornadoRuntimeException.class)
                .hasMessageContaining("closed");
    }

    @Test
    @SuppressWarnings("NullAway")
    void nullArraysAreRefused() {
        TaskGraph graph = new TaskGraph("g");
        FloatArray none = null;
        assertThatThrownBy(() -> graph.task("twice", TransferTest::twice, in, none))
                .isInstanceOf(TornadoRuntimeException.class)
                .hasMessage("task g.twice: argument 2 is null");
    }

    @Test
    void laterTasksAreNotInASnapshot() throws Exception {
        TaskGraph graph = new TaskGraph("g").task("increment", TransferTest::increment, in);
        ImmutableTaskGraph snapshot = graph.snapshot();
        graph.task("again", TransferTest::increment, in);
        try (TornadoExecutionPlan plan = new TornadoExecutionPlan(snapshot)) {
            plan.execute().transferToHost(in);
            assertThat(in.get(0)).isEqualTo(1);
        }
    }
}
