package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Precision;
import io.github.dyconv.Size2D;
import io.github.dyconv.Tensor;
import io.github.dyconv.nn.Convolutions;
import io.github.dyconv.nn.MobileNetV2;
import io.github.dyconv.nn.Model;
import io.github.dyconv.nn.Network;
import io.github.dyconv.nn.NetworkBuilder;
import io.github.dyconv.nn.NetworkPlan;
import io.github.dyconv.nn.Operation;
import io.github.dyconv.nn.ResNet;
import io.github.dyconv.nn.Shape;
import io.github.dyconv.testing.Errors;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Whole networks in one task graph, against the same plan on the JVM. */
class TornadoNetworkTest {
    private static final double TOLERANCE = 2e-5;
    private static final TornadoVmDevice DEVICE = TestDevices.all().getFirst();
    private static final ForwardOptions PROFILED = ForwardOptions.DEFAULT.withProfiling(true);
    private static final int CLASSES = 5;
    private static final Shape PICTURE = new Shape(3, 15, 13);

    private final Random random = new Random(11);

    private static Network network(String name, boolean dynamic) {
        Convolutions convolutions = dynamic ? Convolutions.DYNAMIC : Convolutions.STATIC;
        ResNet.Stem stem = ResNet.Stem.SMALL;
        return switch (name) {
            case "resnet10" -> ResNet.resNet10(PICTURE, CLASSES, 6, stem, convolutions);
            case "resnet18" -> ResNet.resNet18(PICTURE, CLASSES, 4, ResNet.Stem.IMAGENET, convolutions);
            default -> MobileNetV2.of(PICTURE, CLASSES, 0.1, stem, convolutions);
        };
    }

    /** A model whose every number matters: statistics are not 0 and 1, biases are not 0. */
    private Model model(Network network) {
        Model model = Model.initial(network, 3);
        model.setTemperature(2);
        for (Operation operation : network.operations()) {
            if (operation instanceof Operation.BatchNorm2d norm) {
                fill(model.parameter(norm, DYConv2dConfig.WEIGHT), 1, 0.2);
                fill(model.parameter(norm, DYConv2dConfig.BIAS), 0, 0.2);
                fill(model.parameter(norm, Operation.BatchNorm2d.RUNNING_MEAN), 0, 0.2);
                fill(model.parameter(norm, Operation.BatchNorm2d.RUNNING_VAR), 1, 0.1);
            }
        }
        model.parametersChanged();
        return model;
    }

    private void fill(Tensor tensor, double mean, double deviation) {
        float[] values = new float[tensor.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (mean + deviation * random.nextGaussian());
        }
        tensor.copyFrom(Tensor.of(values, tensor.shape()));
    }

    private static NetworkPlan onDevice(Model model, int batch) {
        return NetworkPlan.evaluation(model, DEVICE, PROFILED, batch);
    }

    private static NetworkPlan onJvm(Model model, int batch) {
        return NetworkPlan.evaluation(model, Devices.select("jvm"), ForwardOptions.DEFAULT, batch);
    }

    private static void requireClose(Tensor expected, Tensor actual) {
        float[] floats = expected.toArray();
        double[] values = new double[floats.length];
        Arrays.setAll(values, i -> floats[i]);
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(Errors.relativeL2(values, actual)).isLessThanOrEqualTo(TOLERANCE);
    }

    /** Runs both on new input and compares. */
    private void requireSame(NetworkPlan expected, NetworkPlan actual) {
        fill(expected.input(), 0, 1);
        actual.input().copyFrom(expected.input());
        requireClose(expected.forward(), actual.forward());
    }

