package io.github.dyconv.tornado;

import io.github.dyconv.ForwardOptions;
import io.github.dyconv.nn.Model;
import io.github.dyconv.nn.Network;
import io.github.dyconv.nn.Operation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * A network in evaluation as a task graph, or, as TornadoVM's graphs are limited, a few of them that hand their values on
 * where they are, on the device. The input goes there, the output comes back, attentions under demand.
 */
final class NetworkGraphs {
    /**
     * TornadoVM 5.2 keeps a graph's nodes and code in arrays that do not grow: 1024 nodes, of which a task takes about ten with
     * its own arrays, and 8192 bytes, about 50 for a task.
     */
    private static final int MOST_TASKS = 80;

    /** Of a dynamic convolution, whatever its schedule. */
    private static final int TASKS_OF_A_CONVOLUTION = 5;

    private final Network network;
    private final int batch;
    private final List<PlanGraph> graphs = new ArrayList<>();
    private final List<NetworkPart> parts = new ArrayList<>();

    /** The arrays of values that are computed, as long as they are still read. */
    private final @Nullable FloatArray[] values;

    /** Arrays of values that no later task reads, by their size. */
    private final Map<Integer, Deque<FloatArray>> free = new HashMap<>();

    /**
     * Builds the graphs.
     *
     * @param in {@code [N, C, H, W]}
     * @param out {@code [N, C, H, W]}
     */
    NetworkGraphs(
            TornadoVmDevice device, Model model, ForwardOptions options, int batch, FloatArray in, FloatArray out) {
        this.network = model.network();
        this.batch = batch;
        List<Operation> operations = network.operations();
        List<Integer> ends = ends(network);
        values = new @Nullable FloatArray[operations.size() + 1];
        values[0] = in;
        if (ends.size() > 1) {
            graphs.add(receive(in));
        }
        int first = 0;
        for (int end : ends) {
            NetworkPart part = new NetworkPart(
                    "part" + parts.size(), device, model, options, batch, operations.subList(first, end));
            parts.add(part);
            TaskGraph graph = new TaskGraph("network" + graphs.size());
            if (ends.size() == 1) {
                graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, in);
            }
            append(graph, part, first, end, out);
            if (end == operations.size()) {
                graph.transferToHost(DataTransferMode.EVERY_EXECUTION, out);
            }
            part.layers().values().forEach(layer -> layer.keepAttention(graph));
            List<FloatArray> left = Stream.of(values)
                    .flatMap(Stream::ofNullable)
                    .filter(array -> array != out)
                    .toList();
            graphs.add(new PlanGraph(graph, List.of(part), left));
            first = end;
        }
    }

    /** A graph that brings the input, for several others: those ask the one before them for their values. */
    private static PlanGraph receive(FloatArray in) {
        TaskGraph graph = new TaskGraph("network0")
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, in)
                .task("receive", TransferKernels::receive, in, in, new FloatArray(1));
        return new PlanGraph(graph, List.of(), List.of(in));
    }

    /** For each graph, the index after its last operation. */
    private static List<Integer> ends(Network network) {
        List<Integer> ends = new ArrayList<>();
        int count = network.operations().size();
        int tasks = 0;
        int index = 0;
        while (index < count) {
            boolean convolution = network.operations().get(index) instanceof Operation.Convolution;
            int more = convolution ? TASKS_OF_A_CONVOLUTION : 1;
            if (tasks + more > MOST_TASKS) {
                ends.add(index);
                tasks = 0;
            }
            tasks += more;
            index = new ElementwiseGroup(network, index).end();
        }
        ends.add(count);
        return ends;
    }

    private void append(TaskGraph graph, NetworkPart part, int first, int last, FloatArray out) {
        int index = first;
        while (index < last) {
            ElementwiseGroup group = new ElementwiseGroup(network, index);
            FloatArray y = group.end() == network.operations().size() ? out : take(group.end());
            if (group.isEmpty()) {
                Operation operation = network.operations().get(index);
                FloatArray x = Objects.requireNonNull(values[operation.inputs().getFirst()]);
                part.append(graph, operation, x, y);
            } else {
                group.appendTo(graph, batch, values, part.small(), y);
            }
            values[group.end()] = y;
            index = group.end();
            release(index);
        }
    }

    private FloatArray take(int value) {
        int size =
                FloatArrays.size("value " + value, batch, network.shape(value).size());
        Deque<FloatArray> fitting = free.getOrDefault(size, new ArrayDeque<>());
        return fitting.isEmpty() ? FloatArrays.zeros(size) : fitting.pop();
    }

    /** Frees the arrays of what only operations before this index read; but the input's, which is the user's. */
    private void release(int index) {
        List<Operation> rest =
                network.operations().subList(index, network.operations().size());
        for (int i = 0; i < index; i++) {
            int value = i;
            FloatArray array = values[i];
            if (array != null
                    && rest.stream().noneMatch(operation -> operation.inputs().contains(value))) {
                values[i] = null;
                if (i > 0) {
                    free.computeIfAbsent(array.getSize(), size -> new ArrayDeque<>())
                            .push(array);
                }
            }
        }
    }

    /** The graphs, in the order in which they run. */
    List<PlanGraph> graphs() {
        return graphs;
    }

    /** The parts of the network, one for each graph. */
    List<NetworkPart> parts() {
        return parts;
    }
}
