package io.github.dyconv.testing;

import io.github.dyconv.Device;

/** Shows that golden cases, reference and contract agree. */
class ReferenceDeviceTest extends DeviceContractTest {
    private static final ReferenceDevice DEVICE = new ReferenceDevice();

    @Override
    protected Device device() {
        return DEVICE;
    }

    @Override
    protected double strictTolerance() {
        return 5e-8; // what rounding to float32 costs
    }

    @Override
    protected double defaultTolerance() {
        return 5e-8;
    }

    @Override
    protected double attentionTolerance() {
        return 5e-8;
    }

    @Override
    protected int sweepSize() {
        return 300;
    }

    @Override
    protected boolean bitwiseInvariant() {
        return true;
    }
}
