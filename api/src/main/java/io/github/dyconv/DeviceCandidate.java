package io.github.dyconv;

import java.util.Optional;

/**
 * A device that could be chosen, or the reason why it could not.
 *
 * @param name as {@link Device#name()}
 * @param device the device, or empty if it can't run here
 * @param reason one plain line: the device's description, or why it can't run
 */
public record DeviceCandidate(String name, Optional<Device> device, String reason) {
    /**
     * A device that can run here.
     *
     * @param device the device
     * @return the candidate
     */
    public static DeviceCandidate available(Device device) {
        return new DeviceCandidate(device.name(), Optional.of(device), device.description());
    }

    /**
     * A device that can't run here.
     *
     * @param name its name
     * @param reason one plain line
     * @return the candidate
     */
    public static DeviceCandidate unavailable(String name, String reason) {
        return new DeviceCandidate(name, Optional.empty(), reason);
    }
}
