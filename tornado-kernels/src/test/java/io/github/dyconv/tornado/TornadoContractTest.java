package io.github.dyconv.tornado;

import io.github.dyconv.Device;
import io.github.dyconv.testing.DeviceContractTest;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What every TornadoVM device promises, with each schedule; without an SDK, what the simulator makes of the same kernels. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.github.dyconv.tornado.TestDevices#withEachSchedule")
class TornadoContractTest extends DeviceContractTest {
    private final Device device;

    TornadoContractTest(Device device) {
        this.device = device;
    }

    @Override
    protected Device device() {
        return device;
    }

    @Override
    protected double strictTolerance() {
        return TestDevices.simulated() ? 2e-6 : 5e-6;
    }

    @Override
    protected double attentionTolerance() {
        return 1e-6;
    }

    @Override
    protected boolean defaultIsStrict() {
        return true;
    }

    @Override
    protected int sweepSize() {
        return TestDevices.simulated() ? 300 : 30;
    }

    @Override
    protected boolean keepsNonFinite() {
        return TestDevices.simulated(); // TornadoVM asks OpenCL for fast maths
    }
}
