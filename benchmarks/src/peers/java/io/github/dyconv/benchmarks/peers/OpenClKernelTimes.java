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
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Tells what TornadoVM's kernels cost from what its launches cost: the devices' own times of each kernel, TornadoVM's and
 * those by hand in turns, the copies between tensors and TornadoVM's arrays, which the kernels by hand do without, and what
 * remains of a whole forward pass, in Markdown. Both run in this process, on an SDK.
 *
 * <p>Arguments: layers as {@code R1:8,R4:8}, and how many turns count.
 */
final class OpenClKernelTimes implements AutoCloseable {
    private static final String GRAPH = "forward";
    private static final List<String> TASKS = List.of("Pool", "Attention", "Convolve");

    private final DYConv2d layer;
    private final Tensor input;
    private final Tensor output;
    private final FloatArray in;
    private final FloatArray out;
    private final ForwardPlan forward;
    private final TornadoPlan profiled;
    private final OpenClContender byHand;
    private final Map<String, List<Double>> micros = new LinkedHashMap<>();

    private OpenClKernelTimes(LayerCase timed, Device tornado, OpenClDevice device) {
        layer = timed.build();
        input = timed.input();
        output = Tensor.zeros(timed.outputShape());
        forward = layer.plan(tornado, ForwardOptions.DEFAULT, input.shape());
        byHand = new OpenClContender(device, timed, layer.parameters(), input);
        TornadoLayer tasks = TornadoLayer.of("layer", layer, tornado, timed.batch(), input.dim(2), input.dim(3));
        in = tasks.newInput();
        out = tasks.newOutput();
        profiled =
                TornadoPlan.of(tornado, tasks.newGraph(GRAPH, in, out), tasks).withProfiler();
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
        System.out.println("| layer | "
                + TASKS.stream().map(task -> task.toLowerCase(Locale.ROOT)).collect(Collectors.joining(" | "))
                + " | kernels | forward | of it copies of tensors | all the rest |\n|"
                + "---|".repeat(TASKS.size() + 5));
        for (LayerCase timed : LayerCase.parseAll(args[0])) {
            try (var times = new OpenClKernelTimes(timed, tornado, device)) {
                for (int i = 0; i < 2 * turns; i++) {
                    if (i == turns) { // the first half is for the JVM's compiler
                        times.micros.clear();
                    }
                    times.takeTurn();
                }
                System.out.println("| " + timed + " | " + times.row() + " |");
            }
        }
    }

    private void takeTurn() {
        long start = System.nanoTime();
        forward.forward(input, output);
        long between = System.nanoTime();
        byHand.run();
        long end = System.nanoTime();
        add("forward", true, (between - start) / 1e3);
        add("forward", false, (end - between) / 1e3);
        in.getSegment().copyFrom(input.segment());
        output.segment().copyFrom(out.getSegment());
        add("copies", true, (System.nanoTime() - end) / 1e3);
        var profile =
                new KernelProfile(GRAPH, profiled.execute().getProfilerResult().getProfileLog());
        List<Long> nanos = byHand.kernelNanos();
        double generated = 0;
        double written = 0;
        for (int i = 0; i < TASKS.size(); i++) {
            double task = profile.micros(GRAPH + ".layer" + TASKS.get(i), "TASK_KERNEL_TIME")
                    .orElseThrow();
            add(TASKS.get(i), true, task);
            add(TASKS.get(i), false, nanos.get(i) / 1e3);
            generated += task;
            written += nanos.get(i) / 1e3;
        }
        add("kernels", true, generated);
        add("kernels", false, written);
    }

    private void add(String figure, boolean tornado, double value) {
        micros.computeIfAbsent(figure + tornado, name -> new ArrayList<>()).add(value);
    }

    private double median(String figure, boolean tornado) {
        return Numbers.median(Objects.requireNonNull(micros.get(figure + tornado)).stream()
                .mapToDouble(Double::doubleValue)
                .toArray());
    }

    private String row() {
        List<String> figures = new ArrayList<>(TASKS);
        figures.addAll(List.of("kernels", "forward"));
        List<String> cells = new ArrayList<>();
        for (String figure : figures) {
            cells.add(cell(median(figure, true), median(figure, false)));
        }
        cells.add(cell(median("copies", true), 0));
        cells.add(cell(
                median("forward", true) - median("kernels", true) - median("copies", true),
                median("forward", false) - median("kernels", false)));
        return String.join(" | ", cells);
    }

    private static String cell(double tornado, double byHand) {
        return Numbers.fixed(tornado, 0) + " / " + Numbers.fixed(byHand, 0);
    }

    @Override
    public void close() {
        profiled.close();
        byHand.close();
        forward.close();
        layer.close();
    }
}
