package uk.ac.manchester.tornado.api.common;

import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/** A device that can run task graphs. */
public interface TornadoDevice {
    /** {@return the device's short name} */
    String getDeviceName();

    /** {@return a line about the device} */
    String getDescription();

    /** {@return the name of its platform} */
    String getPlatformName();

    /** {@return the hardware behind it} */
    TornadoTargetDevice getPhysicalDevice();

    /** {@return its kind} */
    TornadoDeviceType getDeviceType();

    /** {@return the greatest size of one array in bytes} */
    long getMaxAllocMemory();

    /** {@return the size of the global memory in bytes} */
    long getMaxGlobalMemory();

    /** {@return the local memory of a group in bytes} */
    long getDeviceLocalMemorySize();

    /** {@return the greatest local size in each dimension} */
    long[] getDeviceMaxWorkgroupDimensions();

    /** {@return the version of OpenCL C} */
    String getDeviceOpenCLCVersion();

    /** {@return more about the device} */
    Object getDeviceInfo();

    /** {@return the index of its backend} */
    int getBackendIndex();

    /** {@return its backend} */
    TornadoVMBackendType getTornadoVMBackend();

    /** {@return whether it takes SPIR-V} */
    boolean isSPIRVSupported();

    /** Forgets compiled kernels. */
    void clean();
}
