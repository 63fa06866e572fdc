package io.github.dyconv.simulator.engine;

import io.github.dyconv.simulator.GraphDescription;
import io.github.dyconv.simulator.GraphDescription.Argument;
import io.github.dyconv.simulator.KernelFault;
import io.github.dyconv.simulator.KernelFault.Kind;
import io.github.dyconv.simulator.engine.GraphRecord.TaskRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;

/** Runs one graph of a plan, and holds its arrays on the device. */
final class GraphSession {

    private final GraphRecord graph;
    private final SimulatorOptions options;
    private final DeviceMemory memory;
    private final IdentityHashMap<Object, DeviceBuffer> buffers = new IdentityHashMap<>();
    private final IdentityHashMap<Object, DeviceBuffer> persisted = new IdentityHashMap<>();
    private final Map<String, Launched> launches = new HashMap<>();

    GraphSession(GraphRecord graph, SimulatorOptions options, DeviceMemory memory) {
        this.graph = graph;
        this.options = options;
        this.memory = memory;
    }

    String name() {
        return graph.name();
    }

    String taskName(TaskRecord task) {
        return graph.name() + "." + task.id();
    }

    List<String> taskNames() {
        return graph.tasks().stream().map(this::taskName).toList();
    }

    IdentityHashMap<Object, DeviceBuffer> buffers() {
        return buffers;
    }

    Optional<DeviceBuffer> persisted(Object array) {
        return Optional.ofNullable(persisted.get(array));
    }

    /** Forgets the device's copies, so that the next execution copies everything again. */
    void freeDeviceMemory() {
        buffers.clear();
        persisted.clear();
    }

    /** Takes over arrays that other graphs have left on the device, and makes memory for all others. */
    void allocate(List<GraphSession> plan) {
        for (GraphRecord.Consumed consumed : graph.consumed()) {
            DeviceBuffer buffer = plan.stream()
                    .filter(other -> consumed.graph().equals(GraphRecord.ANY_GRAPH)
                            || other.name().equals(consumed.graph()))
                    .flatMap(other -> other.persisted(consumed.array()).stream())
                    .findFirst()
                    .orElseThrow(() -> new KernelFault(
                            Kind.NOT_ON_DEVICE,
                            graph.name(),
                            "consumeFromDevice: %s is not on the device; %s must have run with persistOnDevice for it"
                                    .formatted(
                                            describe(consumed.array()),
                                            consumed.graph().equals(GraphRecord.ANY_GRAPH)
                                                    ? "another graph of this plan"
                                                    : "graph '" + consumed.graph() + "'")));
            buffers.put(consumed.array(), buffer);
        }
    }

    /** Runs the graph: copies in, runs the tasks, copies out. */
    void execute(ExecutionTotals totals, GridScheduler grids) {
        for (GraphRecord.Transfer transfer : graph.toDevice()) {
            boolean isNew = !buffers.containsKey(transfer.array());
            DeviceBuffer buffer = onDevice(transfer.array());
            if (isNew || transfer.mode() == DataTransferMode.EVERY_EXECUTION) {
                copyIn(buffer, totals);
            }
        }
        for (TaskRecord task : graph.tasks()) {
            run(task, totals, Optional.ofNullable(grids.get(taskName(task))));
        }
        for (GraphRecord.Transfer transfer : graph.toHost()) {
            if (transfer.mode() != DataTransferMode.UNDER_DEMAND) {
                copyOut(transfer.array(), totals);
            }
        }
        for (Object array : graph.persisted()) {
            persisted.put(array, required(array, "persistOnDevice"));
        }
    }

    void copyOut(Object array, ExecutionTotals totals) {
        DeviceBuffer buffer = required(array, "transferToHost");
        buffer.copyOut();
        totals.addCopyOut(buffer.bytes());
    }

    /** Finds and instruments the kernels. */
    void prepareKernels() {
        for (TaskRecord task : graph.tasks()) {
            find(task);
        }
    }

    private void run(TaskRecord task, ExecutionTotals totals, Optional<WorkerGrid> grid) {
        Prepared prepared = find(task);
        List<Object> arguments = new ArrayList<>(prepared.captured());
        arguments.addAll(task.arguments());
        for (Object argument : arguments) {
            if (DeviceMemory.isOnDevice(argument) && !buffers.containsKey(argument)) {
                copyIn(onDevice(argument), totals);
            }
        }
        totals.addTask(new KernelLauncher(taskName(task), prepared.code(), arguments, buffers, options).run(grid));
        launches.put(task.id(), launch(prepared.code(), arguments));
    }

