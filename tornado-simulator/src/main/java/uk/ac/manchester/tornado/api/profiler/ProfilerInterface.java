package uk.ac.manchester.tornado.api.profiler;

/** What is measured of an execution. */
public interface ProfilerInterface {
    /** {@return the time of the whole execution in nanoseconds} */
    long getTotalTime();

    /** {@return the time spent on making device code, in nanoseconds} */
    long getCompileTime();

    /** {@return the time spent in TornadoVM's compiler, in nanoseconds} */
    long getTornadoCompilerTime();

    /** {@return the time spent in the driver's compiler, in nanoseconds} */
    long getDriverInstallTime();

    /** {@return the time of all copies in nanoseconds} */
    long getDataTransfersTime();

    /** {@return the time of the copies to the device in nanoseconds} */
    long getDeviceWriteTime();

    /** {@return the time of the copies to the host in nanoseconds} */
    long getDeviceReadTime();

    /** {@return the time spent on starting copies, in nanoseconds} */
    long getDataTransferDispatchTime();

    /** {@return the time spent on starting kernels, in nanoseconds} */
    long getKernelDispatchTime();

    /** {@return the time that kernels ran, in nanoseconds} */
    long getDeviceKernelTime();

    /** {@return the number of bytes copied to the device} */
    long getTotalBytesCopyIn();

    /** {@return the number of bytes copied to the host} */
    long getTotalBytesCopyOut();

    /** {@return the number of bytes copied either way} */
    long getTotalBytesTransferred();

    /** {@return the number of bytes held on the device} */
    long getTotalDeviceMemoryUsage();

    /** {@return the measurements as JSON} */
    String getProfileLog();
}
