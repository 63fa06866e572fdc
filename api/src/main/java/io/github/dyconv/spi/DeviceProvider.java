package io.github.dyconv.spi;

import io.github.dyconv.DeviceCandidate;
import java.util.List;

/** A family of devices, found by {@link java.util.ServiceLoader}. Its class must load where the family's libraries don't. */
public interface DeviceProvider {
    /**
     * The family's name.
     *
     * @return what the names of its devices are, or begin with before a colon
     */
    String family();

    /**
     * The place in the order of preference.
     *
     * @return lower comes first
     */
    int order();

    /**
     * Whether {@code auto} may choose its devices.
     *
     * @return false for devices that are only run when named, such as a simulator
     */
    boolean automatic();

    /**
     * Probes what is there. Called at most once per JVM, when first asked for.
     *
     * @return devices in order of preference, or the reasons why there are none; never empty
     */
    List<DeviceCandidate> probe();
}
