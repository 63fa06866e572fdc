package io.github.dyconv.examples;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One schedule's runs of a layer. Not thread-safe. */
final class ScheduleTrial implements AutoCloseable {
    /** Runs of a turn that count. */
    private static final int TURN = 8;

    private final String schedule;
    private final ForwardPlan plan;
    private final Tensor x;
    private final Tensor y;
    private final List<Double> millis = new ArrayList<>();
    private double aloneMillis;

    private ScheduleTrial(String schedule, ForwardPlan plan, Tensor x) {
        this.schedule = schedule;
        this.plan = plan;
        this.x = x;
        this.y = Tensor.zeros(plan.outputShape());
    }

    /**
     * Compiles, checks the result against float64, and runs alone for a while.
     *
     * @param seconds at least so long
     * @throws DeviceException if the device can't run it, or computes something else
     */
    static ScheduleTrial begin(
            String schedule, DYConv2d layer, Device device, ForwardOptions options, Tensor x, double seconds) {
        ForwardPlan plan = layer.plan(device.withAlgorithm(schedule), options, x.shape());
        try {
            ScheduleTrial trial = new ScheduleTrial(schedule, plan, x);
            trial.run();
            double error = SpotCheck.relativeError(layer.parameters(), x, trial.y);
            double limit = SpotCheck.tolerance(options.precision(), device.name());
            if (!(error <= limit)) {
                throw new DeviceException("schedule " + schedule + ": relative error " + error
                        + " against float64, allowed are " + limit);
            }
            trial.aloneMillis = SteadyRuns.median(trial::run, seconds) / 1e6;
            return trial;
        } catch (Throwable e) {
            plan.close();
            throw e;
        }
    }

    private void run() {
        plan.forward(x, y);
    }

    /** A few more runs, which count. */
    void turn() {
        for (long nanos : SteadyRuns.turn(this::run, TURN)) {
            millis.add(nanos / 1e6);
        }
    }

    String schedule() {
        return schedule;
    }

    /** The median of the runs alone. */
    double aloneMillis() {
        return aloneMillis;
    }

    /** Counted runs so far. */
    int runs() {
        return millis.size();
    }

    /** A quantile of the counted runs, of which there are some. */
    double millis(double part) {
        double[] sorted = millis.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return Numbers.quantile(sorted, part);
    }

    @Override
    public void close() {
        plan.close();
    }
}
