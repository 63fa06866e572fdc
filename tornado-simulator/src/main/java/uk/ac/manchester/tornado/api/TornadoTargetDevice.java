package uk.ac.manchester.tornado.api;

/** The hardware behind a device. */
public interface TornadoTargetDevice {
    /** {@return the hardware's name} */
    String getDeviceName();

    /** {@return the size of the global memory in bytes} */
    long getDeviceGlobalMemorySize();

    /** {@return the local memory of a group in bytes} */
    long getDeviceLocalMemorySize();

    /** {@return the number of compute units} */
    int getDeviceMaxComputeUnits();

    /** {@return the greatest local size in each dimension} */
    long[] getDeviceMaxWorkItemSizes();

    /** {@return the greatest number of work-items in a group} */
    long[] getDeviceMaxWorkGroupSize();

    /** {@return the greatest number of work-items in a group} */
    int getMaxThreadsPerBlock();

    /** {@return the clock in MHz} */
    int getDeviceMaxClockFrequency();

    /** {@return the constant memory in bytes} */
    long getDeviceMaxConstantBufferSize();

    /** {@return the greatest size of one array in bytes} */
    long getDeviceMaxAllocationSize();

    /** {@return a line about the hardware} */
    String getDeviceInfo();
}
