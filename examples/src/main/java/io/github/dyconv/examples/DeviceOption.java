package io.github.dyconv.examples;

import io.github.dyconv.DeviceSelection;
import io.github.dyconv.Devices;
import io.github.dyconv.FailurePolicy;
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

    /** For picocli. */
    DeviceOption() {}

    /**
     * The device.
     *
     * @throws io.github.dyconv.DeviceException if there is none
     */
    DeviceSelection select() {
        return Devices.selection(request);
    }

    /** Who left the choice to us gets a result from another device if the chosen one fails; a forced one fails loudly. */
    FailurePolicy onFailure() {
        return request.equals(AUTO) ? FailurePolicy.FALL_BACK : FailurePolicy.FAIL;
    }
}
