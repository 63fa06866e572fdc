package uk.ac.manchester.tornado.api.runtime;

import io.github.dyconv.simulator.engine.SimulatedBackend;
import uk.ac.manchester.tornado.api.TornadoRuntime;

/** Where a program finds the runtime. */
public class TornadoRuntimeProvider {

    /** The methods are static. */
    public TornadoRuntimeProvider() {}

    /** {@return the runtime, which here has one backend with one device: the simulator} */
    public static TornadoRuntime getTornadoRuntime() {
        return SimulatedBackend.RUNTIME;
    }

    /** {@return whether every plan is profiled} */
    public static boolean isProfilerEnabled() {
        return getTornadoRuntime().isProfilerEnabled();
    }

    /** {@return whether the power is measured} */
    public static boolean isPowerMonitoringEnabled() {
        return getTornadoRuntime().isPowerMonitoringEnabled();
    }

    /**
     * Sets an option. The simulator has none among them.
     *
     * @param key the option's name
     * @param value its value
     */
    public static void setProperty(String key, String value) {
        System.setProperty(key, value);
    }

    /**
     * Reads an option.
     *
     * @param key the option's name
     * @param value what is returned if it isn't set
     * @return its value
     */
    public static String getProperty(String key, String value) {
        return System.getProperty(key, value);
    }

    /**
     * Reads an option.
     *
     * @param key the option's name
     * @return its value, or null
     */
    public static String getProperty(String key) {
        return System.getProperty(key);
    }
}
