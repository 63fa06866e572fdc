package io.github.dyconv.examples;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.FailurePolicy;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Precision;
import io.github.dyconv.Tensor;
import io.github.dyconv.Timings;
import io.github.dyconv.examples.VerifyResult.Measured;
import io.github.dyconv.examples.VerifyResult.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Runs cases on devices and judges what comes. Whatever a device throws is a result. */
final class Verifier {
    private static final int FEWEST_RUNS = 6;
    private static final int MOST_RUNS = 20;
    /** So long the runs take where they are fast. */
    private static final long RUNS_NANOS = 400_000_000;
    /** So long at most for the fewest of slow ones: the JVM's first runs, before its compiler is done, are slow. */
    private static final long SLOW_RUNS_NANOS = 2_500_000_000L;

    /**
     * A device as it is to be verified.
     *
     * @param device the device, one of its algorithms perhaps forced
     * @param algorithm the forced one, or empty for the device's own choice
     */
    record Target(Device device, String algorithm) {
        /**
         * A device of TornadoVM with each of its schedules, of which half precision has but one; the JVM as it chooses, as
         * its algorithms have tests here.
         */
        static List<Target> of(Device device, Precision precision) {
            if (precision == Precision.HALF
                    || device.name().startsWith("jvm")
                    || device.algorithms().isEmpty()) {
                return List.of(new Target(device, ""));
            }
            return device.algorithms().stream()
                    .map(algorithm -> new Target(device.withAlgorithm(algorithm), algorithm))
                    .toList();
        }

        @Override
        public String toString() {
            return algorithm.isEmpty() ? device.name() : device.name() + ":" + algorithm;
        }
    }

    private final ForwardOptions options;

    Verifier(Precision precision) {
        options = new ForwardOptions(precision, 0, FailurePolicy.FAIL, true);
    }

    VerifyResult verify(VerifyCase verified, Target target) {
        String algorithm = target.algorithm();
        try {
            VerifyCase.Loaded loaded = verified.loader().load();
            try (DYConv2d layer = DYConv2d.of(loaded.parameters());
                    ForwardPlan plan =
                            layer.plan(target.device(), options, loaded.x().shape())) {
                algorithm = plan.algorithm();
                Measured measured = measure(loaded, plan, target.device().name());
                return new VerifyResult(
                        verified.name(),
                        target.device().name(),
                        algorithm,
                        measured.right() ? Outcome.OK : Outcome.FAILED,
                        measured.right() ? "" : "the result is wrong",
                        Optional.of(measured));
            }
        } catch (Throwable e) { // drivers throw what they like, and the other cases are still to be seen
            // With a cause, something failed; without, the device said what it can't do.
            boolean refused = e instanceof DeviceException refusal && refusal.isRefusal();
            return new VerifyResult(
                    verified.name(),
                    target.device().name(),
                    algorithm,
                    refused ? Outcome.SKIPPED : Outcome.FAILED,
                    reason(e),
                    Optional.empty());
        }
    }

    private static String reason(Throwable e) {
        String text = e instanceof DeviceException && e.getMessage() != null ? e.getMessage() : e.toString();
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    private Measured measure(VerifyCase.Loaded loaded, ForwardPlan plan, String device) {
        Tensor y = Tensor.zeros(plan.outputShape());
        long start = System.nanoTime();
        plan.forward(loaded.x(), y);
        double firstMillis = millisSince(start);
        double firstError = loaded.check().error(y, plan.attention());

        List<Double> walls = new ArrayList<>();
        List<Timings> timings = new ArrayList<>();
        long begin = System.nanoTime();
        do {
            start = System.nanoTime();
            plan.forward(loaded.x(), y);
            walls.add(millisSince(start));
            plan.timings().ifPresent(timings::add);
        } while (walls.size() < MOST_RUNS
                && System.nanoTime() - begin < (walls.size() < FEWEST_RUNS ? SLOW_RUNS_NANOS : RUNS_NANOS));
        double lastError = loaded.check().error(y, plan.attention());

        return new Measured(
                Math.max(firstError, lastError),
                SpotCheck.tolerance(options.precision(), device),
                firstMillis,
                median(walls, Double::doubleValue),
                timings.isEmpty() ? Optional.empty() : Optional.of(medians(timings)),
                loaded.flops());
    }

    private static Timings medians(List<Timings> timings) {
        return new Timings(
                rounded(timings, Timings::kernelNanos),
                rounded(timings, Timings::transferNanos),
                rounded(timings, Timings::bytesIn),
                rounded(timings, Timings::bytesOut));
    }

    private static long rounded(List<Timings> timings, ToDoubleFunction<Timings> value) {
        return Math.round(median(timings, value));
    }

    /** Of the second half of the runs, when compilers are done. */
    private static <T> double median(List<T> runs, ToDoubleFunction<T> value) {
        return Numbers.median(
                runs.stream().skip(runs.size() / 2).mapToDouble(value).toArray());
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }
}
