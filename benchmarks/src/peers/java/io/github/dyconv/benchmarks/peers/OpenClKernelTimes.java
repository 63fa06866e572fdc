package io.github.dyconv.benchmarks.peers;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Tensor;
import io.github.dyconv.examples.KernelProfile;
import io.github.dyconv.examples.LayerCase;
import io.github.dyconv.examples.Numbers;
import io.github.dyconv.tornado.TornadoLayer;
import io.github.dyconv.tornado.TornadoPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Tells what TornadoVM's kernels cost from what its launches cost, in Markdown: the devices' own times of each kernel, and of
 * whole forward passes, TornadoVM's from and to its own arrays, and those by hand in turns; and what TornadoVM takes for the
 * same transfers and as many kernels that do nothing, the least that is left to it however fast the kernels are. All run in
 * this process, on an SDK.
 *
 * <p>Arguments: layers as {@code R1:8,R4:8}, and how many turns count.
 */
final class OpenClKernelTimes implements AutoCloseable {
    private static final String GRAPH = "forward";
    private static final String BEFORE = "pool and attention";

    /** TornadoVM's may be one task, or in that of the convolution. */
    private static final List<String> TASKS_BEFORE = List.of("Pool", "Attention");

    private static final String CONVOLVE = "convolve";
    private static final List<String> FIGURES = List.of(BEFORE, CONVOLVE);
    private static final String KERNELS = "kernels";
    private static final String FORWARD = "forward";
    private static final String NOTHING = "nothing";

    private final DYConv2d layer;
    private final ForwardPlan forward;
    private final TornadoPlan profiled;
    private final TornadoPlan nothing;
    private final OpenClContender byHand;
    private final Map<String, List<Double>> micros = new LinkedHashMap<>();

    private OpenClKernelTimes(LayerCase timed, Device tornado, OpenClDevice device) {
        layer = timed.build();
        Tensor input = timed.input();
        forward = layer.plan(tornado, ForwardOptions.DEFAULT, input.shape());
        forward.input().copyFrom(input);
        byHand = new OpenClContender(device, timed, layer.parameters(), input);
        TornadoLayer tasks = TornadoLayer.of("layer", layer, tornado, timed.batch(), input.dim(2), input.dim(3));
        FloatArray in = tasks.newInput();
        FloatArray out = tasks.newOutput();
        profiled =
                TornadoPlan.of(tornado, tasks.newGraph(GRAPH, in, out), tasks).withProfiler();
        TaskGraph graph = new TaskGraph(NOTHING)
                .transferToDevice(DataTransferMode.EVERY_EXECUTION, in)
                .task(CONVOLVE, OpenClKernelTimes::touch, in, out);
        KernelProfile profile = profile();
        for (String before : TASKS_BEFORE) {
            if (micros(profile, before).isPresent()) {
                graph.task(before, OpenClKernelTimes::touch, in, out);
            }
        }
        nothing = TornadoPlan.of(tornado, graph.transferToHost(DataTransferMode.EVERY_EXECUTION, out));
    }

    /** What the device measures of one execution. */
    private KernelProfile profile() {
        return new KernelProfile(GRAPH, profiled.execute().getProfilerResult().getProfileLog());
    }

    private static OptionalDouble micros(KernelProfile profile, String task) {
        return profile.micros(GRAPH + ".layer" + task, "TASK_KERNEL_TIME");
    }

    /** Does as good as nothing, which TornadoVM still has to launch. */
    static void touch(FloatArray from, FloatArray to) {
        for (@Parallel int i = 0; i < 1; i++) {
            to.set(i, from.get(i));
        }
    }

