package io.github.dyconv.tornado;

import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Precision;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedForward;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/**
 * A device of TornadoVM, or the simulator's.
 *
 * @param name as {@link Device#name()}
 * @param tornado TornadoVM's own device
 * @param forced the only schedule it may use, or empty for its own choice
 */
record TornadoVmDevice(String name, TornadoDevice tornado, Optional<Schedule> forced) implements Device {
    @Override
    public String description() {
        return tornado.getPhysicalDevice().getDeviceName().strip() + ", " + tornado.getDeviceType() + " ("
                + tornado.getPlatformName().strip() + ")"
                + forced.map(schedule -> ", schedule " + schedule.term() + " only")
                        .orElse("");
    }

    @Override
    public Device withAlgorithm(String algorithm) {
        return Arrays.stream(Schedule.values())
                .filter(schedule -> schedule.term().equals(algorithm))
                .findFirst()
                .map(schedule -> new TornadoVmDevice(name, tornado, Optional.of(schedule)))
                .orElseThrow(() -> new DeviceException(name + ": no schedule '" + algorithm + "'; it has "
                        + Arrays.stream(Schedule.values()).map(Schedule::term).collect(Collectors.joining(", "))));
    }

    @Override
    public PreparedForward prepare(ForwardProblem problem) {
        ForwardOptions options = problem.options();
        if (options.precision() == Precision.HALF) {
            throw new DeviceException("precision half: " + name + " computes in FP32 only; ask for default or strict");
        }
        if (options.threads() != 0) {
            throw new DeviceException("threads: " + name + " chooses its own; only the JVM device takes a number");
        }
        ScheduleChoice choice = ScheduleChoice.of(tornado, problem, forced);
        try {
            return new TornadoForward(tornado, problem, choice);
        } catch (IllegalArgumentException e) {
            throw new DeviceException(name + ": " + e.getMessage(), e);
        } catch (Throwable e) { // TornadoVM throws errors of its own
            throw new DeviceException(name + " failed to build the task graph: " + e, e);
        }
    }
}
