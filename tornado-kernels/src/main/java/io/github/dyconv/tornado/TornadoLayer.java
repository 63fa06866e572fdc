package io.github.dyconv.tornado;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Parameters;
import io.github.dyconv.Precision;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Supplier;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
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
public final class TornadoLayer extends GraphPart {
    private final String name;
    private final ForwardProblem problem;
    private final Supplier<Parameters> source;
    private final ScheduleChoice choice;
    private final LayerTasks tasks;

    TornadoLayer(
            String name,
            TornadoDevice device,
            ForwardProblem problem,
            Supplier<Parameters> source,
            ScheduleChoice choice) {
        this.name = name;
        this.problem = problem;
        this.source = source;
        this.choice = choice;
        this.tasks = choice.schedule().layOut(name, device, problem);
    }

    /**
     * A layer for a task graph, in default precision.
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
        return of(name, layer, device, Precision.DEFAULT, batch, height, width);
    }

    /**
     * A layer for a task graph.
     *
     * @param name prefix of its tasks' and upload graphs' names: letters and digits, of its own within one plan
     * @param layer the layer; its parameters are followed
     * @param device the device that will run it, for the choice of kernels: one of TornadoVM's, or the simulator
     * @param precision how exactly to compute
     * @param batch samples N
     * @param height input rows H
     * @param width input columns W
     * @return the layer's tasks
     * @throws IllegalArgumentException if the input does not fit the layer, or the name is not one
     * @throws DeviceException if the device is another, or can't run the schedule that it was forced to, or this precision
     */
    public static TornadoLayer of(
            String name, DYConv2d layer, Device device, Precision precision, int batch, int height, int width) {
        TornadoVmDevice tornadoVm = TornadoVmDevice.of(device);
        if (!name.matches("[A-Za-z][A-Za-z0-9]*")) {
            throw new IllegalArgumentException("name: expected a letter, then letters and digits, got '" + name + "'");
        }
        layer.outputShape(batch, layer.config().geometry().inPlanes(), height, width); // checks the sizes
        ForwardProblem problem = new ForwardProblem(
                layer.config(), batch, height, width, ForwardOptions.DEFAULT.withPrecision(precision), true);
        ScheduleChoice choice = tornadoVm.choice(problem);
        return new TornadoLayer(name, tornadoVm.tornado(), problem, layer::parameters, choice);
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
        return FloatArrays.zeros(inputSize());
    }

    /**
     * An array for the layer's output.
     *
     * @return {@code [N, O, H', W']}, zeros
     */
    public FloatArray newOutput() {
        return FloatArrays.zeros(outputSize());
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
     * The attention, which stays on the device until a graph or its user transfers it to the host.
     *
     * @return {@code [N, K]}
     */
    public FloatArray attention() {
        return tasks.attention().weights();
    }

    /** Lets a graph keep the attention for {@link #fetchAttention}, if it computes one. */
    TaskGraph keepAttention(TaskGraph graph) {
        return problem.dynamic() ? graph.transferToHost(DataTransferMode.UNDER_DEMAND, attention()) : graph;
    }

    /**
     * The attention of a plan's last execution, copied to the host now.
     *
     * @param plan whose graph {@linkplain #keepAttention keeps} it
     * @param part of the plan in which the layer is: itself, or what holds it
     * @return {@code [N, K]}, a copy; ones for a plain convolution, zeros before the first execution of a dynamic one
     * @throws DeviceException if the device fails
     */
    Tensor fetchAttention(TornadoPlan plan, GraphPart part) {
        if (problem.dynamic()) {
            plan.fetch(part, attention());
        }
        return Tensor.of(
                attention().toHeapArray(), problem.batch(), problem.config().kernels());
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
        tasks.appendTo(graph, in, out);
        return graph;
    }

    /**
     * A graph of this layer alone: the input goes to the device, the output comes back, nothing else crosses. The attention
     * does under demand, by {@code plan.execute().transferToHost(layer.attention())}. It is what a {@link
     * io.github.dyconv.ForwardPlan} on a TornadoVM device runs.
     *
     * @param graphName the graph's name
     * @param in {@code [N, C, H, W]}
     * @param out {@code [N, O, H', W']}
     * @return a new graph
     * @throws IllegalArgumentException if an array's size is not the shape's
     */
    public TaskGraph newGraph(String graphName, FloatArray in, FloatArray out) {
        TaskGraph graph = new TaskGraph(graphName).transferToDevice(DataTransferMode.EVERY_EXECUTION, in);
        return keepAttention(appendTo(graph, in, out).transferToHost(DataTransferMode.EVERY_EXECUTION, out));
    }

    private void requireSize(String argument, int expected, FloatArray array) {
        if (array.getSize() != expected) {
            throw new IllegalArgumentException(
                    argument + ": " + name + " takes " + expected + " elements, got " + array.getSize());
        }
    }

    @Override
    void addGrids(GridScheduler grids, String graph) {
        tasks.addGrids(grids, graph);
    }

    @Override
    List<Upload> uploads() {
        return tasks.parameters().uploads(name);
    }

    @Override
    boolean[] changes() {
        return tasks.parameters().changes(source.get());
    }

    /** The backward pass of the same layer; to be asked for before the {@link #uploads()}. */
    GradientTasks newGradients() {
        return tasks.newGradients();
    }

    /** Device memory besides parameters, input and output. */
    long deviceBytes() {
        return tasks.deviceOnly().stream()
                .mapToLong(TornadoNativeArray::getNumBytesOfSegment)
                .sum();
    }

    @Override
    void forget() {
        tasks.parameters().forget();
    }
}
