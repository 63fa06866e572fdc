package uk.ac.manchester.tornado.api;

import io.github.dyconv.simulator.engine.ExecutionTotals;
import uk.ac.manchester.tornado.api.profiler.ProfilerInterface;

/**
 * What was measured of one execution. The simulator's times are virtual: they come from a cost model over what the
 * kernels did, and are the same in every run.
 */
public class TornadoProfilerResult implements ProfilerInterface {

    private final ExecutionTotals totals;

    TornadoProfilerResult(ExecutionTotals totals) {
        this.totals = totals;
    }

    @Override
    public long getTotalTime() {
        return totals.totalTime();
    }

    @Override
    public long getCompileTime() {
        return 0;
    }

    @Override
    public long getTornadoCompilerTime() {
        return 0;
    }

    @Override
    public long getDriverInstallTime() {
        return 0;
    }

    @Override
    public long getDataTransfersTime() {
        return totals.copyInTime() + totals.copyOutTime();
    }

    @Override
    public long getDeviceWriteTime() {
        return totals.copyInTime();
    }

    @Override
    public long getDeviceReadTime() {
        return totals.copyOutTime();
    }

    @Override
    public long getDataTransferDispatchTime() {
        return 0;
    }

    @Override
    public long getKernelDispatchTime() {
        return totals.dispatchTime();
    }

    @Override
    public long getDeviceKernelTime() {
        return totals.kernelTime();
    }

    @Override
    public long getTotalBytesCopyIn() {
        return totals.bytesIn();
    }

    @Override
    public long getTotalBytesCopyOut() {
        return totals.bytesOut();
    }

    @Override
    public long getTotalBytesTransferred() {
        return totals.bytesIn() + totals.bytesOut();
    }

    @Override
    public long getTotalDeviceMemoryUsage() {
        return totals.deviceBytes();
    }

    @Override
    public String getProfileLog() {
        return totals.toJson();
    }
}
