package io.github.dyconv.examples;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Times a layer beside the plain convolution of the same geometry, after checking both results.
 *
 * <p>The two take turns, a few runs each, so that whatever else the machine does strikes both alike. The first run of a
 * turn is not counted: it finds the caches full of the other's data, which in a program that repeats one layer never
 * happens.
 */
final class LayerTimer {
    /** Runs of a turn that count. */
    private static final int TURN = 8;
    /** Two warm-up windows that differ by less are taken for the steady state. */
    private static final double STABLE = 0.03;

    private final Device device;
    private final ForwardOptions options;
    private final int runs;
    private final double seconds;

    /**
     * A timer.
     *
     * @param device where to run
     * @param options how to compute
     * @param runs at least so many counted runs of each
     * @param seconds at least so long for both together, and at most four times that for each one's warm-up
     */
    LayerTimer(Device device, ForwardOptions options, int runs, double seconds) {
        this.device = device;
        this.options = options;
        this.runs = runs;
        this.seconds = seconds;
    }

    /**
     * Times one layer.
     *
     * @throws IllegalStateException if a result is wrong
     */
    BenchResult time(LayerCase timed) {
        Tensor x = timed.input();
        try (DYConv2d layer = timed.build();
                ForwardPlan plan = layer.plan(device, options, x.shape());
                PlainConvolution plain = new PlainConvolution(timed, device, options)) {
            Tensor y = Tensor.zeros(plan.outputShape());
            plan.forward(x, y);
            requireRight(timed + " (dynamic)", layer.parameters(), x, y);
            plain.run(x, y);
            requireRight(timed + " (static)", plain.parameters(), x, y);
            warmUp(() -> plan.forward(x, y));
            warmUp(() -> plain.run(x, y));

            List<Double> dynamicTimes = new ArrayList<>();
            List<Double> staticTimes = new ArrayList<>();
            long end = System.nanoTime() + nanos(seconds);
            while (dynamicTimes.size() < runs || System.nanoTime() < end) {
                turn(() -> plan.forward(x, y), dynamicTimes);
                turn(() -> plain.run(x, y), staticTimes);
            }
            double[] sorted = sorted(dynamicTimes);
            return new BenchResult(
                    timed,
                    Numbers.quantile(sorted, 0.5),
                    Numbers.quantile(sorted, 0.1),
                    Numbers.quantile(sorted, 0.9),
                    plan.algorithm(),
                    Numbers.quantile(sorted(staticTimes), 0.5));
        }
    }

    private void requireRight(String what, Parameters parameters, Tensor x, Tensor y) {
        double error = SpotCheck.relativeError(parameters, x, y);
        double limit = SpotCheck.tolerance(options.precision(), device.name());
        if (!(error <= limit)) {
            throw new IllegalStateException(what + " on " + device.name() + " is wrong: relative error " + error
                    + " against float64, allowed are " + limit);
        }
    }

    private void warmUp(Runnable run) {
        long start = System.nanoTime();
        double before = Double.POSITIVE_INFINITY;
        while (true) {
            long window = System.nanoTime();
            List<Double> times = new ArrayList<>();
            do {
                turn(run, times);
            } while (System.nanoTime() - window < nanos(seconds / 4));
            double now = Numbers.quantile(sorted(times), 0.5);
            long elapsed = System.nanoTime() - start;
            boolean stable = Math.abs(now - before) <= STABLE * now;
            if (elapsed >= nanos(4 * seconds) || (elapsed >= nanos(seconds) && stable)) {
                return;
            }
            before = now;
        }
    }

    private static void turn(Runnable run, List<Double> times) {
        run.run();
        for (int i = 0; i < TURN; i++) {
            long start = System.nanoTime();
            run.run();
            times.add((System.nanoTime() - start) / 1e6);
        }
    }

    private static long nanos(double seconds) {
        return (long) (seconds * 1e9);
    }

    private static double[] sorted(List<Double> times) {
        double[] sorted = times.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }
}
