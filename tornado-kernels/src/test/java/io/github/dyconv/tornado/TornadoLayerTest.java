package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Tensor;
import io.github.dyconv.testing.Errors;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Layers in task graphs: what crosses between host and device, chains, and users' own graphs. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.github.dyconv.tornado.TestDevices#all")
class TornadoLayerTest {
    private static final double TOLERANCE = 5e-6;

    private final Device device;
    private final Random random = new Random(7);

    TornadoLayerTest(Device device) {
        this.device = device;
    }

    private Tensor normal(int... shape) {
        Tensor tensor = Tensor.zeros(shape);
        float[] values = new float[tensor.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values, shape);
    }

    private static Tensor reference(DYConv2d layer, Tensor x) {
        try (ForwardPlan plan = layer.plan(Devices.select("jvm:reference"), ForwardOptions.DEFAULT, x.shape())) {
            return plan.forward(x);
        }
    }

    private static void requireClose(Tensor expected, Tensor actual) {
        double[] values = new double[expected.size()];
        float[] floats = expected.toArray();
        Arrays.setAll(values, i -> floats[i]);
        assertThat(Errors.relativeL2(values, actual)).isLessThanOrEqualTo(TOLERANCE);
    }

    @Test
    void onlyChangedParametersAreSentAgain() {
        DYConv2d layer = DYConv2d.builder(4, 5, 3).build();
        TornadoLayer tasks = TornadoLayer.of("conv", layer, device, 1, 8, 8);
        assertThat(tasks.uploads()).extracting(Upload::name).containsExactly("convBank", "convAttention");
        assertThat(tasks.changes()).containsExactly(true, true);
        assertThat(tasks.changes()).containsExactly(false, false);
        layer.setTemperature(3);
        assertThat(tasks.changes()).containsExactly(false, true);
        layer.setParameter("bias", normal(4, 5));
        assertThat(tasks.changes()).containsExactly(true, false);
        layer.setTemperature(3);
        assertThat(tasks.changes()).containsExactly(false, false);
        tasks.forget();
        assertThat(tasks.changes()).containsExactly(true, true);
    }

    @Test
    void inputAndOutputCrossOnceAndNothingElse() {
        DYConv2d layer = DYConv2d.builder(8, 16, 3).padding(1).build();
        TornadoLayer tasks = TornadoLayer.of("conv", layer, device, 2, 16, 16);
        FloatArray in = tasks.newInput();
        FloatArray out = tasks.newOutput();
        TaskGraph graph = new TaskGraph("bytes").transferToDevice(DataTransferMode.EVERY_EXECUTION, in);
        tasks.appendTo(graph, in, out).transferToHost(DataTransferMode.EVERY_EXECUTION, out);
        try (TornadoPlan plan = TornadoPlan.of(device, graph, tasks).withProfiler()) {
            plan.execute();
            var second = plan.execute().getProfilerResult();
            long fewBytesPerTask = 8 * 32; // headers and launch parameters
            assertThat(second.getTotalBytesCopyIn())
                    .isBetween(in.getNumBytesOfSegment(), in.getNumBytesOfSegment() + fewBytesPerTask);
            assertThat(second.getTotalBytesCopyOut())
                    .isBetween(out.getNumBytesOfSegment(), out.getNumBytesOfSegment() + fewBytesPerTask);
            layer.setTemperature(2);
            var afterChange = plan.execute().getProfilerResult();
            assertThat(afterChange.getTornadoCompilerTime())
                    .as("nothing is compiled anew")
                    .isZero();
            assertThat(afterChange.getTotalBytesCopyIn())
                    .isLessThanOrEqualTo(in.getNumBytesOfSegment() + fewBytesPerTask);
        }
    }

