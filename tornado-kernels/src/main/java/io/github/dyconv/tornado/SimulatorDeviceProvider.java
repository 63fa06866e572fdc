package io.github.dyconv.tornado;

import io.github.dyconv.DeviceCandidate;
import io.github.dyconv.spi.DeviceProvider;
import java.util.List;

/** Offers the simulator, which runs the same task graphs on the plain JVM and checks them, as {@code simulator}. */
public final class SimulatorDeviceProvider implements DeviceProvider {
    /** For the service loader. */
    public SimulatorDeviceProvider() {}

    @Override
    public String family() {
        return "simulator";
    }

    @Override
    public int order() {
        return 200;
    }

    @Override
    public boolean automatic() {
        return false;
    }

    @Override
    public List<DeviceCandidate> probe() {
        return TornadoDeviceProvider.probe(family(), () -> TornadoDevices.simulator());
    }
}
