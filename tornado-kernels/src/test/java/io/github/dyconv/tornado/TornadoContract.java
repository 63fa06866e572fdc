package io.github.dyconv.tornado;

import io.github.dyconv.Device;
import io.github.dyconv.testing.DeviceContractTest;

/**
 * What every TornadoVM device promises; without an SDK, what the simulator makes of the same kernels. A class for each schedule,
 * so that two processes can share the work, most of which is compiling kernels.
 */
abstract class TornadoContract extends DeviceContractTest {
    private final Device device;

    TornadoContract(Device device) {
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
