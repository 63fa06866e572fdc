package io.github.dyconv.tornado;

import io.github.dyconv.Device;
import io.github.dyconv.testing.GradientContract;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients on every TornadoVM device with each schedule; without an SDK, what the simulator makes of the same kernels. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.github.dyconv.tornado.TestDevices#withSchedulesOfOwnKernels")
class GoldenGradientTest extends GradientContract {
    private final Device device;

    GoldenGradientTest(Device device) {
        this.device = device;
    }

    @Override
    protected Device device() {
        return device;
    }

    @Override
    protected double tolerance() {
        return 2e-5;
    }

    @Override
    protected double attentionTolerance() {
        return 1e-4;
    }

    @Override
    protected int sweepSize() {
        return TestDevices.simulated() ? 24 : 6;
    }

    @Override
    protected int awkwardLeftOut() {
        return TestDevices.simulated() ? 0 : 5;
    }

    @Override
    protected boolean defaultIsStrict() {
        return true;
    }

    @Override
    protected int plainSweepSize() {
        return 4;
    }

    @Override
    protected boolean reproducible() {
        return !TestDevices.simulated(); // there the order of work-items is fixed, and a race is an error
    }
}
