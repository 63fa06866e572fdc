package io.github.dyconv.tornado;

import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Precision;
import io.github.dyconv.Tensor;
import io.github.dyconv.nn.Model;
import io.github.dyconv.nn.spi.NetworkDevice;
import io.github.dyconv.nn.spi.PreparedNetwork;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedForward;
import io.github.dyconv.spi.PreparedTraining;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/**
 * A device of TornadoVM, or the simulator's.
 *
 * @param name as {@link Device#name()}
 * @param tornado TornadoVM's own device
 * @param forced the only schedule it may use, or empty for its own choice
 * @param given where it looks for schedules that were measured, or empty for the user's
 */
record TornadoVmDevice(String name, TornadoDevice tornado, Optional<Schedule> forced, Optional<TunedSchedules> given)
        implements NetworkDevice {
    /** A device that chooses for itself. */
    TornadoVmDevice(String name, TornadoDevice tornado) {
        this(name, tornado, Optional.empty(), Optional.empty());
    }

    /**
     * The device behind what {@link io.github.dyconv.Devices} gave.
     *
     * @throws DeviceException if it is none of TornadoVM's, nor the simulator's
     */
    static TornadoVmDevice of(Device device) {
        if (device instanceof TornadoVmDevice tornadoVm) {
            return tornadoVm;
        }
        throw new DeviceException("device: task graphs run on TornadoVM's devices and the simulator only, got "
                + device.name() + "; take one from Devices.select(\"tornado\")");
    }

    @Override
    public String description() {
        return tornado.getPhysicalDevice().getDeviceName().strip() + ", " + tornado.getDeviceType() + " ("
                + tornado.getPlatformName().strip() + ")"
                + forced.map(schedule -> ", schedule " + schedule.name() + " only")
                        .orElse("");
    }

    @Override
    public Device withAlgorithm(String algorithm) {
        return Schedules.named(algorithm)
                .map(schedule -> new TornadoVmDevice(name, tornado, Optional.of(schedule), given))
                .orElseThrow(() -> new DeviceException(
                        name + ": no schedule '" + algorithm + "'; it has " + String.join(", ", terms())));
    }

    @Override
    public List<String> algorithms() {
        return forced.map(only -> List.of(only.name())).orElseGet(TornadoVmDevice::terms);
    }

    private static List<String> terms() {
        return Schedules.ALL.stream().map(Schedule::term).toList();
    }

    @Override
    public Map<String, String> details() {
        TornadoTargetDevice hardware = tornado.getPhysicalDevice();
        Module api = TaskGraph.class.getModule();
        Map<String, String> details = new LinkedHashMap<>();
        details.put(
                "TornadoVM",
                api.isNamed() ? api.getDescriptor().rawVersion().orElse("unknown version") : "none: the simulator");
        details.put("back end", tornado.getTornadoVMBackend().name());
        details.put("platform", tornado.getPlatformName().strip());
        details.put("device", hardware.getDeviceName().strip());
        details.put("type", tornado.getDeviceType().name());
        details.putAll(DriverVersions.of(tornado));
        details.put("language", tornado.getDeviceOpenCLCVersion().strip());
        details.put("compute units", String.valueOf(hardware.getDeviceMaxComputeUnits()));
        details.put("clock in MHz", String.valueOf(hardware.getDeviceMaxClockFrequency()));
        details.put("global memory in bytes", String.valueOf(hardware.getDeviceGlobalMemorySize()));
        details.put("local memory in bytes", String.valueOf(tornado.getDeviceLocalMemorySize()));
        return details;
    }

    /**
     * The schedule for a forward pass: the one that was measured to be the best, unless one is forced or nothing is known.
     *
     * @throws DeviceException if the forced one, or the one for half precision, can't run
     */
    ScheduleChoice choice(ForwardProblem problem) {
        ScheduleChoice untuned = ScheduleChoice.of(tornado, problem, forced);
        return forced.isPresent()
                ? untuned
                : given.or(TunedSchedules::ofUser)
                        .flatMap(known -> known.find(this, problem))
                        .map(untuned::tuned)
                        .orElse(untuned);
    }

    @Override
    public PreparedForward prepare(ForwardProblem problem) {
        requireNoThreads(problem.options());
        ScheduleChoice choice = choice(problem);
        return built(() -> new TornadoForward(tornado, problem, choice));
    }

    @Override
    public PreparedTraining prepareTraining(ForwardProblem problem) {
        requireNoThreads(problem.options());
        requireFloat32("trains", problem.options());
        ScheduleChoice choice = ScheduleChoice.of(tornado, problem, forced);
        return built(() -> new TornadoTraining(tornado, problem, choice));
    }

    @Override
    public PreparedNetwork prepareNetwork(Model model, ForwardOptions options, Tensor input, Tensor output) {
        requireNoThreads(options);
        requireFloat32("runs networks", options);
        return built(() -> new TornadoNetwork(this, model, options, input, output));
    }

    private void requireFloat32(String what, ForwardOptions options) {
        if (options.precision() == Precision.HALF) {
            throw new DeviceException(
                    "precision half: " + name + " " + what + " in FP32 only; ask for default or strict");
        }
    }

    private void requireNoThreads(ForwardOptions options) {
        if (options.threads() != 0) {
            throw new DeviceException("threads: " + name + " chooses its own; only the JVM device takes a number");
        }
    }

    private <T> T built(Supplier<T> graph) {
        try {
            return graph.get();
        } catch (DeviceException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new DeviceException(name + ": " + e.getMessage(), e);
        } catch (Throwable e) { // TornadoVM throws errors of its own
            throw new DeviceException(name + " failed to build the task graph: " + e, e);
        }
    }
}
