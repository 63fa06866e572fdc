package io.github.dyconv.tornado;

import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.Timings;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.TornadoProfilerResult;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * An execution plan for a task graph with {@link TornadoLayer}s in it: before each execution it sends the parameters that
 * changed, and only those, without compiling anything anew.
 *
 * <p>Not thread-safe.
 */
public final class TornadoPlan implements AutoCloseable {
    private final List<PlanGraph> graphs;

    /** Where they are in the plan; the uploads of each are in front of it. */
    private final List<Integer> indices = new ArrayList<>();

    private final long largestGroup;
    private final TornadoExecutionPlan plan;
    private final GridScheduler grids = new GridScheduler();
    private final GraphExecutor executor;
    private Optional<Timings> timings = Optional.empty();

    /** Of the last graph that ran, one of TornadoVM's views of this plan. */
    private @Nullable TornadoExecutionResult last;

    TornadoPlan(TornadoDevice device, TaskGraph graph, GraphPart part) {
        this(device, List.of(new PlanGraph(graph, List.of(part), List.of())));
    }

    /**
     * A plan of several graphs that run one after another.
     *
     * @param graphs at least one
     */
    TornadoPlan(TornadoDevice device, List<PlanGraph> graphs) {
        this.graphs = graphs;
        this.largestGroup = Schedule.largestGroup(device);
        List<TaskGraph> all = new ArrayList<>();
        List<Upload> before = new ArrayList<>();
        for (PlanGraph each : graphs) {
            for (GraphPart part : each.parts()) {
                for (Upload upload : part.uploads()) {
                    all.add(uploadGraph(upload, before));
                    before.add(upload);
                }
                part.addGrids(grids, each.name());
            }
            consume(each.graph(), before);
            indices.add(all.size());
            all.add(each.graph().persistOnDevice(each.left().toArray()));
            before = new ArrayList<>(List.of(new Upload(each.name(), List.of(), each.left(), none -> {})));
        }
        plan = new TornadoExecutionPlan(all.stream().map(TaskGraph::snapshot).toArray(ImmutableTaskGraph[]::new));
        plan.withDevice(device);
        CompilerOptions.of(device).ifPresent(options -> plan.withCompilerFlags(device.getTornadoVMBackend(), options));
        executor = new GraphExecutor(device, plan);
        if (!grids.keySet().isEmpty()) { // TornadoVM takes a scheduler without grids for one that names no task
            plan.withGridScheduler(grids);
        }
    }

