package io.github.dyconv.examples;

import io.github.dyconv.DeviceSelection;
import io.github.dyconv.Devices;
import io.github.dyconv.FailurePolicy;
import io.github.dyconv.tornado.TunedSchedules;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where to run. */
final class DeviceOption {
    private static final String AUTO = "auto";

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            defaultValue = AUTO,
            description = {
                "Where to run: auto, jvm, tornado, tornado:BACKEND:INDEX, simulator, or any other name that 'dyconv"
                        + " devices' lists (default: ${DEFAULT-VALUE}).",
            })
    private String request = AUTO;

    @Option(
            names = "--cache",
            paramLabel = "FILE",
            description = {
                "Where 'dyconv tune' keeps what it measured, and TornadoVM's devices look (default:"
                        + " dyconv/schedules.properties in $XDG_CACHE_HOME, else in ~/.cache)."
            })
    private Optional<Path> cache = Optional.empty();

    /** For picocli. */
    DeviceOption() {}

    /**
     * The device.
     *
     * @throws io.github.dyconv.DeviceException if there is none, or it has no schedules to look for
     */
    DeviceSelection select() {
        DeviceSelection chosen = Devices.selection(request);
        return cache.map(file -> new DeviceSelection(
                        TunedSchedules.in(file).usedBy(chosen.device()), chosen.reason(), chosen.passedOver()))
                .orElse(chosen);
    }

    /**
     * Where measured schedules are.
     *
     * @throws UsageException if that is nowhere
     */
    TunedSchedules schedules() {
        return cache.map(TunedSchedules::in)
                .or(TunedSchedules::ofUser)
                .orElseThrow(() -> new UsageException(
                        "--cache: needed, as the property " + TunedSchedules.PROPERTY + " is set to none"));
    }

    /** Who left the choice to us gets a result from another device if the chosen one fails; a forced one fails loudly. */
    FailurePolicy onFailure() {
        return request.equals(AUTO) ? FailurePolicy.FALL_BACK : FailurePolicy.FAIL;
    }
}
