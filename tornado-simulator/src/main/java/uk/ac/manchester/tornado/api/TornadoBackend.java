package uk.ac.manchester.tornado.api;

import java.util.List;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

/** The devices that are reached in one way. */
public interface TornadoBackend {
    /** {@return the first choice} */
    TornadoDevice getDefaultDevice();

    /**
     * Makes a device the first choice.
     *
     * @param index its index
     */
    void setDefaultDevice(int index);

    /** {@return the number of devices} */
    int getNumDevices();

    /**
     * Finds a device.
     *
     * @param index its index
     * @return the device
     */
    TornadoDevice getDevice(int index);

    /** {@return all devices} */
    List<TornadoDevice> getAllDevices();

    /** {@return the kind of the first choice} */
    TornadoDeviceType getTypeDefaultDevice();

    /** {@return the backend's name} */
    String getName();

    /** {@return the number of platforms} */
    int getNumPlatforms();

    /** {@return the kind of backend} */
    TornadoVMBackendType getBackendType();
}
