package io.github.dyconv.simulator;

import io.github.dyconv.simulator.engine.MirrorAccess;
import java.util.List;
import java.util.Optional;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;

/**
 * What one task graph of a plan consists of, and what its kernels did with their arrays when it last ran. TornadoVM itself
 * does not tell; {@link GraphFigure} draws it.
 *
 * @param name the graph's name
 * @param toDevice the copies to the device, in order
 * @param consumed the arrays that other graphs have left on the device; the same array may be consumed from several
 * @param tasks the tasks, in order
 * @param toHost the copies to the host, in order
 * @param persisted the arrays that stay on the device for other graphs
 */
public record GraphDescription(
        String name,
        List<Transfer> toDevice,
        List<Consumed> consumed,
        List<Task> tasks,
        List<Transfer> toHost,
        List<Array> persisted) {

    /**
     * An array on the device.
     *
     * @param number the same for the same array, in all graphs of the plan
     * @param type its class
     * @param bytes its size without a header
     */
    public record Array(int number, String type, long bytes) {}

    /**
     * A copy between host and device.
     *
     * @param array what is copied
     * @param mode when, by the name of the constant of {@code DataTransferMode}
     */
    public record Transfer(Array array, String mode) {}

    /**
     * An array that another graph has left on the device.
     *
     * @param array the array
     * @param graph that graph's name, or empty if any may have
     */
    public record Consumed(Array array, String graph) {}

    /**
     * A task.
     *
     * @param name its name within the graph
     * @param kernel the kernel's class and method
     * @param arguments the kernel's arguments, in order
     */
    public record Task(String name, String kernel, List<Argument> arguments) {
        /** Copies the list. */
        public Task {
            arguments = List.copyOf(arguments);
        }
    }

    /**
     * An argument of a kernel.
     *
     * @param name the parameter's name
     * @param array the array, or empty for a value or a {@code KernelContext}
     * @param read whether the kernel read the array
     * @param written whether the kernel wrote the array
     */
    public record Argument(String name, Optional<Array> array, boolean read, boolean written) {}

    /** Copies the lists. */
    public GraphDescription {
        toDevice = List.copyOf(toDevice);
        consumed = List.copyOf(consumed);
        tasks = List.copyOf(tasks);
        toHost = List.copyOf(toHost);
        persisted = List.copyOf(persisted);
    }

    /**
     * Describes a plan.
     *
     * @param plan the plan, each of whose graphs has been executed
     * @return its graphs, in their order
     * @throws IllegalStateException if a graph has not been executed without a fault
     */
    public static List<GraphDescription> of(TornadoExecutionPlan plan) {
        return MirrorAccess.sessionOf(plan).describe();
    }
}
