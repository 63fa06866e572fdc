package io.github.dyconv.tornado;

import io.github.dyconv.Precision;
import io.github.dyconv.spi.ForwardProblem;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a measurement holds for: runtime, hardware and driver with their versions, precision, and all sizes of a layer. */
final class ScheduleKey {
    private static final String UNKNOWN = "unknown";

    private ScheduleKey() {}

    /** One line; equal for what is measured to be equal. */
    static String of(TornadoVmDevice device, ForwardProblem problem) {
        Map<String, String> details = device.details();
        String where = Stream.of(
                        "TornadoVM",
                        "back end",
                        "platform",
                        "device",
                        "device version",
                        DriverVersions.DRIVER,
                        "compute units")
                .map(name -> name + " " + details.getOrDefault(name, UNKNOWN))
                .collect(Collectors.joining(", "));
        // In FP32 all schedules compute as strictly as they can.
        String precision = problem.options().precision() == Precision.HALF ? "half" : "FP32";
        return where + ", " + precision + ", " + ConvolutionShape.of(problem) + ", K "
                + problem.config().kernels() + ", hidden " + problem.config().hiddenPlanes();
    }
}
