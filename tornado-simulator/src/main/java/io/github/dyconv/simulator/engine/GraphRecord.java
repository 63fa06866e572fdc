package io.github.dyconv.simulator.engine;

import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.exceptions.TornadoRuntimeException;
import uk.ac.manchester.tornado.api.exceptions.TornadoTaskRuntimeException;

/** What was said of a task graph. */
public final class GraphRecord {

    /** Stands for whichever graph keeps an array on the device. */
    public static final String ANY_GRAPH = "";

    record TaskRecord(String id, Object code, List<Object> arguments) {}

    record Transfer(int mode, Object array) {}

    record Consumed(String graph, Object array) {}

    private final String name;
    private final List<TaskRecord> tasks = new ArrayList<>();
    private final List<Transfer> toDevice = new ArrayList<>();
    private final List<Transfer> toHost = new ArrayList<>();
    private final List<Consumed> consumed = new ArrayList<>();
    private final List<Object> persisted = new ArrayList<>();

    /**
     * Starts a record.
     *
     * @param name the graph's name
     */
    public GraphRecord(String name) {
        this.name = name;
    }

    /** {@return the graph's name} */
    public String name() {
        return name;
    }

    /** {@return a record that later additions to this one don't change} */
    public GraphRecord copy() {
        GraphRecord copy = new GraphRecord(name);
        copy.tasks.addAll(tasks);
        copy.toDevice.addAll(toDevice);
        copy.toHost.addAll(toHost);
        copy.consumed.addAll(consumed);
        copy.persisted.addAll(persisted);
        return copy;
    }

    /**
     * Adds a task.
     *
     * @param id the task's name
     * @param code an instance of one of the interfaces of {@code TornadoFunctions}
     * @param arguments the kernel's arguments
     */
    public void addTask(String id, Object code, Object... arguments) {
        if (tasks.stream().anyMatch(task -> task.id().equals(id))) {
            throw new TornadoTaskRuntimeException("task id: '%s' is in graph '%s' already".formatted(id, name));
        }
        requireNoNull("task " + name + "." + id, arguments);
        tasks.add(new TaskRecord(id, code, List.of(arguments)));
    }

    /**
     * Adds copies to the device.
     *
     * @param mode when
     * @param arrays what
     */
    public void addTransferToDevice(int mode, Object... arrays) {
        requireNoNull("transferToDevice in graph " + name, arrays);
        for (Object array : arrays) {
            toDevice.add(new Transfer(mode, array));
        }
    }

    /**
     * Adds copies to the host.
     *
     * @param mode when
     * @param arrays what
     */
    public void addTransferToHost(int mode, Object... arrays) {
        requireNoNull("transferToHost in graph " + name, arrays);
        for (Object array : arrays) {
            toHost.add(new Transfer(mode, array));
        }
    }

    /**
     * Adds arrays that another graph has left on the device.
     *
     * @param graph that graph's name, or {@link #ANY_GRAPH}
     * @param arrays what
     */
    public void addConsumed(String graph, Object... arrays) {
        requireNoNull("consumeFromDevice in graph " + name, arrays);
        for (Object array : arrays) {
            consumed.add(new Consumed(graph, array));
        }
    }

    /**
     * Adds arrays that stay on the device for other graphs.
     *
     * @param arrays what
     */
    public void addPersisted(Object... arrays) {
        requireNoNull("persistOnDevice in graph " + name, arrays);
        persisted.addAll(List.of(arrays));
    }

    List<TaskRecord> tasks() {
        return tasks;
    }

    List<Transfer> toDevice() {
        return toDevice;
    }

    List<Transfer> toHost() {
        return toHost;
    }

    List<Consumed> consumed() {
        return consumed;
    }

    List<Object> persisted() {
        return persisted;
    }

    private static void requireNoNull(String where, Object... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i] == null) {
                throw new TornadoRuntimeException("%s: argument %d is null".formatted(where, i + 1));
            }
        }
    }
}
