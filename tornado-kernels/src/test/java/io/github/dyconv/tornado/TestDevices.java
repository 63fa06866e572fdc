package io.github.dyconv.tornado;

import io.github.dyconv.Device;
import io.github.dyconv.DeviceCandidate;
import io.github.dyconv.Devices;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The devices to test: all that TornadoVM lists on an SDK, else the simulator. There is always one. */
final class TestDevices {
    private TestDevices() {}

    static boolean simulated() {
        return all().getFirst().name().equals(TornadoDevices.SIMULATOR);
    }

    static List<TornadoVmDevice> all() {
        List<TornadoVmDevice> devices = Devices.list().stream()
                .map(DeviceCandidate::device)
                .flatMap(Optional::stream)
                .filter(TornadoVmDevice.class::isInstance)
                .map(TornadoVmDevice.class::cast)
                .toList();
        if (devices.isEmpty()) {
            throw new AssertionError("neither TornadoVM nor the simulator has a device: " + Devices.list());
        }
        return devices;
    }

    /** Every device with a schedule forced. */
    static Stream<Device> with(String schedule) {
        return all().stream().map(device -> device.withAlgorithm(schedule));
    }

    /** Every device with every schedule forced. */
    static Stream<Device> withEachSchedule() {
        return Schedules.ALL.stream().flatMap(schedule -> with(schedule.term()));
    }

    /**
     * The same, but on an SDK's devices, where each shape takes seconds to compile, without schedule {@code direct}: its kernels
     * are those of {@code tiled} and {@code parallel}.
     */
    static Stream<Device> withSchedulesOfOwnKernels() {
        return Schedules.ALL.stream()
                .map(Schedule::term)
                .filter(term -> simulated() || !term.equals("direct"))
                .flatMap(TestDevices::with);
    }
}
