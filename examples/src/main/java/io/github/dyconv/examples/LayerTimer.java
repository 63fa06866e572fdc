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
 * <p>The two take turns, a few runs each, so that whatever else the machine does strikes both alike.
 */
final class LayerTimer {
    /** Runs of a turn that count. */
    private static final int TURN = 8;

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
            plan.input().copyFrom(x);
            requireRight(timed + " (dynamic)", layer.parameters(), x, plan.forward());
            plain.input().copyFrom(x);
            requireRight(timed + " (static)", plain.parameters(), x, plain.run());
            SteadyRuns.warmUp(plan::forward, seconds);
            SteadyRuns.warmUp(plain::run, seconds);

            List<Double> dynamicTimes = new ArrayList<>();
            List<Double> staticTimes = new ArrayList<>();
            long end = System.nanoTime() + (long) (seconds * 1e9);
            while (dynamicTimes.size() < runs || System.nanoTime() < end) {
                turn(plan::forward, dynamicTimes);
                turn(plain::run, staticTimes);
            }
            double[] sorted = sorted(dynamicTimes);
            return new BenchResult(
                    timed,
                    Numbers.quantile(sorted, 0.5),
                    Numbers.quantile(sorted, 0.1),
                    Numbers.quantile(sorted, 0.9),
                    plan.algorithm(),
                    plan.reason(),
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

    private static void turn(Runnable run, List<Double> times) {
        for (long nanos : SteadyRuns.turn(run, TURN)) {
            times.add(nanos / 1e6);
        }
    }

    private static double[] sorted(List<Double> times) {
        double[] sorted = times.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted;
    }
}
