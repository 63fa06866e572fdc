package io.github.dyconv.examples;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Tensor;
import io.github.dyconv.tornado.TunedSchedules;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Measures the schedules that can run a layer on a device. Each is checked and runs alone first, then with other tiles if it is not
 * far slower than another schedule. The few fastest, and the one that is chosen by rule, then take turns, so that whatever else the
 * machine does strikes all alike.
 */
final class ScheduleTuner {
    /** Of a schedule that takes so many times as long as another, no other tile will be the best. */
    private static final double FAR_SLOWER = 2;

    /** So many take turns: all of them are in the device's memory then. */
    private static final int FINALISTS = 4;

    private final Device device;
    private final ForwardOptions options;
    private final int runs;
    private final double seconds;

    /**
     * A tuner.
     *
     * @param device one of TornadoVM's, or the simulator
     * @param options how to compute
     * @param runs at least so many runs of each in turns
     * @param seconds at least so long for each in turns, and before that for each alone
     */
    ScheduleTuner(Device device, ForwardOptions options, int runs, double seconds) {
        this.device = device;
        this.options = options;
        this.runs = runs;
        this.seconds = seconds;
    }

    /**
     * Measures one layer's.
     *
     * @throws DeviceException if the device can't run the layer, or fails with the schedule that is chosen by rule
     */
    TuneResult tune(LayerShape layer) {
        List<List<String>> candidates = TunedSchedules.candidates(device, layer.problem(options));
        try (DYConv2d built = layer.build();
                Contest contest = new Contest(built, layer.input())) {
            for (List<String> schedule : candidates) {
                contest.enter(schedule.getFirst());
            }
            List<List<String>> promising = candidates.stream()
                    .filter(schedule -> !contest.isFarSlower(schedule.getFirst()))
                    .toList();
            for (List<String> schedule : promising) {
                schedule.stream().skip(1).forEach(contest::enter);
            }
            contest.takeTurns();
            return new TuneResult(layer, contest.results());
        }
    }

    /** The trials of one layer. */
    private final class Contest implements AutoCloseable {
        private final DYConv2d layer;
        private final Tensor x;
        private final Map<String, Optional<ScheduleResult>> entered = new LinkedHashMap<>();

        /** Those that are still in it, first the one that is chosen by rule. */
        private final List<ScheduleTrial> trials = new ArrayList<>();

        Contest(DYConv2d layer, Tensor x) {
            this.layer = layer;
            this.x = x;
        }

        /** Runs one alone; the first must run. */
        void enter(String schedule) {
            entered.put(schedule, Optional.empty());
            try {
                trials.add(ScheduleTrial.begin(schedule, layer, device, options, x, seconds));
            } catch (DeviceException e) {
                if (trials.isEmpty()) {
                    throw e;
                }
                entered.put(schedule, Optional.of(ScheduleResult.failed(schedule, String.valueOf(e.getMessage()))));
            }
            if (trials.size() > FINALISTS) {
                giveUpSlowest();
            }
        }

        private void giveUpSlowest() {
            ScheduleTrial slowest = trials.stream()
                    .skip(1)
                    .max(Comparator.comparingDouble(ScheduleTrial::aloneMillis))
                    .orElseThrow();
            trials.remove(slowest);
            entered.put(slowest.schedule(), Optional.of(ScheduleResult.alone(slowest)));
            slowest.close();
        }

        boolean isFarSlower(String schedule) {
            double least = trials.stream()
                    .mapToDouble(ScheduleTrial::aloneMillis)
                    .min()
                    .orElseThrow();
            return trials.stream()
                    .filter(trial -> trial.schedule().equals(schedule))
                    .noneMatch(trial -> trial.aloneMillis() <= FAR_SLOWER * least);
        }

        void takeTurns() {
            long end = System.nanoTime() + (long) (trials.size() * seconds * 1e9);
            while (trials.getFirst().runs() < runs || System.nanoTime() < end) {
                trials.forEach(ScheduleTrial::turn);
            }
            trials.forEach(trial -> entered.put(trial.schedule(), Optional.of(ScheduleResult.inTurns(trial))));
        }

        List<ScheduleResult> results() {
            return entered.values().stream().flatMap(Optional::stream).toList();
        }

        @Override
        public void close() {
            trials.forEach(ScheduleTrial::close);
        }
    }
}
