package io.github.dyconv.testing;

import io.github.dyconv.Device;

/** Shows that PyTorch's gradients, the reference's and the contract agree. */
class ReferenceGradientsTest extends GradientContract {
    @Override
    protected Device device() {
        return new ReferenceDevice();
    }

    @Override
    protected double tolerance() {
        return 1e-7; // what rounding to float32 costs, twice
    }

    @Override
    protected int sweepSize() {
        return 20;
    }

    @Override
    protected boolean reproducible() {
        return true;
    }
}
