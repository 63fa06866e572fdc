package io.github.dyconv.tornado;

import io.github.dyconv.DeviceCandidate;
import io.github.dyconv.spi.DeviceProvider;
import java.util.List;
import java.util.function.Supplier;

/** Offers the devices of TornadoVM as {@code tornado:BACKEND:INDEX}. */
public final class TornadoDeviceProvider implements DeviceProvider {
    /** For the service loader. */
    public TornadoDeviceProvider() {}

    @Override
    public String family() {
        return "tornado";
    }

    @Override
    public int order() {
        return 0;
    }

    @Override
    public boolean automatic() {
        return true;
    }

    @Override
    public List<DeviceCandidate> probe() {
        return probe(family(), () -> TornadoDevices.tornado());
    }

    /** Calls a method of {@link TornadoDevices}, and turns whatever it throws into a plain reason. */
    static List<DeviceCandidate> probe(String family, Supplier<List<DeviceCandidate>> devices) {
        try {
            return devices.get();
        } catch (NoClassDefFoundError e) {
            return List.of(DeviceCandidate.unavailable(family, "TornadoVM's API is not on the class path (" + e + ")"));
        } catch (Throwable e) { // no driver, no platform: TornadoVM throws errors of its own
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            return List.of(DeviceCandidate.unavailable(family, "TornadoVM failed to start: " + cause));
        }
    }
}
