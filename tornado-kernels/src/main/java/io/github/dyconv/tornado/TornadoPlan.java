package io.github.dyconv.tornado;

import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.Timings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.TornadoProfilerResult;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.enums.ProfilerMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * An execution plan for a task graph with {@link TornadoLayer}s in it: before each execution it sends the parameters that
 * changed, and only those, without compiling anything anew.
 *
 * <p>Not thread-safe.
 */
public final class TornadoPlan implements AutoCloseable {
    private final List<TornadoLayer> layers;
    private final String graphName;
    private final int graphIndex;
    private final long largestGroup;
    private final TornadoExecutionPlan plan;
    private final GridScheduler grids = new GridScheduler();
    private boolean profiling;
    private Optional<Timings> timings = Optional.empty();

    TornadoPlan(TornadoDevice device, TaskGraph graph, List<TornadoLayer> layers) {
        this.layers = layers;
        this.graphName = graph.getTaskGraphName();
        this.largestGroup = Schedule.largestGroup(device);
        List<TaskGraph> graphs = new ArrayList<>();
        List<Upload> before = new ArrayList<>();
        for (TornadoLayer layer : layers) {
            for (Upload upload : layer.uploads()) {
                graphs.add(uploadGraph(upload, before));
                before.add(upload);
            }
            layer.addGrids(grids, graphName);
        }
        consume(graph, before);
        graphIndex = graphs.size();
        graphs.add(graph);
        plan = new TornadoExecutionPlan(graphs.stream().map(TaskGraph::snapshot).toArray(ImmutableTaskGraph[]::new));
        plan.withDevice(device);
        if (!grids.keySet().isEmpty()) { // TornadoVM takes a scheduler without grids for one that names no task
            plan.withGridScheduler(grids);
        }
    }

    private static TaskGraph uploadGraph(Upload upload, List<Upload> before) {
        Object[] own = upload.arrays().toArray();
        TaskGraph graph = new TaskGraph(upload.name());
        consume(graph, before);
        graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, own);
        FloatArray sink = new FloatArray(1);
        for (int i = 0; i < own.length; i += 2) { // no graph without a task, and no transfer of what no task reads
            graph.task(
                    "receive" + i,
                    TransferKernels::receive,
                    upload.arrays().get(i),
                    upload.arrays().get(i + 1),
                    sink);
        }
        return graph.persistOnDevice(upTo(before, upload));
    }

    /**
     * Lets a graph use what the uploads persist. TornadoVM hands persisted buffers over from the graph executed just before,
     * by the name under which they were asked for. So each upload passes on what those before it brought, which serves the
     * first round, and a graph asks every upload by name, which serves later rounds, when only some of them go.
     */
    private static void consume(TaskGraph graph, List<Upload> uploads) {
        for (int i = 0; i < uploads.size(); i++) {
            graph.consumeFromDevice(uploads.get(i).name(), upTo(uploads.subList(0, i), uploads.get(i)));
        }
    }

    private static Object[] upTo(List<Upload> before, Upload last) {
        return Stream.concat(before.stream(), Stream.of(last))
                .flatMap(upload -> upload.arrays().stream())
                .toArray();
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
        return new TornadoPlan(TornadoVmDevice.of(device).tornado(), graph, List.of(layers));
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
        grids.addWorkerGrid(graphName + "." + task, grid);
        plan.withGridScheduler(grids);
        return this;
    }

    /**
     * Measures times and bytes from now on, for {@link #timings()} and {@link TornadoExecutionResult#getProfilerResult()}.
     * This slows executions down.
     *
     * @return this
     */
    public TornadoPlan withProfiler() {
        plan.withProfiler(ProfilerMode.SILENT);
        profiling = true;
        return this;
    }

    /**
     * Sends the parameters that changed, then executes the graph.
     *
     * @return the result of the graph
     * @throws DeviceException if the device fails; what the graph writes is then undefined
     */
    public TornadoExecutionResult execute() {
        try {
            int index = 0;
            for (TornadoLayer layer : layers) {
                for (boolean changed : layer.changes()) {
                    if (changed) {
                        plan.withGraph(index).execute();
                    }
                    index++;
                }
            }
            TornadoExecutionResult result = plan.withGraph(graphIndex).execute();
            timings = profiling ? Optional.of(timings(result.getProfilerResult())) : Optional.empty();
            return result;
        } catch (Throwable e) { // TornadoVM throws errors of its own, and drivers what they like
            layers.forEach(TornadoLayer::forget);
            throw new DeviceException("TornadoVM failed in graph " + graphName + ": " + e, e);
        }
    }

    private static Timings timings(TornadoProfilerResult measured) {
        return new Timings(
                measured.getDeviceKernelTime(),
                measured.getDeviceWriteTime() + measured.getDeviceReadTime(),
                measured.getTotalBytesCopyIn(),
                measured.getTotalBytesCopyOut());
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
            plan.close();
        } catch (Exception e) {
            throw new DeviceException("TornadoVM failed to close graph " + graphName + ": " + e, e);
        }
    }
}
