package io.github.dyconv.tornado;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Tensor;
import io.github.dyconv.Timings;
import io.github.dyconv.spi.ForwardProblem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Measures what an execution takes besides its kernels and copies, in turns with a graph of as many kernels that do nothing:
 * what TornadoVM and the driver take for it. Not a test: times on a busy machine prove nothing.
 *
 * <p>Arguments: a device, executions to measure, and layers as {@code channels:pixels:batch}, of 3x3.
 */
final class LaunchOverhead {
    private LaunchOverhead() {}

    /** Does as good as nothing, which TornadoVM still has to launch. */
    static void touch(FloatArray from, FloatArray to) {
        for (@Parallel int i = 0; i < 1; i++) {
            to.set(i, from.get(i));
        }
    }

    public static void main(String[] arguments) throws Exception {
        Device device = Devices.select(arguments[0]).withAlgorithm("vector");
        int times = Integer.parseInt(arguments[1]);
        System.out.println(
                "layer     µs: median of forward, kernels, copies, overhead; as many kernels that do nothing");
        for (String layer : List.of(arguments).subList(2, arguments.length)) {
            String[] sizes = layer.split(":", -1);
            int channels = Integer.parseInt(sizes[0]);
            int pixels = Integer.parseInt(sizes[1]);
            measure(layer, device, channels, new int[] {Integer.parseInt(sizes[2]), channels, pixels, pixels}, times);
        }
    }

    private static void measure(String name, Device device, int channels, int[] shape, int times) throws Exception {
        DYConv2d layer = DYConv2d.builder(channels, channels, 3).padding(1).build();
        ForwardProblem problem =
                new ForwardProblem(layer.config(), shape[0], shape[2], shape[3], ForwardOptions.DEFAULT, true);
        TornadoDevice tornado = TornadoVmDevice.of(device).tornado();
        int units = tornado.getPhysicalDevice().getDeviceMaxComputeUnits();
        int tasks = LayerAttention.bySample(problem, units) ? 2 : 3; // attention, convolution, and maybe a pool before
        Tensor x = Tensor.zeros(shape);
        Tensor y = Tensor.zeros(shape);
        try (ForwardPlan plan = layer.plan(device, ForwardOptions.DEFAULT, shape);
                ForwardPlan measured = layer.plan(device, ForwardOptions.DEFAULT.withProfiling(true), shape);
                TornadoExecutionPlan nothing =
                        new TornadoExecutionPlan(emptyGraph(tasks).snapshot())) {
            nothing.withDevice(tornado);
            List<Double> forward = new ArrayList<>();
            List<Double> kernels = new ArrayList<>();
            List<Double> copies = new ArrayList<>();
            List<Double> floor = new ArrayList<>();
            for (int i = 0; i < 2 * times; i++) {
                if (i == times) { // the first half is for the JVM's compiler
                    List.of(forward, kernels, copies, floor).forEach(List::clear);
                }
                measured.forward(x, y);
                Timings timings = measured.timings().orElseThrow();
                kernels.add(timings.kernelNanos() / 1e3);
                copies.add(timings.transferNanos() / 1e3);
                long start = System.nanoTime();
                plan.forward(x, y);
                long end = System.nanoTime();
                nothing.execute();
                floor.add((System.nanoTime() - end) / 1e3);
                forward.add((end - start) / 1e3);
            }
            double overhead = median(forward) - median(kernels) - median(copies);
            System.out.printf(
                    "%s %.0f %.0f %.0f %.0f; %.0f%n",
                    name, median(forward), median(kernels), median(copies), overhead, median(floor));
        }
    }

    /** Copies one array in and one out, as a layer does. */
    private static TaskGraph emptyGraph(int tasks) {
        FloatArray in = new FloatArray(1);
        FloatArray attention = new FloatArray(1);
        FloatArray out = new FloatArray(1);
        TaskGraph graph = new TaskGraph("nothing").transferToDevice(DataTransferMode.EVERY_EXECUTION, in);
        for (int task = 0; task < tasks; task++) {
            FloatArray to = task % 2 == 0 ? attention : out;
            graph.task("task" + task, LaunchOverhead::touch, task == 0 ? in : task % 2 == 1 ? attention : out, to);
        }
        return graph.transferToHost(DataTransferMode.EVERY_EXECUTION, out)
                .transferToHost(DataTransferMode.UNDER_DEMAND, attention);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
