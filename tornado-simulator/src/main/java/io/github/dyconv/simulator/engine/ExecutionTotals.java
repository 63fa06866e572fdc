package io.github.dyconv.simulator.engine;

import io.github.dyconv.simulator.SimulationReport.TaskReport;
import java.util.ArrayList;
import java.util.List;

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

    /** {@return all figures as JSON} */
    public String toJson() {
        StringBuilder json = new StringBuilder("{\"virtual_time_ns\": %d, \"copy_in_bytes\": %d, \"copy_out_bytes\": %d"
                .formatted(totalTime(), bytesIn, bytesOut));
        json.append(", \"tasks\": [");
        String separator = "";
        for (TaskReport task : tasks) {
            json.append(separator)
                    .append(
                            "{\"task\": \"%s\", \"virtual_kernel_time_ns\": %d, \"work_items\": %d, \"bytes_read\": %d, \"bytes_written\": %d, \"sectors\": %d}"
                                    .formatted(
                                            task.task(),
                                            kernelTime(task),
                                            task.workItems(),
                                            task.bytesRead(),
                                            task.bytesWritten(),
                                            task.sectors()));
            separator = ", ";
        }
        return json.append("]}").toString();
    }

    private static long copyTime(long copies, long bytes) {
        return 10_000 * copies + bytes / 16;
    }

    private static long kernelTime(TaskReport task) {
        return 1_000 + task.sectors() * SECTOR_BYTES / 400 + task.workItems() / 1_000 + task.barriers() / 5;
    }
}
