package io.github.dyconv.simulator.engine;

import io.github.dyconv.simulator.SimulationReport.TaskReport;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/**
 * What one execution of a plan did, and how long that takes in virtual time. The cost model is simple on purpose; it
 * compares a kernel with a variant of itself, never with a real device:
 *
 * <ul>
 *   <li>a copy takes 10 µs and 1 ns per 16 bytes;
 *   <li>starting a kernel takes 5 µs;
 *   <li>a kernel takes 1 µs, 1 ns per 12.5 sectors of 32 bytes (400 GB/s), 1 ns per 1000 work-items, and 20 ns per 100
 *       barriers of a group.
 * </ul>
 */
public final class ExecutionTotals {

    private static final int SECTOR_BYTES = 32;

    private final List<TaskReport> tasks = new ArrayList<>();
    private long bytesIn;
    private long bytesOut;
    private long copiesIn;
    private long copiesOut;
    private long deviceBytes;

    ExecutionTotals() {}

    void addCopyIn(long bytes) {
        bytesIn += bytes;
        copiesIn++;
    }

    void addCopyOut(long bytes) {
        bytesOut += bytes;
        copiesOut++;
    }

    void addTask(TaskReport task) {
        tasks.add(task);
    }

    void setDeviceBytes(long bytes) {
        deviceBytes = bytes;
    }

    List<TaskReport> tasks() {
        return tasks;
    }

    /** {@return the bytes copied to the device} */
    public long bytesIn() {
        return bytesIn;
    }

    /** {@return the bytes copied to the host} */
    public long bytesOut() {
        return bytesOut;
    }

    /** {@return the bytes held on the device} */
    public long deviceBytes() {
        return deviceBytes;
    }

    /** {@return the time of the copies to the device in virtual nanoseconds} */
    public long copyInTime() {
        return copyTime(copiesIn, bytesIn);
    }

    /** {@return the time of the copies to the host in virtual nanoseconds} */
    public long copyOutTime() {
        return copyTime(copiesOut, bytesOut);
    }

    /** {@return the time of starting kernels in virtual nanoseconds} */
    public long dispatchTime() {
        return 5_000L * tasks.size();
    }

    /** {@return the time of the kernels in virtual nanoseconds} */
    public long kernelTime() {
        return tasks.stream().mapToLong(ExecutionTotals::kernelTime).sum();
    }

    /** {@return the time of everything in virtual nanoseconds} */
    public long totalTime() {
        return copyInTime() + dispatchTime() + kernelTime() + copyOutTime();
    }

    /**
     * {@return the figures in TornadoVM's form: an object for the graph, with one in it for each task, all values strings; of a
     * task also what only a simulator knows}
     */
    public String toJson() {
        Map<String, String> figures = new LinkedHashMap<>();
        figures.put("TOTAL_KERNEL_TIME", quoted(kernelTime()));
        figures.put("TOTAL_DISPATCH_KERNEL_TIME", quoted(dispatchTime()));
        figures.put("COPY_IN_TIME", quoted(copyInTime()));
        figures.put("COPY_OUT_TIME", quoted(copyOutTime()));
        figures.put("TOTAL_TASK_GRAPH_TIME", quoted(totalTime()));
        figures.put("TOTAL_COPY_IN_SIZE_BYTES", quoted(bytesIn));
        figures.put("TOTAL_COPY_OUT_SIZE_BYTES", quoted(bytesOut));
        for (TaskReport task : tasks) {
            figures.put(task.task(), object(taskFigures(task)));
        }
        String graphs = tasks.stream()
                .map(task -> task.task().substring(0, task.task().lastIndexOf('.')))
                .distinct()
                .collect(Collectors.joining("-"));
        return object(Map.of(graphs, object(figures)));
    }

    private static Map<String, String> taskFigures(TaskReport task) {
        Map<String, String> figures = new LinkedHashMap<>();
        figures.put("BACKEND", quoted(TornadoVMBackendType.VIRTUAL));
        figures.put("METHOD", quoted(task.kernel()));
        figures.put("TASK_KERNEL_TIME", quoted(kernelTime(task)));
        figures.put("WORK_ITEMS", quoted(task.workItems()));
        figures.put("BYTES_READ", quoted(task.bytesRead()));
        figures.put("BYTES_WRITTEN", quoted(task.bytesWritten()));
        figures.put("SECTORS", quoted(task.sectors()));
        return figures;
    }

    private static String object(Map<String, String> members) {
        return members.entrySet().stream()
                .map(member -> quoted(member.getKey()) + ": " + member.getValue())
                .collect(Collectors.joining(", ", "{", "}"));
    }

    private static String quoted(Object value) {
        return "\"" + value + "\"";
    }

    private static long copyTime(long copies, long bytes) {
        return 10_000 * copies + bytes / 16;
    }

    private static long kernelTime(TaskReport task) {
        return 1_000 + task.sectors() * SECTOR_BYTES / 400 + task.workItems() / 1_000 + task.barriers() / 5;
    }
}
