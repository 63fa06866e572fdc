package io.github.dyconv.examples;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.Precision;
import io.github.dyconv.Tensor;
import io.github.dyconv.tornado.TornadoLayer;
import io.github.dyconv.tornado.TornadoPlan;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Runs a layer as a task graph, and looks at what TornadoVM prints and measures meanwhile. */
final class KernelInspection {
    private static final String GRAPH = "forward";
    private static final String LAYER = "dyconv";
    private static final Map<String, String> SUFFIXES = Map.of("OPENCL", ".cl", "PTX", ".ptx", "CUDA", ".cu");

    private final LayerCase timed;
    private final Device device;
    private final Precision precision;
    private final int runs;
    private final Tensor input;
    private final Map<String, String> code = new LinkedHashMap<>();
    private final List<KernelProfile> profiles = new ArrayList<>();

    /**
     * Prepares an inspection.
     *
     * @param timed the layer
     * @param device one of TornadoVM's, or the simulator
     * @param precision how exactly to compute
     * @param runs executions for the medians, at least 1
     */
    KernelInspection(LayerCase timed, Device device, Precision precision, int runs) {
        this.timed = timed;
        this.device = device;
        this.precision = precision;
        this.runs = runs;
        this.input = timed.input();
    }

    /**
     * Runs the layer.
     *
     * @return what was found
     * @throws io.github.dyconv.DeviceException if the device is none of those, or fails
     * @throws IOException if the kernels' classes can't be read
     */
    KernelReport run() throws IOException {
        try (DYConv2d layer = timed.build()) {
            TornadoLayer tasks = tasks(layer);
            List<KernelReport.Task> found = new ArrayList<>();
            for (LaunchLog.Launch launch : firstLaunches(tasks)) {
                if (launch.task().startsWith(GRAPH + ".")) { // not the parameters' uploads
                    found.add(task(launch));
                }
            }
            return new KernelReport(
                    timed.toString(),
                    device.name(),
                    device.description(),
                    PrecisionOption.text(precision),
                    tasks.schedules().stream()
                            .map(choice ->
                                    choice.name() + (choice.chosen() ? ", which runs: " : ": ") + choice.reason())
                            .toList(),
                    found,
                    runs,
                    median(profile -> profile.micros("TOTAL_KERNEL_TIME")),
                    last().count("TOTAL_COPY_IN_SIZE_BYTES"),
                    last().count("TOTAL_COPY_OUT_SIZE_BYTES"),
                    executeMicros(tasks(layer)));
        }
    }

    /** The generated code, by the names of its files. */
    Map<String, String> code() {
        return code;
    }

    /** The profile of the first execution, with compilation. */
    KernelProfile first() {
        return profiles.getFirst();
    }

    /** The profile of the last one. */
    KernelProfile last() {
        return profiles.getLast();
    }

    private TornadoLayer tasks(DYConv2d layer) {
        return TornadoLayer.of(LAYER, layer, device, precision, input.dim(0), input.dim(2), input.dim(3));
    }

    private TornadoPlan plan(TornadoLayer tasks) {
        FloatArray in = tasks.newInput();
        FloatArray out = tasks.newOutput();
        in.getSegment().copyFrom(input.segment());
        TaskGraph graph = new TaskGraph(GRAPH).transferToDevice(DataTransferMode.EVERY_EXECUTION, in);
        tasks.appendTo(graph, in, out).transferToHost(DataTransferMode.EVERY_EXECUTION, out);
        return TornadoPlan.of(device, graph, tasks);
    }

    /** Executes all of it with the profiler. */
    private List<LaunchLog.Launch> firstLaunches(TornadoLayer tasks) {
        try (TornadoPlan plan = plan(tasks).withProfiler()) {
            plan.executionPlan().withPrintKernel().withThreadInfo();
            String printed = printedBy(() -> profiles.add(profile(plan)));
            plan.executionPlan().withoutPrintKernel().withoutThreadInfo();
            for (int i = 0; i < runs; i++) {
                profiles.add(profile(plan));
            }
            return LaunchLog.parse(printed);
        }
    }

    private static KernelProfile profile(TornadoPlan plan) {
        return new KernelProfile(GRAPH, plan.execute().getProfilerResult().getProfileLog());
    }

    private KernelReport.Task task(LaunchLog.Launch launch) throws IOException {
        String name = launch.task();
        String method = first().method(name);
        String file = null;
        if (!launch.code().isEmpty()) {
            file = (code.size() + 1) + "-" + name.substring(GRAPH.length() + 1)
                    + SUFFIXES.getOrDefault(launch.field("Backend"), ".txt");
            code.put(file, launch.code());
        }
        return new KernelReport.Task(
                name,
                method,
                SourceLines.of(TornadoLayer.class, method)
                        .map(SourceLines::toString)
                        .orElse(null),
                file,
                launch.field("Global work size"),
                launch.field("Local  work size"),
                launch.field("Number of workgroups"),
                orNull(first().micros(name, "TASK_COMPILE_GRAAL_TIME")),
                orNull(first().micros(name, "TASK_CODE_GENERATION_TIME")),
                orNull(first().micros(name, "TASK_COMPILE_DRIVER_TIME")),
                median(profile -> profile.micros(name, "TASK_KERNEL_TIME")));
    }

    private static @Nullable Double orNull(OptionalDouble value) {
        return value.isPresent() ? Double.valueOf(value.getAsDouble()) : null;
    }

    /** A figure of a profile. */
    private interface Figure {
        OptionalDouble of(KernelProfile profile);
    }

    /** Without the first execution. */
    private double median(Figure figure) {
        return Numbers.median(profiles.stream()
                .skip(1)
                .map(figure::of)
                .mapToDouble(value -> value.orElse(0))
                .toArray());
    }

    /** Of a plan of its own: profiling and printing would count. */
    private double executeMicros(TornadoLayer tasks) {
        try (TornadoPlan plan = plan(tasks)) {
            double[] micros = new double[runs];
            plan.execute();
            for (int i = 0; i < runs; i++) {
                long start = System.nanoTime();
                plan.execute();
                micros[i] = (System.nanoTime() - start) / 1e3;
            }
            return Numbers.median(micros);
        }
    }

    /** TornadoVM prints to standard output, and nowhere else unless it is told so before it starts. */
    private static String printedBy(Runnable action) {
        PrintStream console = System.out;
        var printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            action.run();
        } finally {
            System.setOut(console);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }
}