    @Test
    void aChainEqualsItsLayersAndSeesEveryChange() {
        List<DYConv2d> layers = List.of(
                DYConv2d.builder(3, 12, 3).padding(1).temperature(2).seed(1).build(),
                DYConv2d.builder(12, 8, 3).stride(2).temperature(2).seed(2).build(),
                DYConv2d.builder(8, 6, 1).bias(false).temperature(2).seed(3).build());
        Tensor x = normal(2, 3, 14, 13);
        try (TornadoChain chain = TornadoChain.of(device, layers, x.shape()).withProfiler()) {
            assertThat(chain.timings()).isEmpty();
            Tensor y = chain.forward(x);
            requireClose(throughReference(layers, x), y);
            assertThat(chain.timings()).hasValueSatisfying(timings -> {
                assertThat(timings.kernelNanos()).isPositive();
                assertThat(timings.bytesOut())
                        .as("only the last layer's output comes back")
                        .isLessThan(2L * Float.BYTES * y.size());
            });
            layers.get(1).setTemperature(30);
            requireClose(throughReference(layers, x), chain.forward(x));
            layers.get(0).setParameter("weight", normal(4, 12, 3, 3, 3));
            requireClose(throughReference(layers, x), chain.forward(x));
            layers.get(2).setParameter("attention.fc2.bias", normal(4));
            layers.get(0).setParameter("bias", normal(4, 12));
            requireClose(throughReference(layers, x), chain.forward(x));
            Tensor other = normal(2, 3, 14, 13);
            requireClose(throughReference(layers, other), chain.forward(other));
        }
    }

    private static Tensor throughReference(List<DYConv2d> layers, Tensor x) {
        Tensor y = x;
        for (DYConv2d layer : layers) {
            y = reference(layer, y);
        }
        return y;
    }

