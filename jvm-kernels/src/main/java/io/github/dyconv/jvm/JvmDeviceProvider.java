package io.github.dyconv.jvm;

import io.github.dyconv.DeviceCandidate;
import io.github.dyconv.spi.DeviceProvider;
import java.util.List;
import java.util.Optional;

/** Offers the JVM as device {@code jvm}. */
public final class JvmDeviceProvider implements DeviceProvider {
    static final String FAMILY = "jvm";

    /** For the service loader. */
    public JvmDeviceProvider() {}

    @Override
    public String family() {
        return FAMILY;
    }

    @Override
    public int order() {
        return 100;
    }

    @Override
    public boolean automatic() {
        return true;
    }

    @Override
    public List<DeviceCandidate> probe() {
        return List.of(DeviceCandidate.available(new JvmDevice(Optional.empty())));
    }
}
