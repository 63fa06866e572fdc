package io.github.dyconv.examples;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code dyconv kernels} finds; this record is its JSON file too, with names in snake case. Times are in microseconds.
 *
 * @param layer the layer and batch
 * @param device the device's name
 * @param description what the device is
 * @param precision how exactly it computes, as on the command line
 * @param schedules every schedule and why it runs or does not
 * @param tasks in the order of their launches
 * @param executions how many the medians are of
 * @param kernelMicros median of all kernels' time together
 * @param copyInBytes to the device in one execution
 * @param copyOutBytes from the device
 * @param executeMicros median of an execution as the host sees it, without the profiler
 */
record KernelReport(
        String layer,
        String device,
        String description,
        String precision,
        List<String> schedules,
        List<Task> tasks,
        int executions,
        double kernelMicros,
        long copyInBytes,
        long copyOutBytes,
        double executeMicros) {
    /**
     * A task.
     *
     * @param name its name in the graph
     * @param method the Java method that it runs
     * @param source the lines of that method; null if the class holds no line numbers
     * @param code the file with its generated code; null where the back end generates none
     * @param global work-items, in TornadoVM's words
     * @param local work-items of a group, likewise
     * @param groups their number, likewise
     * @param graalMicros compiling Java bytecode; null if not told
     * @param generationMicros the part of it that writes the code; null if not told
     * @param driverMicros compiling that code in the driver; null if not told
     * @param kernelMicros median time of the kernel
     */
    record Task(
            String name,
            String method,
            @Nullable String source,
            @Nullable String code,
            String global,
            String local,
            String groups,
            @Nullable Double graalMicros,
            @Nullable Double generationMicros,
            @Nullable Double driverMicros,
            double kernelMicros) {}
}