    @ParameterizedTest
    @CsvSource({
        "resnet10, true, 1",
        "resnet10, true, 3",
        "resnet10, false, 3",
        "resnet18, true, 1",
        "resnet18, false, 1",
        "mobilenetv2, true, 1",
        "mobilenetv2, false, 3"
    })
    void givesWhatTheJvmGives(String name, boolean dynamic, int batch) {
        Model model = model(network(name, dynamic));
        try (NetworkPlan expected = onJvm(model, batch);
                NetworkPlan actual = onDevice(model, batch)) {
            requireSame(expected, actual);
            requireSame(expected, actual);
            model.setTemperature(1.5);
            fill(model.parameter(model.network().operations().getLast(), DYConv2dConfig.BIAS), 0, 1);
            requireSame(expected, actual);
            List<Operation> operations = model.network().operations();
            for (int i = 0; i < operations.size(); i++) {
                if (operations.get(i) instanceof Operation.Convolution) {
                    requireClose(expected.attention(i), actual.attention(i));
                }
            }
        }
    }

    /** One graph if TornadoVM's limits allow, else one that brings the input, and as few as they allow. */
    @ParameterizedTest
    @CsvSource({"resnet10, 1", "resnet18, 3", "mobilenetv2, 5"})
    void takesFewGraphs(String name, int graphs) {
        Model model = model(network(name, true));
        FloatArray in = FloatArrays.zeros(model.network().input().size());
        FloatArray out = FloatArrays.zeros(CLASSES);
        assertThat(new NetworkGraphs(DEVICE, model, ForwardOptions.DEFAULT, 1, in, out).graphs())
                .hasSize(graphs);
    }

    /** A network of a few operations on values of 5 channels, 7x9. */
    private static Arguments few(String name, Operation... operations) {
        return Arguments.of(Named.of(name, new Network(new Shape(5, 7, 9), List.of(operations))));
    }

    private static Operation.BatchNorm2d norm(String name, int input) {
        return new Operation.BatchNorm2d(name, input, 5, 1e-3, 0.1);
    }

    private static Operation relu(int input) {
        return new Operation.Relu(input, Float.POSITIVE_INFINITY);
    }

    static Stream<Arguments> fewOperations() {
        Size2D oneByTwo = new Size2D(1, 2);
        Size2D twoByThree = new Size2D(2, 3);
        Size2D threeByTwo = new Size2D(3, 2);
        Size2D one = Size2D.of(1);
        Size2D none = Size2D.of(0);
        Conv2dGeometry odd = new Conv2dGeometry(5, 10, threeByTwo, twoByThree, oneByTwo, oneByTwo, 5, true);
        return Stream.of(
                few("plain convolution", Operation.Convolution.plain("op", 0, odd)),
                few("dynamic convolution", new Operation.Convolution("op", 0, new DYConv2dConfig(odd, 0.5, 3), true)),
                few(
                        "dynamic convolution with one kernel",
                        new Operation.Convolution("op", 0, new DYConv2dConfig(odd, 0.5, 1), true)),
                few("batch norm", norm("op", 0)),
                few("relu", relu(0)),
                few("relu6", new Operation.Relu(0, 0.75f)),
                few("max pool", new Operation.MaxPool2d(0, threeByTwo, twoByThree, new Size2D(1, 1))),
                few("max pool of one pixel", new Operation.MaxPool2d(0, one, twoByThree, none)),
                few("max pool of all", new Operation.MaxPool2d(0, new Size2D(7, 9), one, none)),
                few("average pool", new Operation.AvgPool2d(0, threeByTwo, twoByThree, new Size2D(1, 1))),
                few("average pool without padding", new Operation.AvgPool2d(0, twoByThree, oneByTwo, none)),
                few("global average pool", new Operation.GlobalAvgPool(0)),
                few("add", relu(0), new Operation.Add(1, 0)),
                few("add to itself", new Operation.Add(0, 0)),
                few("linear", new Operation.Linear("op", 0, 5 * 7 * 9, 6)),
                few("linear to one", new Operation.GlobalAvgPool(0), new Operation.Linear("op", 1, 5, 1)),
                few("batch norm, relu6", norm("op", 0), new Operation.Relu(1, 1)),
                few("batch norm, add, relu", norm("op", 0), new Operation.Add(1, 0), relu(2)),
                few("batch norm on the right", norm("op", 0), new Operation.Add(0, 1), relu(2)),
                few("batch norm, added to itself", norm("op", 0), new Operation.Add(1, 1), relu(2)),
                few("two batch norms", norm("a", 0), norm("b", 0), new Operation.Add(1, 2), relu(3)),
                few("batch norm of a batch norm", norm("a", 0), norm("b", 1)),
                few("batch norm read twice", norm("op", 0), relu(1), new Operation.Add(1, 2)),
                few("sum read twice", new Operation.Add(0, 0), relu(1), new Operation.Add(2, 1)),
                few("relu read late", relu(0), norm("op", 1), new Operation.Relu(2, 0.5f), new Operation.Add(3, 1)),
                few("a value that nobody reads", relu(0), norm("op", 0)));
    }

