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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/**
 * A device of TornadoVM, or the simulator's.
 *
 * @param name as {@link Device#name()}
 * @param tornado TornadoVM's own device
 * @param forced the only schedule it may use, or empty for its own choice
 */
record TornadoVmDevice(String name, TornadoDevice tornado, Optional<Schedule> forced) implements NetworkDevice {
    /** Versions in TornadoVM's text about an OpenCL device, which has no methods for them. */
    private static final Pattern VERSION =
            Pattern.compile("^((?:Driver|Device) version)\\s*:\\s*(.*\\S)\\s*$", Pattern.MULTILINE);

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
                + forced.map(schedule -> ", schedule " + schedule.term() + " only")
                        .orElse("");
    }

    @Override
    public Device withAlgorithm(String algorithm) {
        return Schedule.ALL.stream()
                .filter(schedule -> schedule.term().equals(algorithm))
                .findFirst()
                .map(schedule -> new TornadoVmDevice(name, tornado, Optional.of(schedule)))
                .orElseThrow(() -> new DeviceException(
                        name + ": no schedule '" + algorithm + "'; it has " + String.join(", ", terms())));
    }

    @Override
    public List<String> algorithms() {
        return forced.map(only -> List.of(only.term())).orElseGet(TornadoVmDevice::terms);
    }

    private static List<String> terms() {
        return Schedule.ALL.stream().map(Schedule::term).toList();
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
        Matcher version = VERSION.matcher(hardware.getDeviceInfo());
        while (version.find()) {
            details.put(version.group(1).toLowerCase(Locale.ROOT), version.group(2));
        }
        details.put("language", tornado.getDeviceOpenCLCVersion().strip());
        details.put("compute units", String.valueOf(hardware.getDeviceMaxComputeUnits()));
        details.put("clock in MHz", String.valueOf(hardware.getDeviceMaxClockFrequency()));
        details.put("global memory in bytes", String.valueOf(hardware.getDeviceGlobalMemorySize()));
        details.put("local memory in bytes", String.valueOf(tornado.getDeviceLocalMemorySize()));
        return details;
    }

    @Override
    public PreparedForward prepare(ForwardProblem problem) {
        requireNoThreads(problem.options());
        ScheduleChoice choice = ScheduleChoice.of(tornado, problem, forced);
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
