package uk.ac.manchester.tornado.api;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/** All backends and their devices. */
public class TornadoDeviceMap {

    private final TornadoRuntime runtime = TornadoRuntimeProvider.getTornadoRuntime();

    /** Looks the devices up. */
    public TornadoDeviceMap() {}

    /** {@return the number of backends} */
    public int getNumBackends() {
        return runtime.getNumBackends();
    }

    /** {@return all backends} */
    public List<TornadoBackend> getAllBackends() {
        return IntStream.range(0, getNumBackends())
                .mapToObj(runtime::getBackend)
                .toList();
    }

    /**
     * Finds backends.
     *
     * @param predicate tells which
     * @return those for which it holds
     */
    public List<TornadoBackend> getBackendsWithPredicate(Predicate<? super TornadoBackend> predicate) {
        return getAllBackends().stream().filter(predicate).toList();
    }

    /**
     * Finds backends by their devices.
     *
     * @param predicate tells which devices
     * @return the backends that have such a device
     */
    public List<TornadoBackend> getBackendsWithDevicePredicate(Predicate<? super TornadoDevice> predicate) {
        return getBackendsWithPredicate(
                backend -> backend.getAllDevices().stream().anyMatch(predicate));
    }

    /**
     * Finds devices by name.
     *
     * @param deviceName a part of the name, in any case
     * @return the devices whose hardware is called so
     */
    public Stream<TornadoDevice> getDevicesByName(String deviceName) {
        String part = deviceName.toLowerCase(Locale.ROOT);
        return devices()
                .filter(device -> device.getPhysicalDevice()
                        .getDeviceName()
                        .toLowerCase(Locale.ROOT)
                        .contains(part));
    }

    /**
     * Finds devices by kind.
     *
     * @param type the kind
     * @return the devices of this kind
     */
    public Stream<TornadoDevice> getDevicesByType(TornadoDeviceType type) {
        return devices().filter(device -> device.getDeviceType() == type);
    }

    private Stream<TornadoDevice> devices() {
        return getAllBackends().stream().flatMap(backend -> backend.getAllDevices().stream());
    }
}
