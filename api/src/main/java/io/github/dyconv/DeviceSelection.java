package io.github.dyconv;

import java.util.List;

/**
 * A chosen device and why.
 *
 * @param device the device
 * @param reason one plain line
 * @param passedOver those that came before it in the order of preference and can't run here, each with its reason
 */
public record DeviceSelection(Device device, String reason, List<DeviceCandidate> passedOver) {}
