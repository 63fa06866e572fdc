package io.github.dyconv.simulator.engine;

import java.util.List;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.exceptions.TornadoBackendNotFound;
import uk.ac.manchester.tornado.api.exceptions.TornadoDeviceNotFound;

/** The only backend of the simulator, with its only device. */
public final class SimulatedBackend implements TornadoBackend {

    /** The runtime that has this backend. */
    public static final TornadoRuntime RUNTIME = new OnlyRuntime();

    private final TornadoDevice device = new SimulatedDevice();

    private SimulatedBackend() {}

    @Override
    public TornadoDevice getDefaultDevice() {
        return device;
    }

    @Override
    public void setDefaultDevice(int index) {
        getDevice(index);
    }

    @Override
    public int getNumDevices() {
        return 1;
    }

    @Override
    public TornadoDevice getDevice(int index) {
        if (index != 0) {
            throw new TornadoDeviceNotFound("device: the simulator has device 0 only, got " + index);
        }
        return device;
    }

    @Override
    public List<TornadoDevice> getAllDevices() {
        return List.of(device);
    }

    @Override
    public TornadoDeviceType getTypeDefaultDevice() {
        return device.getDeviceType();
    }

    @Override
    public String getName() {
        return device.getPlatformName();
    }

    @Override
    public int getNumPlatforms() {
        return 1;
    }

    @Override
    public TornadoVMBackendType getBackendType() {
        return device.getTornadoVMBackend();
    }

    private static final class OnlyRuntime implements TornadoRuntime {

        private final TornadoBackend backend = new SimulatedBackend();

        @Override
        public TornadoBackend getBackend(int index) {
            if (index != 0) {
                throw new TornadoBackendNotFound("backend: the simulator has backend 0 only, got " + index);
            }
            return backend;
        }

        @Override
        public void setDefaultBackend(int index) {
            getBackend(index);
        }

        @Override
        public TornadoVMBackendType getBackendType(int index) {
            return getBackend(index).getBackendType();
        }

        @Override
        public int getNumBackends() {
            return 1;
        }

        @Override
        public TornadoDevice getDefaultDevice() {
            return backend.getDefaultDevice();
        }

        @Override
        public boolean isProfilerEnabled() {
            return false;
        }

        @Override
        public boolean isPowerMonitoringEnabled() {
            return false;
        }

        @Override
        public long getPowerMetric() {
            return 0;
        }
    }
}
