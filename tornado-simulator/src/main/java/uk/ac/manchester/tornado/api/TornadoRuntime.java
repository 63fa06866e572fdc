package uk.ac.manchester.tornado.api;

import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/** The backends that are there. */
public interface TornadoRuntime {
    /**
     * Finds a backend.
     *
     * @param index its index
     * @return the backend
     */
    TornadoBackend getBackend(int index);

    /**
     * Makes a backend the first choice.
     *
     * @param index its index
     */
    void setDefaultBackend(int index);

    /**
     * Tells the kind of a backend.
     *
     * @param index its index
     * @return its kind
     */
    TornadoVMBackendType getBackendType(int index);

    /** {@return the number of backends} */
    int getNumBackends();

    /** {@return the first choice} */
    TornadoDevice getDefaultDevice();

    /** {@return whether every plan is profiled} */
    boolean isProfilerEnabled();

    /** {@return whether the power is measured} */
    boolean isPowerMonitoringEnabled();

    /** {@return the power in milliwatts} */
    long getPowerMetric();
}
