package io.github.dyconv.tornado;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/** The versions of a device and its driver, for which TornadoVM's API has no methods. */
final class DriverVersions {
    static final String DRIVER = "driver version";

    /** In TornadoVM's text about a device, as its back ends OpenCL and CUDA write it. */
    private static final Pattern IN_TEXT =
            Pattern.compile("^((?:Driver|Device) version)\\s*:\\s*(.*\\S)\\s*$", Pattern.MULTILINE);

    /** What NVIDIA's driver tells on Linux; TornadoVM's back end PTX does not. */
    private static final Path NVIDIA = Path.of("/proc/driver/nvidia/version");

    private static final Pattern NVIDIA_VERSION = Pattern.compile("^NVRM version:.*?\\s(\\d+\\.\\d+(?:\\.\\d+)?)\\s");

    private DriverVersions() {}

    /** What can be found, by what it is. */
    static Map<String, String> of(TornadoDevice device) {
        Map<String, String> versions = new LinkedHashMap<>();
        Matcher version = IN_TEXT.matcher(text(device.getPhysicalDevice()));
        while (version.find()) {
            versions.put(version.group(1).toLowerCase(Locale.ROOT), version.group(2));
        }
        if (device.getTornadoVMBackend().name().equals("PTX")) {
            nvidia(NVIDIA).ifPresent(driver -> versions.put(DRIVER, driver));
        }
        return versions;
    }

    private static String text(TornadoTargetDevice device) {
        try {
            return device.getDeviceInfo();
        } catch (UnsupportedOperationException e) { // SPIR-V on an OpenCL driver
            return "";
        }
    }

    /** The version in NVIDIA's file, if there is one. */
    static Optional<String> nvidia(Path file) {
        try {
            Matcher version = NVIDIA_VERSION.matcher(Files.readString(file));
            return version.find() ? Optional.of(version.group(1)) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