    private static TaskGraph uploadGraph(Upload upload, List<Upload> before) {
        List<FloatArray> own = upload.sent();
        TaskGraph graph = new TaskGraph(upload.name());
        consume(graph, before);
        graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, own.toArray());
        FloatArray sink = new FloatArray(1);
        for (int i = 0; i < own.size(); i += 2) { // no graph without a task, and no transfer of what no task reads
            FloatArray second = own.get(Math.min(i + 1, own.size() - 1));
            graph.task("receive" + i, TransferKernels::receive, own.get(i), second, sink);
        }
        upload.packing().accept(graph);
        return graph.persistOnDevice(upTo(before, upload));
    }

    /**
     * Lets a graph use what the uploads persist. TornadoVM hands persisted buffers over from the graph executed just before,
     * by the name under which they were asked for. So each upload passes on what those before it brought, which serves the
     * first round, and a graph asks every upload by name, which serves later rounds, when only some of them go. What an
     * earlier graph left goes the same way.
     */
    private static void consume(TaskGraph graph, List<Upload> uploads) {
        for (int i = 0; i < uploads.size(); i++) {
            graph.consumeFromDevice(uploads.get(i).name(), upTo(uploads.subList(0, i), uploads.get(i)));
        }
    }

    private static Object[] upTo(List<Upload> before, Upload last) {
        return kept(Stream.concat(before.stream(), Stream.of(last)).toList());
    }

    private static Object[] kept(List<Upload> uploads) {
        return uploads.stream().flatMap(upload -> upload.kept().stream()).toArray();
    }

    /**
     * A plan.
     *
     * @param device where all of it runs: one of TornadoVM's, or the simulator
     * @param graph the graph to which the layers were appended
     * @param layers the layers, in any order
     * @return the plan
     * @throws DeviceException if the device is another
     */
    public static TornadoPlan of(Device device, TaskGraph graph, TornadoLayer... layers) {
        TornadoDevice tornado = TornadoVmDevice.of(device).tornado();
        return new TornadoPlan(tornado, List.of(new PlanGraph(graph, List.of(layers), List.of())));
    }

    /**
     * Gives a grid to a task of the user's own.
     *
     * @param task the task's name within the graph
     * @param grid its grid; its global size must be a multiple of its local size, and that no larger than the device takes
     * @return this
     * @throws IllegalArgumentException if it is not: TornadoVM would leave the outputs untouched, or choose another local size
     */
    public TornadoPlan withGrid(String task, WorkerGrid grid) {
        long[] global = grid.getGlobalWork();
        long[] local = grid.getLocalWork();
        long workItems = 1;
        for (int i = 0; local != null && i < grid.dimension(); i++) {
            if (local[i] <= 0 || global[i] % local[i] != 0) {
                throw new IllegalArgumentException("grid: " + task + "'s global size " + global[i]
                        + " is no multiple of its local size " + local[i] + " along dimension " + i);
            }
            workItems *= local[i];
        }
        if (workItems > largestGroup) {
            throw new IllegalArgumentException("grid: " + task + "'s groups have " + workItems
                    + " work-items, more than the device takes (" + largestGroup + ")");
        }
        grids.addWorkerGrid(graphs.getLast().name() + "." + task, grid);
        plan.withGridScheduler(grids);
        return this;
    }

    /**
     * Measures times and bytes from now on, for {@link #timings()} and {@link TornadoExecutionResult#getProfilerResult()}.
     * This slows executions down; NVIDIA's GPUs then launch each kernel by itself, which otherwise they do only once.
     *
     * @return this
     * @throws IllegalStateException if the plan was executed already
     */
    public TornadoPlan withProfiler() {
        executor.withProfiler();
        return this;
    }

    /**
     * Sends the parameters that changed, then executes the graph.
     *
     * @return the result of the graph
     * @throws DeviceException if the device fails; what the graph writes is then undefined
     */
    public TornadoExecutionResult execute() {
        TornadoExecutionResult result = null;
        Optional<Timings> measured = Optional.empty();
        for (int graph = 0; graph < graphs.size(); graph++) {
            result = execute(graph);
            measured = executor.profiling() ? Optional.of(sum(measured, result.getProfilerResult())) : Optional.empty();
        }
        timings = measured;
        return Objects.requireNonNull(result);
    }

    /**
     * Executes one of several graphs, which must follow the one before it.
     *
     * @param graph its number
     * @return its result
     * @throws DeviceException if the device fails
     */
    TornadoExecutionResult execute(int graph) {
        PlanGraph which = graphs.get(graph);
        try {
            int index = graph == 0 ? 0 : indices.get(graph - 1) + 1;
            for (GraphPart part : which.parts()) {
                for (boolean changed : part.changes()) {
                    if (changed) {
                        executor.execute(index);
                    }
                    index++;
                }
            }
            last = executor.execute(index);
            return last;
        } catch (Throwable e) { // TornadoVM throws errors of its own, and drivers what they like
            graphs.forEach(each -> each.parts().forEach(GraphPart::forget));
            throw new DeviceException("TornadoVM failed in graph " + which.name() + ": " + e, e);
        }
    }

    private static Timings sum(Optional<Timings> before, TornadoProfilerResult measured) {
        Timings sum = before.orElse(new Timings(0, 0, 0, 0));
        return new Timings(
                sum.kernelNanos() + measured.getDeviceKernelTime(),
                sum.transferNanos() + measured.getDeviceWriteTime() + measured.getDeviceReadTime(),
                sum.bytesIn() + measured.getTotalBytesCopyIn(),
                sum.bytesOut() + measured.getTotalBytesCopyOut());
    }

    /**
     * Copies an array to the host that a graph transfers under demand only. Before the first execution there is nothing to
     * copy. TornadoVM 5.2 prints how to enable its profiler if it measures another plan, and not this one.
     *
     * @param part in whose graph a task wrote it
     * @throws DeviceException if the device fails
     */
    void fetch(GraphPart part, FloatArray array) {
        if (last == null) {
            return;
        }
        for (int graph = 0; graph < graphs.size(); graph++) {
            if (graphs.get(graph).parts().contains(part)) {
                try {
                    plan.withGraph(indices.get(graph));
                    last.transferToHost(array);
                } catch (Throwable e) { // TornadoVM throws errors of its own
                    throw new DeviceException(
                            "TornadoVM failed to fetch from graph "
                                    + graphs.get(graph).name() + ": " + e,
                            e);
                }
            }
        }
    }

    /**
     * What was measured of the graph's last execution, without the parameters that were sent before it.
     *
     * @return empty before the first one, and without {@link #withProfiler()}
     */
    public Optional<Timings> timings() {
        return timings;
    }

    /**
     * TornadoVM's plan within, for what this class does not offer: printing kernels, limiting memory. Its graphs are the
     * layers' uploads, then the user's.
     *
     * @return the plan; executing or closing it is up to this object alone
     */
    public TornadoExecutionPlan executionPlan() {
        return plan;
    }

    /** Frees the device's memory. */
    @Override
    public void close() {
        try {
            executor.close();
        } catch (Exception e) {
            throw new DeviceException(
                    "TornadoVM failed to close graph " + graphs.getLast().name() + ": " + e, e);
        }
    }
}