    /** Work of a user's own before the layer, in the same graph. */
    static void halve(FloatArray from, FloatArray to, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            to.set(i, from.get(i) * 0.5f);
        }
    }

    /** Work of a user's own after the layer, with a grid. */
    static void negate(KernelContext context, FloatArray from, FloatArray to) {
        int i = context.globalIdx;
        to.set(i, -from.get(i));
    }

    @Test
    void aLayerRunsInAUsersGraph() {
        DYConv2d layer = DYConv2d.builder(4, 8, 3).padding(1).seed(5).build();
        TornadoLayer tasks = TornadoLayer.of("conv", layer, device, 1, 8, 8);
        FloatArray raw = tasks.newInput();
        FloatArray halved = tasks.newInput();
        FloatArray convolved = tasks.newOutput();
        FloatArray negated = tasks.newOutput();
        TaskGraph graph = new TaskGraph("mine")
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, raw)
                .task("halve", TornadoLayerTest::halve, raw, halved, raw.getSize());
        tasks.appendTo(graph, halved, convolved)
                .task("negate", TornadoLayerTest::negate, new KernelContext(), convolved, negated)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, negated);
        WorkerGrid grid = new WorkerGrid1D(negated.getSize());
        grid.setLocalWork(64, 1, 1);
        Tensor x = normal(1, 4, 8, 8);
        try (TornadoPlan plan = TornadoPlan.of(device, graph, tasks).withGrid("negate", grid)) {
            for (int run = 0; run < 3; run++) {
                layer.setTemperature(run + 1);
                raw.getSegment().copyFrom(x.segment());
                plan.execute();
                Tensor expected = reference(layer, scaled(x, 0.5f));
                requireClose(scaled(expected, -1), Tensor.of(negated.toHeapArray(), 1, 8, 8, 8));
            }
        }
    }

    private static Tensor scaled(Tensor x, float factor) {
        float[] values = x.toArray();
        for (int i = 0; i < values.length; i++) {
            values[i] *= factor;
        }
        return Tensor.of(values, x.shape());
    }

    @Test
    void otherDevicesAreRefused() {
        DYConv2d layer = DYConv2d.builder(4, 8, 3).build();
        Device jvm = Devices.select("jvm");
        String refusal = "device: task graphs run on TornadoVM's devices and the simulator only, got jvm; take one from"
                + " Devices.select(\"tornado\")";
        assertThatThrownBy(() -> TornadoLayer.of("conv", layer, jvm, 1, 8, 8))
                .isInstanceOf(DeviceException.class)
                .hasMessage(refusal);
        assertThatThrownBy(() -> TornadoChain.of(jvm, List.of(layer), 1, 4, 8, 8))
                .isInstanceOf(DeviceException.class)
                .hasMessage(refusal);
        assertThatThrownBy(() -> TornadoPlan.of(jvm, new TaskGraph("none")))
                .isInstanceOf(DeviceException.class)
                .hasMessage(refusal);
    }

    @Test
    void aForcedScheduleIsKept() {
        DYConv2d layer = DYConv2d.builder(4, 8, 3).build();
        for (String schedule : device.algorithms()) {
            TornadoLayer tasks = TornadoLayer.of("conv", layer, device.withAlgorithm(schedule), 1, 8, 8);
            assertThat(tasks.schedules())
                    .singleElement()
                    .satisfies(choice -> assertThat(choice.name()).isEqualTo(schedule));
        }
    }

    @Test
    void runsAreMeasuredOnlyWhenAsked() {
        DYConv2d layer = DYConv2d.builder(4, 8, 3).seed(6).build();
        Tensor x = normal(1, 4, 12, 12);
        try (ForwardPlan plain = layer.plan(device, ForwardOptions.DEFAULT, x.shape());
                ForwardPlan profiled = layer.plan(device, ForwardOptions.DEFAULT.withProfiling(true), x.shape())) {
            Tensor y = plain.forward(x);
            assertThat(plain.timings()).isEmpty();
            assertThat(profiled.timings()).isEmpty();
            assertThat(profiled.forward(x).toArray()).isEqualTo(y.toArray());
            profiled.forward(x);
            assertThat(profiled.timings()).hasValueSatisfying(timings -> {
                assertThat(timings.kernelNanos()).isPositive();
                assertThat(timings.transferNanos()).isPositive();
                assertThat(timings.bytesIn())
                        .as("of one run")
                        .isBetween((long) Float.BYTES * x.size(), 2L * Float.BYTES * x.size());
                assertThat(timings.bytesOut()).isBetween((long) Float.BYTES * y.size(), 2L * Float.BYTES * y.size());
            });
        }
    }

    @Test
    void theAttentionCrossesOnlyWhenAskedFor() {
        DYConv2d layer = DYConv2d.builder(4, 1, 3).kernels(16).build();
        Tensor x = normal(8, 4, 3, 3);
        long bytes = 8 * 16 * Float.BYTES; // 16 times those of the output
        try (ForwardPlan plan = layer.plan(device, ForwardOptions.DEFAULT.withProfiling(true), x.shape())) {
            for (int run = 0; run < 3; run++) {
                plan.forward(x);
                assertThat(plan.timings())
                        .hasValueSatisfying(
                                timings -> assertThat(timings.bytesOut()).isLessThan(bytes));
                assertThat(plan.attention().toArray()).doesNotContain(0);
            }
        }
    }

    @Test
    void anExecutionsAttentionIsTransferredUnderDemand() {
        DYConv2d layer = DYConv2d.builder(4, 8, 3).temperature(2).seed(5).build();
        TornadoLayer tasks = TornadoLayer.of("conv", layer, device, 2, 8, 8);
        FloatArray in = tasks.newInput();
        try (TornadoPlan plan = TornadoPlan.of(device, tasks.newGraph("graph", in, tasks.newOutput()), tasks)) {
            for (int run = 0; run < 3; run++) {
                Tensor x = normal(2, 4, 8, 8);
                in.getSegment().copyFrom(x.segment());
                layer.setTemperature(run / 2 + 1); // parameters go before the first and the last
                TornadoExecutionResult result = plan.execute();
                tasks.attention().init(0);
                in.init(0);
                result.transferToHost(tasks.attention());
                try (ForwardPlan jvm = layer.plan(Devices.select("jvm:reference"), ForwardOptions.DEFAULT, x.shape())) {
                    jvm.forward(x);
                    requireClose(jvm.attention(), Tensor.of(tasks.attention().toHeapArray(), 2, 4));
                }
            }
        }
    }

    @Test
    void tensorsGoFromDeviceToDeviceWithoutACopy() {
        DYConv2d first = DYConv2d.builder(4, 8, 3).padding(1).seed(5).build();
        DYConv2d second = DYConv2d.builder(8, 3, 3).seed(6).build();
        Tensor x = normal(1, 4, 9, 8);
        Tensor between = Tensor.zeros(1, 8, 9, 8);
        FloatArray in = TornadoLayer.arrayOf(x);
        FloatArray out = TornadoLayer.arrayOf(between);
        assertThat(in.getSize()).isEqualTo(x.size());
        assertThat(in.getSegment().address()).isEqualTo(x.segment().address());
        assertThat(in.get(17)).isEqualTo(x.toArray()[17]);
        TornadoLayer tasks = TornadoLayer.of("conv", first, device, 1, 9, 8);
        TaskGraph graph = new TaskGraph("shared").transferToDevice(DataTransferMode.EVERY_EXECUTION, in);
        tasks.appendTo(graph, in, out).transferToHost(DataTransferMode.EVERY_EXECUTION, out);
        try (TornadoPlan plan = TornadoPlan.of(device, graph, tasks);
                ForwardPlan onJvm = second.plan(Devices.select("jvm"), ForwardOptions.DEFAULT, between.shape())) {
            for (int run = 0; run < 2; run++) {
                plan.execute();
                requireClose(reference(first, x), between);
                requireClose(reference(second, between), onJvm.forward(between));
                x.copyFrom(normal(1, 4, 9, 8));
            }
        }
        Tensor readOnly = x.asReadOnly();
        assertThatThrownBy(() -> TornadoLayer.arrayOf(readOnly))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "tensor: Tensor[1, 4, 9, 8] is a view or read-only and has no room for a header; use a copy()");
    }

    @Test
    void arraysOfTheWrongSizeAreRefused() {
        TornadoLayer tasks = TornadoLayer.of("conv", DYConv2d.builder(4, 8, 3).build(), device, 2, 8, 8);
        assertThatThrownBy(() -> tasks.appendTo(new TaskGraph("g"), new FloatArray(511), tasks.newOutput()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("in: conv takes 512 elements, got 511");
        assertThatThrownBy(() -> tasks.appendTo(new TaskGraph("g"), tasks.newInput(), new FloatArray(577)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("out: conv takes 576 elements, got 577");
    }

    @Test
    void gridsThatLeaveWorkItemsOutAreRefused() {
        DYConv2d layer = DYConv2d.builder(4, 8, 3).build();
        TornadoLayer tasks = TornadoLayer.of("conv", layer, device, 1, 8, 8);
        FloatArray in = tasks.newInput();
        FloatArray out = tasks.newOutput();
        TaskGraph graph = new TaskGraph("mine").transferToDevice(DataTransferMode.EVERY_EXECUTION, in);
        tasks.appendTo(graph, in, out)
                .task("negate", TornadoLayerTest::negate, new KernelContext(), in, in)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, out);
        WorkerGrid grid = new WorkerGrid1D(256);
        grid.setLocalWork(100, 1, 1);
        int most = (int) Schedule.largestGroup(TornadoVmDevice.of(device).tornado());
        int tooMany = 2 * most;
        WorkerGrid wide = new WorkerGrid1D(tooMany);
        wide.setLocalWork(tooMany, 1, 1);
        try (TornadoPlan plan = TornadoPlan.of(device, graph, tasks)) {
            assertThatThrownBy(() -> plan.withGrid("negate", wide))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("grid: negate's groups have " + tooMany + " work-items, more than the device takes ("
                            + most + ")");
            assertThatThrownBy(() -> plan.withGrid("negate", grid))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage(
                            "grid: negate's global size 256 is no multiple of its local size 100 along dimension 0");
        }
    }

    @Test
    void namesAndSizesAreChecked() {
        DYConv2d layer = DYConv2d.builder(4, 8, 3).build();
        assertThatThrownBy(() -> TornadoLayer.of("a.b", layer, device, 1, 8, 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("name: expected a letter, then letters and digits, got 'a.b'");
        assertThatThrownBy(() -> TornadoLayer.of("conv", layer, device, 1, 2, 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("kernel_size: spans 3 pixels of height");
        assertThatThrownBy(() -> TornadoChain.of(device, List.of(layer, layer), 1, 4, 8, 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("input: expected [N, 4, H, W], got [1, 8, 6, 6]");
        assertThatThrownBy(() -> TornadoChain.of(device, List.of(), 1, 4, 8, 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("layers: a chain needs at least one");
    }

    @Test
    void aBatchTooLargeForOneArrayIsRefusedAtOnce() {
        DYConv2d layer = DYConv2d.builder(512, 512, 3).padding(1).kernels(1).build();
        Device keepsEveryKernel = device.withAlgorithm("parallel");
        assertThatThrownBy(() -> TornadoLayer.of("conv", layer, keepsEveryKernel, 1000, 1, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "aggregated weight, one kernel for each sample: 1000 x 2359296 elements are more than one array"
                                + " holds; use a smaller batch");
    }
}