    @ParameterizedTest
    @MethodSource("fewOperations")
    void operationsGiveWhatTheJvmGives(Network network) {
        Model model = model(network);
        try (NetworkPlan expected = onJvm(model, 3);
                NetworkPlan actual = onDevice(model, 3)) {
            requireSame(expected, actual);
            requireSame(expected, actual);
        }
    }

    /** A residual block, dynamic, with a head. */
    private static Network block() {
        NetworkBuilder network = new NetworkBuilder(new Shape(5, 7, 9), Convolutions.DYNAMIC);
        int value = network.relu(network.batchNorm("bn1", network.convolution("conv1", 0, 5, 3, 1, 1)));
        value = network.batchNorm("bn2", network.convolution("conv2", value, 5, 3, 1, 1));
        value = network.relu(network.add(value, 0));
        network.linear("fc", network.globalAvgPool(value), CLASSES);
        return network.build();
    }

    @ParameterizedTest
    @MethodSource("io.github.dyconv.tornado.TestDevices#withEachSchedule")
    void everyScheduleGivesWhatTheJvmGives(Device device) {
        Model model = model(block());
        try (NetworkPlan expected = onJvm(model, 2);
                NetworkPlan actual = NetworkPlan.evaluation(model, device, ForwardOptions.DEFAULT, 2)) {
            requireSame(expected, actual);
        }
    }

    @Test
    void everyChangeIsSeen() {
        Model model = model(block());
        try (NetworkPlan expected = onJvm(model, 2);
                NetworkPlan actual = onDevice(model, 2)) {
            requireSame(expected, actual);
            model.setTemperature(30);
            requireSame(expected, actual);
            fill(model.parameters().get("conv1.weight"), 0, 0.1);
            fill(model.parameters().get("conv2.attention.fc2.bias"), 0, 1);
            model.parametersChanged();
            requireSame(expected, actual);
            fill(model.parameters().get("fc.weight"), 0, 1);
            fill(model.parameters().get("bn1.bias"), 0, 1);
            model.parametersChanged();
            requireSame(expected, actual);
            // Training moves them, and tells nobody.
            fill(model.buffers().get("bn1.running_mean"), 0, 1);
            requireSame(expected, actual);
            fill(model.buffers().get("bn2.running_var"), 2, 0.1);
            requireSame(expected, actual);
        }
    }

    @Test
    void onlyWhatChangedIsSentAgain() {
        Model model = model(network("resnet10", true));
        NetworkPart tasks = new NetworkPart(
                "net", DEVICE, model, ForwardOptions.DEFAULT, 1, model.network().operations());
        assertThat(tasks.uploads()).extracting(Upload::name).containsExactly("netBanks", "netAttentions", "netOthers");
        assertThat(tasks.changes()).containsExactly(true, true, true);
        assertThat(tasks.changes()).containsExactly(false, false, false);
        model.setTemperature(3);
        assertThat(tasks.changes()).containsExactly(false, true, false);
        fill(model.parameters().get("fc.bias"), 0, 1);
        assertThat(tasks.changes()).containsExactly(false, false, true);
        model.parametersChanged();
        assertThat(tasks.changes()).containsExactly(true, true, false);
        tasks.forget();
        assertThat(tasks.changes()).containsExactly(true, true, true);
    }