    /**
     * Measures.
     *
     * @param args layers and turns
     */
    public static void main(String[] args) {
        Device tornado = Devices.select("tornado");
        OpenClDevice device = OpenClDevice.first().device().orElseThrow();
        int turns = Integer.parseInt(args[1]);
        System.out.println("Microseconds, TornadoVM / by hand:\n");
        System.out.println("| layer | " + String.join(" | ", FIGURES)
                + " | kernels | by hand / TornadoVM | forward | by hand / TornadoVM | transfers and nothing, TornadoVM"
                + " | with the kernels by hand |\n|" + "---|".repeat(FIGURES.size() + 7));
        List<double[]> ratios = new ArrayList<>();
        for (LayerCase timed : LayerCase.parseAll(args[0])) {
            try (var times = new OpenClKernelTimes(timed, tornado, device)) {
                for (int i = 0; i < 2 * turns; i++) {
                    if (i == turns) { // the first half is for the JVM's compiler
                        times.micros.clear();
                    }
                    times.takeTurn();
                }
                System.out.println("| " + timed + " | " + times.row() + " |");
                ratios.add(times.ratios());
            }
        }
        System.out.println("\nGeometric means of by hand / TornadoVM: kernels " + mean(ratios, 0) + ", forward "
                + mean(ratios, 1) + ", forward if TornadoVM's kernels were those by hand " + mean(ratios, 2));
    }

    private static String mean(List<double[]> ratios, int which) {
        double logarithms = ratios.stream()
                .mapToDouble(each -> Math.log(each[which]))
                .average()
                .orElseThrow();
        return Numbers.fixed(Math.exp(logarithms), 2);
    }

    private void takeTurn() {
        KernelProfile profile = profile();
        List<Long> nanos = byHand.kernelNanos();
        long start = System.nanoTime();
        forward.forward();
        long between = System.nanoTime();
        byHand.run();
        long end = System.nanoTime();
        nothing.execute();
        add(NOTHING, true, (System.nanoTime() - end) / 1e3);
        add(FORWARD, true, (between - start) / 1e3);
        add(FORWARD, false, (end - between) / 1e3);
        double before = TASKS_BEFORE.stream()
                .mapToDouble(task -> micros(profile, task).orElse(0))
                .sum();
        double convolve = micros(profile, "Convolve").orElseThrow();
        add(BEFORE, true, before);
        add(CONVOLVE, true, convolve);
        add(KERNELS, true, before + convolve);
        add(BEFORE, false, (nanos.get(0) + nanos.get(1)) / 1e3);
        add(CONVOLVE, false, nanos.get(2) / 1e3);
        add(KERNELS, false, (nanos.get(0) + nanos.get(1) + nanos.get(2)) / 1e3);
    }

    private void add(String figure, boolean tornado, double value) {
        micros.computeIfAbsent(figure + tornado, name -> new ArrayList<>()).add(value);
    }

    private double median(String figure, boolean tornado) {
        return Numbers.median(Objects.requireNonNull(micros.get(figure + tornado)).stream()
                .mapToDouble(Double::doubleValue)
                .toArray());
    }

    /** By hand / TornadoVM: kernels, forward, and forward if TornadoVM's kernels took as long as those by hand. */
    private double[] ratios() {
        double forwardByHand = median(FORWARD, false);
        return new double[] {
            median(KERNELS, false) / median(KERNELS, true),
            forwardByHand / median(FORWARD, true),
            forwardByHand / (median(KERNELS, false) + median(NOTHING, true))
        };
    }

    private String row() {
        double[] ratios = ratios();
        List<String> cells = new ArrayList<>(FIGURES.stream().map(this::cell).toList());
        cells.addAll(List.of(
                cell(KERNELS),
                Numbers.fixed(ratios[0], 2),
                cell(FORWARD),
                Numbers.fixed(ratios[1], 2),
                Numbers.fixed(median(NOTHING, true), 0),
                Numbers.fixed(ratios[2], 2)));
        return String.join(" | ", cells);
    }

    private String cell(String figure) {
        return Numbers.fixed(median(figure, true), 0) + " / " + Numbers.fixed(median(figure, false), 0);
    }

    @Override
    public void close() {
        nothing.close();
        profiled.close();
        byHand.close();
        forward.close();
        layer.close();
    }
}
