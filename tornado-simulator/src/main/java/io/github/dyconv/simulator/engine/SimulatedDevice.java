package io.github.dyconv.simulator.engine;

import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/** The simulator as a device: a graphics processor as far as TornadoVM's choices for it go. */
final class SimulatedDevice implements TornadoDevice, TornadoTargetDevice {

    private static final String NAME = "TornadoVM simulator (io.github.dyconv)";

    private final SimulatorOptions options = SimulatorOptions.fromSystemProperties();

    @Override
    public String getDeviceName() {
        return NAME;
    }

    @Override
    public String getDescription() {
        return NAME + ": runs kernels as plain Java and checks them";
    }

    @Override
    public String getPlatformName() {
        return NAME;
    }

    @Override
    public TornadoTargetDevice getPhysicalDevice() {
        return this;
    }

    @Override
    public TornadoDeviceType getDeviceType() {
        return TornadoDeviceType.GPU;
    }

    @Override
    public long getMaxAllocMemory() {
        return Integer.MAX_VALUE;
    }

    @Override
    public long getMaxGlobalMemory() {
        return Runtime.getRuntime().maxMemory();
    }

    @Override
    public long getDeviceLocalMemorySize() {
        return options.localMemoryBytes();
    }

    @Override
    public long[] getDeviceMaxWorkgroupDimensions() {
        return getDeviceMaxWorkItemSizes();
    }

    @Override
    public String getDeviceOpenCLCVersion() {
        return "";
    }

    @Override
    public String getDeviceInfo() {
        return getDescription();
    }

    @Override
    public int getBackendIndex() {
        return 0;
    }

    @Override
    public TornadoVMBackendType getTornadoVMBackend() {
        return TornadoVMBackendType.OPENCL;
    }

    @Override
    public boolean isSPIRVSupported() {
        return false;
    }

    @Override
    public void clean() {}

    @Override
    public long getDeviceGlobalMemorySize() {
        return getMaxGlobalMemory();
    }

    @Override
    public int getDeviceMaxComputeUnits() {
        return 1;
    }

    @Override
    public long[] getDeviceMaxWorkItemSizes() {
        return new long[] {options.maxGroupSize(), options.maxGroupSize(), options.maxGroupSize()};
    }

    @Override
    public long[] getDeviceMaxWorkGroupSize() {
        return new long[] {options.maxGroupSize()};
    }

    @Override
    public int getMaxThreadsPerBlock() {
        return options.maxGroupSize();
    }

    @Override
    public int getDeviceMaxClockFrequency() {
        return 1000;
    }

    @Override
    public long getDeviceMaxConstantBufferSize() {
        return 64 * 1024;
    }

    @Override
    public long getDeviceMaxAllocationSize() {
        return getMaxAllocMemory();
    }

    @Override
    public String toString() {
        return NAME;
    }
}
