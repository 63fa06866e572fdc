package io.github.dyconv.tornado;

import io.github.dyconv.DeviceException;
import io.github.dyconv.Precision;
import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/**
 * The schedule for a layer on a device.
 *
 * @param schedule the one that runs
 * @param considered those considered, with the reasons
 */
record ScheduleChoice(Schedule schedule, List<AlgorithmChoice> considered) {
    /**
     * Chooses by rule.
     *
     * @param forced the only one that may run, whether it suits or not
     * @throws DeviceException if the forced one, the one for half precision, or none can run
     */
    static ScheduleChoice of(TornadoDevice device, ForwardProblem problem, Optional<Schedule> forced) {
        Precision precision = problem.options().precision();
        boolean half = precision == Precision.HALF;
        forced.filter(schedule -> schedule.half() != half).ifPresent(schedule -> {
            throw wrongPrecision(schedule);
        });
        List<AlgorithmChoice> considered = new ArrayList<>();
        for (Schedule schedule : forced.map(List::of).orElseGet(() -> Schedules.of(precision))) {
            Optional<String> refusal = schedule.unsupported(device, problem);
            if (forced.isEmpty()) {
                refusal = refusal.or(() -> schedule.unsuitable(device, problem));
            }
            if (refusal.isEmpty()) {
                String reason = forced.isPresent()
                        ? "forced"
                        : half ? "the one for half precision" : "by rule: the first that suits this layer and device";
                considered.add(new AlgorithmChoice(schedule.name(), true, reason));
                return new ScheduleChoice(schedule, List.copyOf(considered));
            }
            considered.add(new AlgorithmChoice(schedule.name(), false, refusal.get()));
        }
        AlgorithmChoice refused = considered.getLast(); // the only one, or the one that takes the most layers
        throw new DeviceException((half ? "precision half: " : "schedule " + refused.name() + ": ") + refused.reason());
    }

    private static DeviceException wrongPrecision(Schedule schedule) {
        String refusal = schedule.half()
                ? "schedule " + schedule.name() + ": computes in half precision only"
                : "precision half: schedule " + schedule.name() + " computes in FP32 only";
        return new DeviceException(refusal + "; name the device without it");
    }

    /** The same with a schedule that was measured to be the best, whatever the rule says. */
    ScheduleChoice tuned(MeasuredSchedule measured) {
        List<AlgorithmChoice> others = new ArrayList<>();
        others.add(new AlgorithmChoice(measured.schedule().name(), true, measured.reason()));
        for (AlgorithmChoice other : considered) {
            if (!other.name().equals(measured.schedule().name())) {
                others.add(
                        other.chosen()
                                ? new AlgorithmChoice(other.name(), false, measured.reasonAgainstRule())
                                : other);
            }
        }
        return new ScheduleChoice(measured.schedule(), List.copyOf(others));
    }
}