    @Test
    void inputAndOutputCrossOnceAndNothingElse() {
        Model model = model(network("resnet10", true));
        try (NetworkPlan plan = onDevice(model, 3)) {
            assertThat(plan.timings()).isEmpty();
            plan.forward();
            plan.forward();
            long in = (long) Float.BYTES * plan.input().size();
            long out = (long) Float.BYTES * plan.output().size();
            long fewBytesPerTask = 32L * 2 * model.network().operations().size(); // headers and launch parameters
            assertThat(plan.timings()).hasValueSatisfying(timings -> {
                assertThat(timings.kernelNanos()).isPositive();
                assertThat(timings.bytesIn()).isBetween(in, in + fewBytesPerTask);
                assertThat(timings.bytesOut()).isBetween(out, out + 32);
            });
        }
    }

    @Test
    void plansStandSideBySide() {
        Model first = model(block());
        Model second = model(block());
        fill(second.parameters().get("conv1.weight"), 0, 1);
        try (NetworkPlan expected = onJvm(first, 1);
                NetworkPlan actual = onDevice(first, 1)) {
            try (NetworkPlan otherExpected = onJvm(second, 2);
                    NetworkPlan otherActual = onDevice(second, 2)) {
                for (int run = 0; run < 2; run++) {
                    requireSame(expected, actual);
                    requireSame(otherExpected, otherActual);
                    first.setTemperature(4);
                }
            }
            requireSame(expected, actual);
        }
    }

    @Test
    void onlyInputAndOutputAreOnTheHost() {
        Model model = model(network("resnet10", false));
        int last = model.network().operations().size();
        try (NetworkPlan plan = onDevice(model, 1)) {
            assertThat(plan.value(0)).isSameAs(plan.input());
            assertThat(plan.value(last)).isSameAs(plan.output());
            assertThatThrownBy(() -> plan.value(2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("number: value 2 stays on the device, which runs the whole network; the host has 0, the"
                            + " input, and " + last + ", the output");
            assertThatThrownBy(() -> plan.attention(1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageEndingWith("is no convolution");
            assertThat(plan.attention(0).toArray()).containsExactly(1);
        }
    }

    @Test
    void aFailureTellsItsCause() {
        Network large = new Network(new Shape(1, 700, 500), List.of(relu(0)));
        Model model = Model.initial(large, 0);
        Tensor input = Tensor.zeros(large.input().batch(1));
        Tensor output = Tensor.zeros(large.output().batch(1));
        try (TornadoNetwork network =
                (TornadoNetwork) DEVICE.prepareNetwork(model, ForwardOptions.DEFAULT, input, output)) {
            network.plan().executionPlan().withMemoryLimit("1MB");
            assertThatThrownBy(network::run)
                    .isInstanceOf(DeviceException.class)
                    .hasMessageContaining("TornadoVM failed in graph network0")
                    .hasCauseInstanceOf(Throwable.class);
        }
    }

    @Test
    void whatTheDeviceLacksIsRefused() {
        Model model = model(network("resnet10", true));
        assertThatThrownBy(() -> NetworkPlan.evaluation(model, DEVICE, ForwardOptions.DEFAULT.withThreads(2), 1))
                .isInstanceOf(DeviceException.class)
                .hasMessage("threads: " + DEVICE.name() + " chooses its own; only the JVM device takes a number");
        ForwardOptions half = ForwardOptions.DEFAULT.withPrecision(Precision.HALF);
        assertThatThrownBy(() -> NetworkPlan.evaluation(model, DEVICE, half, 1))
                .isInstanceOf(DeviceException.class)
                .hasMessageStartingWith("precision half: " + DEVICE.name());
        Network wide = new Network(
                new Shape(1, 1, 1),
                List.of(new Operation.Linear("a", 0, 1, 1024), new Operation.Linear("b", 1, 1024, 1)));
        assertThatThrownBy(() -> onDevice(Model.initial(wide, 0), 1 << 21))
                .isInstanceOf(DeviceException.class)
                .hasMessage(DEVICE.name() + ": value 1: 2097152 x 1024 elements are more than one array holds; use a"
                        + " smaller batch");
    }
}
