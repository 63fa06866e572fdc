package io.github.dyconv.tornado;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2d;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * A dynamic convolution as tasks for a TornadoVM task graph, for one input shape.
 *
 * <p>Its parameters reach the device by two upload graphs, one for the kernel bank and one for the attention's, that {@link
 * TornadoPlan} executes only when some of them changed. Everything in between stays on the device.
 *
 * <pre>{@code
 * Device device = Devices.select("tornado");
 * TornadoLayer layer = TornadoLayer.of("conv", dyconv, device, 1, 32, 32);
 * TaskGraph graph = new TaskGraph("mine").transferToDevice(DataTransferMode.EVERY_EXECUTION, in);
 * layer.appendTo(graph, in, out).transferToHost(DataTransferMode.EVERY_EXECUTION, out);
 * try (TornadoPlan plan = TornadoPlan.of(device, graph, layer)) {
 *     plan.execute();
 * }
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class TornadoLayer {
    private final String name;
    private final ForwardProblem problem;
    private final Supplier<Parameters> source;
    private final ScheduleChoice choice;
    private final ConvolutionShape shape;
    private final KernelContext context = new KernelContext();

    // Parameters.
    private final FloatArray fc1;
    private final FloatArray fc2;
    private final FloatArray fc2Bias;
    private final FloatArray temperature;
    private final FloatArray weightBank;
    private final FloatArray biasBank;
    private @Nullable Parameters uploaded;

    // What stays on the device.
    private final FloatArray pooled;
    private final FloatArray hidden;
    private final FloatArray logits;
    private final FloatArray attention;
    private final FloatArray weight;
    private final FloatArray bias;

    TornadoLayer(String name, ForwardProblem problem, Supplier<Parameters> source, ScheduleChoice choice) {
        DYConv2dConfig config = problem.config();
        Conv2dGeometry geometry = problem.geometry();
        int batch = problem.batch();
        int kernels = config.kernels();
        this.name = name;
        this.problem = problem;
        this.source = source;
        this.choice = choice;
        this.shape = ConvolutionShape.of(problem);
        fc1 = array("fc1", config.hiddenPlanes(), geometry.inPlanes());
        fc2 = array("fc2", kernels, config.hiddenPlanes());
        fc2Bias = array(kernels);
        temperature = array(1);
        weightBank = array("weight", kernels, weightLength(geometry));
        biasBank = array("bias", kernels, geometry.outPlanes());
        pooled = array("pooled input", batch, geometry.inPlanes());
        hidden = array("hidden", batch, config.hiddenPlanes());
        logits = array("logits", batch, kernels);
        attention = array("attention", batch, kernels);
        if (problem.dynamic()) {
            weight = array("aggregated weight, one kernel for each sample", batch, weightLength(geometry));
            bias = array("aggregated bias", batch, geometry.outPlanes());
        } else {
            attention.init(1);
            weight = weightBank;
            bias = biasBank;
        }
    }

    private static int weightLength(Conv2dGeometry geometry) {
        return geometry.outPlanes() * geometry.inPlanesPerGroup() * geometry.taps();
    }

    /** A zeroed array; TornadoVM would take any size that fits an int, and fail later. */
    private static FloatArray array(String what, int rows, int columns) {
        long size = (long) rows * columns;
        if (size > Tensor.MAX_ELEMENTS) {
            throw new IllegalArgumentException(what + ": " + rows + " x " + columns
                    + " elements are more than one array holds; use a smaller batch");
        }
        return array((int) size);
    }

    private static FloatArray array(int size) {
        FloatArray array = new FloatArray(size);
        array.init(0);
        return array;
    }

    /**
     * A layer for a task graph.
     *
     * @param name prefix of its tasks' and upload graphs' names: letters and digits, of its own within one plan
     * @param layer the layer; its parameters are followed
     * @param device the device that will run it, for the choice of kernels: one of TornadoVM's, or the simulator
     * @param batch samples N
     * @param height input rows H
     * @param width input columns W
     * @return the layer's tasks
     * @throws IllegalArgumentException if the input does not fit the layer, or the name is not one
     * @throws DeviceException if the device is another, or can't run the schedule that it was forced to
     */
    public static TornadoLayer of(String name, DYConv2d layer, Device device, int batch, int height, int width) {
        TornadoVmDevice tornadoVm = TornadoVmDevice.of(device);
        if (!name.matches("[A-Za-z][A-Za-z0-9]*")) {
            throw new IllegalArgumentException("name: expected a letter, then letters and digits, got '" + name + "'");
        }
        layer.outputShape(batch, layer.config().geometry().inPlanes(), height, width); // checks the sizes
        ForwardProblem problem = new ForwardProblem(layer.config(), batch, height, width, ForwardOptions.DEFAULT, true);
        ScheduleChoice choice = ScheduleChoice.of(tornadoVm.tornado(), problem, tornadoVm.forced());
        return new TornadoLayer(name, problem, layer::parameters, choice);
    }

    /**
     * A tensor's memory as an array for task graphs: nothing is copied, what one side writes the other reads. So a device's
     * output can be the JVM device's input, or the other way round, as it stands.
     *
     * @param tensor a writable tensor with memory of its own; the bytes before its elements get TornadoVM's header
     * @return the array, of {@link Tensor#size()} elements
     * @throws IllegalArgumentException if it is a view or read-only, and has no room for a header
     */
    public static FloatArray arrayOf(Tensor tensor) {
        MemorySegment memory = tensor.segmentWithHeader((int) TornadoNativeArray.ARRAY_HEADER)
                .orElseThrow(() -> new IllegalArgumentException(
                        "tensor: " + tensor + " is a view or read-only and has no room for a header; use a copy()"));
        memory.set(ValueLayout.JAVA_INT, 0, tensor.size()); // TornadoVM keeps the number of elements there
        return FloatArray.fromSegmentShallow(memory);
    }

    /**
     * An array for the layer's input.
     *
     * @return {@code [N, C, H, W]}, zeros
     */
    public FloatArray newInput() {
        return array(inputSize());
    }

    /**
     * An array for the layer's output.
     *
     * @return {@code [N, O, H', W']}, zeros
     */
    public FloatArray newOutput() {
        return array(outputSize());
    }

    private int inputSize() {
        return Math.multiplyExact(
                Math.multiplyExact(problem.batch(), problem.geometry().inPlanes()),
                Math.multiplyExact(problem.height(), problem.width()));
    }

    private int outputSize() {
        return Math.multiplyExact(
                Math.multiplyExact(problem.batch(), problem.geometry().outPlanes()),
                Math.multiplyExact(problem.outHeight(), problem.outWidth()));
    }

    /**
     * The attention, which stays on the device unless a graph transfers it to the host.
     *
     * @return {@code [N, K]}
     */
    public FloatArray attention() {
        return attention;
    }

    /**
     * Which kernels run the layer, and why not others.
     *
     * @return the schedules in order of preference
     */
    public List<AlgorithmChoice> schedules() {
        return choice.considered();
    }

    /**
     * Adds the layer's tasks. How {@code in} reaches the device and {@code out} leaves it is the graph's business; the
     * parameters are {@link TornadoPlan}'s.
     *
     * @param graph where to; not yet a snapshot
     * @param in {@code [N, C, H, W]}
     * @param out {@code [N, O, H', W']}
     * @return {@code graph}
     * @throws IllegalArgumentException if an array's size is not the shape's: TornadoVM would read or write beyond its end
     */
    public TaskGraph appendTo(TaskGraph graph, FloatArray in, FloatArray out) {
        requireSize("in", inputSize(), in);
        requireSize("out", outputSize(), out);
        if (problem.dynamic()) {
            appendAttention(graph, in);
            appendAggregation(graph);
        }
        return switch (choice.schedule()) {
            case TILED ->
                graph.task(name + "Convolve", ConvolutionKernels::implicitGemm, context, in, weight, bias, out, shape);
            case PARALLEL -> graph.task(name + "Convolve", ConvolutionKernels::direct, in, weight, bias, out, shape);
        };
    }

    /**
     * A graph of this layer alone: the input goes to the device, the output and the attention come back, nothing else
     * crosses. It is what a {@link io.github.dyconv.ForwardPlan} on a TornadoVM device runs.
     *
     * @param graphName the graph's name
     * @param in {@code [N, C, H, W]}
     * @param out {@code [N, O, H', W']}
     * @return a new graph
     * @throws IllegalArgumentException if an array's size is not the shape's
     */
    public TaskGraph newGraph(String graphName, FloatArray in, FloatArray out) {
        TaskGraph graph = new TaskGraph(graphName).transferToDevice(DataTransferMode.EVERY_EXECUTION, in);
        appendTo(graph, in, out).transferToHost(DataTransferMode.EVERY_EXECUTION, out);
        return problem.dynamic() ? graph.transferToHost(DataTransferMode.EVERY_EXECUTION, attention) : graph;
    }

    private void appendAttention(TaskGraph graph, FloatArray in) {
        int batch = problem.batch();
        int inPlanes = problem.geometry().inPlanes();
        int pixels = problem.height() * problem.width();
        int hiddenPlanes = problem.config().hiddenPlanes();
        int kernels = problem.config().kernels();
        switch (choice.schedule()) {
            case TILED -> graph.task(name + "Pool", PoolKernels::averageByGroup, context, in, pooled, pixels);
            case PARALLEL -> graph.task(name + "Pool", PoolKernels::average, in, pooled, batch * inPlanes, pixels);
        }
        graph.task(name + "Hidden", AttentionKernels::hidden, pooled, fc1, hidden, batch, inPlanes, hiddenPlanes)
                .task(
                        name + "Logits",
                        AttentionKernels::logits,
                        hidden,
                        fc2,
                        fc2Bias,
                        temperature,
                        logits,
                        batch,
                        hiddenPlanes,
                        kernels)
                .task(name + "Softmax", AttentionKernels::softmax, logits, attention, batch, kernels);
    }

    private void appendAggregation(TaskGraph graph) {
        int batch = problem.batch();
        int kernels = problem.config().kernels();
        graph.task(
                name + "AggregateWeight",
                AggregationKernels::aggregate,
                attention,
                weightBank,
                weight,
                batch,
                kernels,
                weightLength(problem.geometry()));
        graph.task(
                name + "AggregateBias",
                AggregationKernels::aggregate,
                attention,
                biasBank,
                bias,
                batch,
                kernels,
                problem.geometry().outPlanes());
    }

    private void requireSize(String argument, int expected, FloatArray array) {
        if (array.getSize() != expected) {
            throw new IllegalArgumentException(
                    argument + ": " + name + " takes " + expected + " elements, got " + array.getSize());
        }
    }

    /** Adds the grids of the tasks that need one, which belong to this task graph. */
    void addGrids(GridScheduler grids, String graph) {
        if (choice.schedule() == Schedule.TILED) {
            if (problem.dynamic()) {
                grids.addWorkerGrid(
                        graph + "." + name + "Pool",
                        WorkerGrids.pool(problem.batch() * problem.geometry().inPlanes()));
            }
            grids.addWorkerGrid(graph + "." + name + "Convolve", WorkerGrids.implicitGemm(shape));
        }
    }

    /** The parameters' ways to the device, in the order of {@link #changes()}. */
    List<Upload> uploads() {
        Upload bank = new Upload(name + "Bank", List.of(weightBank, biasBank));
        return problem.dynamic()
                ? List.of(bank, new Upload(name + "Attention", List.of(fc1, fc2, fc2Bias, temperature)))
                : List.of(bank);
    }

    /**
     * Copies the parameters that changed since the last call into the uploads' arrays.
     *
     * @return for each of {@link #uploads()}, whether it has to go
     */
    boolean[] changes() {
        Parameters before = uploaded;
        Parameters now = source.get();
        boolean attentionChanged = false;
        boolean bankChanged = false;
        if (before != now) {
            attentionChanged = before == null || before.temperature() != now.temperature();
            attentionChanged |= copyIfChanged(before == null ? null : before.fc1Weight(), now.fc1Weight(), fc1);
            attentionChanged |= copyIfChanged(before == null ? null : before.fc2Weight(), now.fc2Weight(), fc2);
            attentionChanged |= copyIfChanged(before == null ? null : before.fc2Bias(), now.fc2Bias(), fc2Bias);
            temperature.set(0, now.temperature());
            bankChanged = copyIfChanged(before == null ? null : before.weight(), now.weight(), weightBank);
            if (now.bias().isPresent()) {
                bankChanged |= copyIfChanged(
                        before == null ? null : before.bias().orElse(null),
                        now.bias().get(),
                        biasBank);
            }
            uploaded = now;
        }
        return problem.dynamic() ? new boolean[] {bankChanged, attentionChanged} : new boolean[] {bankChanged};
    }

    private static boolean copyIfChanged(@Nullable Tensor before, Tensor now, FloatArray to) {
        if (before == now) {
            return false;
        }
        to.getSegment().copyFrom(now.segment());
        return true;
    }

    /** Device memory besides parameters, input and output. */
    long deviceBytes() {
        return Stream.of(pooled, hidden, logits, attention, weight, bias)
                .filter(array -> array != weightBank && array != biasBank)
                .mapToLong(FloatArray::getNumBytesOfSegment)
                .sum();
    }

    /** Makes the next {@link #changes()} report everything: after a failed upload. */
    void forget() {
        uploaded = null;
    }
}
