package io.github.dyconv.simulator.engine;

import io.github.dyconv.simulator.GraphDescription;
import io.github.dyconv.simulator.KernelFault;
import io.github.dyconv.simulator.KernelFault.Kind;
import io.github.dyconv.simulator.SimulationReport;
import io.github.dyconv.simulator.SimulationReport.TaskReport;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.exceptions.TornadoOutOfMemoryException;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;

/** What is behind an execution plan. */
public final class PlanSession {

    private static final Pattern MEMORY_LIMIT = Pattern.compile("(\\d+)\\s*(B|KB|MB|GB)");

    private final List<GraphSession> graphs;
    private List<GraphSession> selected;
    private GridScheduler grids = new GridScheduler();
    private ExecutionTotals lastTotals = new ExecutionTotals();
    private long memoryLimit = Long.MAX_VALUE;
    private boolean printsProfiles;
    private boolean printsGrids;
    private boolean closed;

    /**
     * Makes a session.
     *
     * @param records the plan's graphs
     */
    public PlanSession(List<GraphRecord> records) {
        SimulatorOptions options = SimulatorOptions.fromSystemProperties();
        DeviceMemory memory = new DeviceMemory(options.dataOffset());
        this.graphs = records.stream()
                .map(graph -> new GraphSession(graph, options, memory))
                .toList();
        this.selected = graphs;
    }

    /**
     * Runs the selected graphs.
     *
     * @return what they did
     */
    public ExecutionTotals execute() {
        requireOpen();
        ExecutionTotals totals = new ExecutionTotals();
        for (GraphSession graph : selected) {
            graph.allocate(graphs);
            graph.execute(totals, grids);
            requireMemory();
        }
        if (printsGrids) {
            totals.tasks().forEach(PlanSession::printGrid);
        }
        totals.setDeviceBytes(deviceBytes());
        lastTotals = totals;
        if (printsProfiles) {
            print(totals.toJson());
        }
        return totals;
    }

    /**
     * Copies arrays to the host after an execution.
     *
     * @param totals that execution's totals
     * @param arrays what to copy
     */
    public void copyToHost(ExecutionTotals totals, Object... arrays) {
        requireOpen();
        for (Object array : arrays) {
            graphs.stream()
                    .filter(graph -> graph.buffers().containsKey(array))
                    .findFirst()
                    .orElseThrow(() -> new KernelFault(
                            Kind.NOT_ON_DEVICE,
                            selected.getFirst().name(),
                            "transferToHost: this %s is not on the device"
                                    .formatted(array.getClass().getSimpleName())))
                    .copyOut(array, totals);
        }
    }

    /**
     * Selects one graph.
     *
     * @param index its index
     */
    public void selectGraph(int index) {
        if (index < 0 || index >= graphs.size()) {
            throw new TornadoRuntimeException(
                    "graph: expected an index below %d, got %d".formatted(graphs.size(), index));
        }
        selected = List.of(graphs.get(index));
    }

    /** Selects all graphs. */
    public void selectAllGraphs() {
        selected = graphs;
    }

    /** Finds and checks the kernels. */
    public void prepareKernels() {
        requireOpen();
        graphs.forEach(GraphSession::prepareKernels);
    }

    /**
     * Checks that there is a task of a name.
     *
     * @param task the name
     */
    public void requireTask(String task) {
        List<String> known =
                graphs.stream().flatMap(graph -> graph.taskNames().stream()).toList();
        if (!known.contains(task)) {
            throw new KernelFault(
                    Kind.UNKNOWN_TASK, task, "no graph of the plan has this task; expected one of " + known);
        }
    }

    /** Forgets what is on the device. */
    public void freeDeviceMemory() {
        graphs.forEach(GraphSession::freeDeviceMemory);
    }

    /**
     * Assigns grids.
     *
     * @param newGrids the grids of the tasks
     */
    public void useGrids(GridScheduler newGrids) {
        newGrids.keySet().forEach(this::requireTask);
        grids = newGrids;
    }

    /**
     * Sets whether measurements are printed.
     *
     * @param on whether they are
     */
    public void printProfiles(boolean on) {
        printsProfiles = on;
    }

    /**
     * Sets whether grids are printed.
     *
     * @param on whether they are
     */
    public void printGrids(boolean on) {
        printsGrids = on;
    }

    /**
     * Limits the device memory.
     *
     * @param limit a whole number and a unit
     */
    public void limitMemory(String limit) {
        Matcher matcher = MEMORY_LIMIT.matcher(limit.toUpperCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new TornadoRuntimeException("memory limit: expected a form like 512MB, got " + limit);
        }
        memoryLimit = Long.parseLong(matcher.group(1))
                << switch (matcher.group(2)) {
                    case "GB" -> 30;
                    case "MB" -> 20;
                    case "KB" -> 10;
                    default -> 0;
                };
    }

    /** Lifts the limit of the device memory. */
    public void unlimitMemory() {
        memoryLimit = Long.MAX_VALUE;
    }

    /** Ends the session. */
    public void close() {
        freeDeviceMemory();
        closed = true;
    }

    /** {@return the bytes on the device} */
    public long deviceBytes() {
        Set<DeviceBuffer> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        graphs.stream().map(graph -> graph.buffers().values()).forEach(distinct::addAll);
        return bytes(distinct);
    }

    private static long bytes(Collection<DeviceBuffer> buffers) {
        return buffers.stream()
                .mapToLong(buffer -> DeviceBuffer.bytesWithHeader(buffer.bytes()))
                .sum();
    }

    /** {@return the report of the last execution} */
    public SimulationReport report() {
        return new SimulationReport(lastTotals.tasks());
    }

    /** {@return what the graphs consist of, and what their kernels did} */
    public List<GraphDescription> describe() {
        IdentityHashMap<Object, Integer> numbers = new IdentityHashMap<>();
        return graphs.stream().map(graph -> graph.describe(numbers)).toList();
    }

    private void requireOpen() {
        if (closed) {
            throw new TornadoRuntimeException("the execution plan is closed");
        }
    }

    private void requireMemory() {
        if (deviceBytes() > memoryLimit) {
            throw new TornadoOutOfMemoryException(
                    "device memory: the plan needs %d bytes, its limit is %d".formatted(deviceBytes(), memoryLimit));
        }
    }

    /** In TornadoVM's form, but work-items are counted along all dimensions together, and nobody groups those of loops. */
    private static void printGrid(TaskReport task) {
        print("Task info: %s\n\tBackend           : %s\n\tGlobal work size  : [%d]"
                .formatted(task.task(), TornadoVMBackendType.VIRTUAL, task.workItems()));
        if (task.groups() > 0) {
            print("\tLocal  work size  : [%d]\n\tNumber of workgroups  : [%d]"
                    .formatted(task.workItems() / task.groups(), task.groups()));
        }
    }

    @SuppressWarnings("SystemOut") // the caller asked for it
    private static void print(String line) {
        System.out.println(line);
    }
}
