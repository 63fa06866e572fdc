package io.github.dyconv.tornado;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
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
 * Measures what an execution takes besides its kernels and transfers, in turns with graphs of as many kernels that do nothing, with
 * the same transfers and without any: what TornadoVM and the driver take. Not a test: times on a busy machine prove nothing.
 *
 * <p>Arguments: a device, executions to measure, and layers as {@code channels:pixels:batch}, of 3x3.
 */
final class LaunchOverhead {
    private static final List<String> FIGURES =
            List.of("forward", "kernels", "copies", "transfers and nothing", "nothing");

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
        System.out.println("µs | " + String.join(" | ", FIGURES)
                + " | forward less kernels and copies | forward less kernels and transfers");
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
        int tasks = tasks(problem, tornado.getPhysicalDevice().getDeviceMaxComputeUnits());
        try (ForwardPlan plan = layer.plan(device, ForwardOptions.DEFAULT, shape);
                ForwardPlan measured = layer.plan(device, ForwardOptions.DEFAULT.withProfiling(true), shape);
                TornadoExecutionPlan transfers = plan(tasks, plan.input().size(), true);
                TornadoExecutionPlan nothing = plan(tasks, 1, false)) {
            transfers.withDevice(tornado);
            nothing.withDevice(tornado);
            List<List<Double>> micros = FIGURES.stream()
                    .<List<Double>>map(figure -> new ArrayList<>())
                    .toList();
            for (int i = 0; i < 2 * times; i++) {
                if (i == times) { // the first half is for the JVM's compiler
                    micros.forEach(List::clear);
                }
                measured.forward();
                Timings timings = measured.timings().orElseThrow();
                micros.get(1).add(timings.kernelNanos() / 1e3);
                micros.get(2).add(timings.transferNanos() / 1e3);
                micros.get(3).add(micros(transfers::execute));
                micros.get(4).add(micros(nothing::execute));
                micros.get(0).add(micros(plan::forward));
            }
            double[] medians =
                    micros.stream().mapToDouble(LaunchOverhead::median).toArray();
            System.out.print(name);
            for (double median : medians) {
                System.out.printf(" | %.0f", median);
            }
            double besidesKernels = medians[0] - medians[1];
            System.out.printf(
                    " | %.0f | %.0f%n", besidesKernels - medians[2], besidesKernels - (medians[3] - medians[4]));
        }
    }

    private static double micros(Runnable execution) {
        long start = System.nanoTime();
        execution.run();
        return (System.nanoTime() - start) / 1e3;
    }

    private static int tasks(ForwardProblem problem, int units) {
        if (ForwardShape.whole(problem, PanelShape.of(problem, units), units)) {
            return 1;
        }
        return LayerAttention.bySample(problem, units) ? 2 : 3;
    }

    /** A plan that copies one array in and one out, as a layer does, or only at first and when asked. */
    private static TornadoExecutionPlan plan(int tasks, int elements, boolean copies) {
        FloatArray in = new FloatArray(elements);
        FloatArray between = new FloatArray(1);
        FloatArray out = new FloatArray(elements);
        TaskGraph graph = new TaskGraph("nothing")
                .transferToDevice(copies ? DataTransferMode.EVERY_EXECUTION : DataTransferMode.FIRST_EXECUTION, in);
        for (int task = 0; task < tasks; task++) {
            FloatArray to = task + 1 == tasks ? out : between;
            graph.task("task" + task, LaunchOverhead::touch, task == 0 ? in : between, to);
        }
        return new TornadoExecutionPlan(
                graph.transferToHost(copies ? DataTransferMode.EVERY_EXECUTION : DataTransferMode.UNDER_DEMAND, out)
                        .snapshot());
    }

    private static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        return sorted.get(sorted.size() / 2);
    }
}
