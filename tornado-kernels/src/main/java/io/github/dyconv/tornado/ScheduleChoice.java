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
     * Chooses.
     *
     * @param forced the only one that may run, whether it suits or not
     * @throws DeviceException if the forced one, or the one for half precision, can't run
     */
    static ScheduleChoice of(TornadoDevice device, ForwardProblem problem, Optional<Schedule> forced) {
        boolean half = problem.options().precision() == Precision.HALF;
        if (half && forced.isPresent()) {
            throw new DeviceException("precision half: schedule " + forced.get().term()
                    + " computes in FP32 only; name the device without it");
        }
        List<AlgorithmChoice> considered = new ArrayList<>();
        for (Schedule schedule :
                half ? List.of(Schedule.HALF) : forced.map(List::of).orElse(Schedule.ALL)) {
            Optional<String> refusal = schedule.unsupported(device, problem);
            if (forced.isEmpty()) {
                refusal = refusal.or(() -> schedule.unsuitable(device, problem));
            }
            if (refusal.isEmpty()) {
                String reason = half
                        ? "the one for half precision"
                        : forced.isPresent() ? "forced" : "the first that suits this layer and device";
                considered.add(new AlgorithmChoice(schedule.term(), true, reason));
                return new ScheduleChoice(schedule, List.copyOf(considered));
            }
            considered.add(new AlgorithmChoice(schedule.term(), false, refusal.get()));
        }
        AlgorithmChoice refused = considered.getFirst();
        throw new DeviceException((half ? "precision half: " : "schedule " + refused.name() + ": ") + refused.reason());
    }
}