    private Launched launch(KernelCode code, List<Object> arguments) {
        List<Use> uses = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            Object argument = arguments.get(i);
            Optional<DeviceBuffer> buffer = Optional.ofNullable(buffers.get(argument));
            uses.add(new Use(
                    code.parameterNames().get(i),
                    buffer.map(used -> argument),
                    buffer.filter(DeviceBuffer::wasRead).isPresent(),
                    buffer.filter(DeviceBuffer::wasWritten).isPresent()));
        }
        return new Launched(code.name(), uses);
    }

    /** What a launch did. */
    private record Launched(String kernel, List<Use> uses) {}

    /** What a launch did with one argument; the array is the host's. */
    private record Use(String name, Optional<Object> array, boolean read, boolean written) {}

    /**
     * Describes the graph as it last ran.
     *
     * @param numbers of the plan's arrays; those that are new get the next one
     */
    GraphDescription describe(IdentityHashMap<Object, Integer> numbers) {
        List<GraphDescription.Task> tasks = new ArrayList<>();
        for (TaskRecord task : graph.tasks()) {
            Launched launched = launches.get(task.id());
            if (launched == null) {
                throw new IllegalStateException("graph " + name() + " has not been executed");
            }
            tasks.add(new GraphDescription.Task(
                    task.id(),
                    launched.kernel(),
                    launched.uses().stream()
                            .map(use -> new Argument(
                                    use.name(),
                                    use.array().map(array -> describe(array, numbers)),
                                    use.read(),
                                    use.written()))
                            .toList()));
        }
        return new GraphDescription(
                name(),
                describe(graph.toDevice(), numbers),
                graph.consumed().stream()
                        .map(consumed ->
                                new GraphDescription.Consumed(describe(consumed.array(), numbers), consumed.graph()))
                        .toList(),
                tasks,
                describe(graph.toHost(), numbers),
                graph.persisted().stream()
                        .map(array -> describe(array, numbers))
                        .toList());
    }

    private List<GraphDescription.Transfer> describe(
            List<GraphRecord.Transfer> transfers, IdentityHashMap<Object, Integer> numbers) {
        return transfers.stream()
                .map(transfer -> new GraphDescription.Transfer(
                        describe(transfer.array(), numbers),
                        switch (transfer.mode()) {
                            case DataTransferMode.FIRST_EXECUTION -> "FIRST_EXECUTION";
                            case DataTransferMode.EVERY_EXECUTION -> "EVERY_EXECUTION";
                            case DataTransferMode.UNDER_DEMAND -> "UNDER_DEMAND";
                            default -> String.valueOf(transfer.mode());
                        }))
                .toList();
    }

    private GraphDescription.Array describe(Object array, IdentityHashMap<Object, Integer> numbers) {
        int next = numbers.size();
        return new GraphDescription.Array(
                numbers.computeIfAbsent(array, key -> next),
                array.getClass().getSimpleName(),
                required(array, "a transfer").bytes());
    }

    private record Prepared(KernelCode code, List<Object> captured) {}

    private Prepared find(TaskRecord task) {
        try {
            KernelFinder.Kernel kernel = KernelFinder.find(task.code(), task.arguments());
            return new Prepared(KernelInstrumenter.instrument(kernel), kernel.captured());
        } catch (KernelRefused refused) {
            throw new KernelFault(refused.kind(), taskName(task), String.valueOf(refused.getMessage()), refused);
        }
    }

    private DeviceBuffer onDevice(Object array) {
        if (!DeviceMemory.isOnDevice(array)) {
            throw new KernelFault(
                    Kind.NOT_ON_DEVICE,
                    graph.name(),
                    "transferToDevice: the simulator does not know "
                            + array.getClass().getName());
        }
        return buffers.computeIfAbsent(array, memory::allocate);
    }

    private DeviceBuffer required(Object array, String what) {
        DeviceBuffer buffer = buffers.get(array);
        if (buffer == null) {
            throw new KernelFault(
                    Kind.NOT_ON_DEVICE,
                    graph.name(),
                    "%s: %s is not on the device; no task of the graph uses it".formatted(what, describe(array)));
        }
        return buffer;
    }

    private static void copyIn(DeviceBuffer buffer, ExecutionTotals totals) {
        buffer.copyIn();
        totals.addCopyIn(buffer.bytes());
    }

    private static String describe(Object array) {
        return "this " + array.getClass().getSimpleName();
    }
}
