package io.github.dyconv.tornado;

import io.github.dyconv.DeviceCandidate;
import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;

/**
 * Lists what TornadoVM, or the simulator in its place, has. Loading this class needs TornadoVM's API, so the providers call
 * it where any {@link Throwable} counts as an answer.
 */
final class TornadoDevices {
    static final String TORNADO = "tornado";
    static final String SIMULATOR = "simulator";

    /** Bytes of TornadoVM's own code for a task graph: about a hundred are used for a task. */
    private static final int BYTECODE_SIZE = 1 << 18;

    /** How many events an operation of TornadoVM's can wait for: more operations than that are in no graph. */
    private static final int EVENTS = 1024;

    private static final String HOW_TO_RUN = "run java with @$TORNADOVM_HOME/tornado-argfile";

    private TornadoDevices() {}

    /** On an SDK, TornadoVM's own named module hides classes of the same packages on the class path. */
    static boolean onSdk() {
        return TaskGraph.class.getModule().isNamed();
    }

    static List<DeviceCandidate> tornado() {
        // By default TornadoVM runs a task that it can't compile as sequential Java, and of a KernelContext kernel only
        // one work-item: wrong results. It reads this when it starts. Falling back is up to our own policy.
        setDefault("tornado.recover.bailout", "False");
        // Its own limit is reached by some forty tasks in a graph, fewer than a whole network's.
        setDefault("tornado.tvm.maxbytecodesize", String.valueOf(BYTECODE_SIZE));
        // It keeps a list of as many for each operation of a graph, 128 KB by default, and clears all at each
        // execution.
        setDefault("tornado.max.events", String.valueOf(EVENTS));
        if (!onSdk()) {
            return List.of(DeviceCandidate.unavailable(TORNADO, "TornadoVM's runtime is not here: " + HOW_TO_RUN));
        }
        List<DeviceCandidate> found = new ArrayList<>();
        for (TornadoBackend backend : TornadoExecutionPlan.getTornadoDeviceMap().getAllBackends()) {
            for (int i = 0; i < backend.getNumDevices(); i++) {
                String name = TORNADO + ":" + backend.getBackendType().name() + ":" + i;
                found.add(DeviceCandidate.available(new TornadoVmDevice(name, backend.getDevice(i))));
            }
        }
        return found.isEmpty()
                ? List.of(DeviceCandidate.unavailable(TORNADO, "TornadoVM lists no device: is a driver installed?"))
                : found;
    }

    /** Sets a property of TornadoVM's unless the user did. */
    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    static List<DeviceCandidate> simulator() {
        if (onSdk()) {
            return List.of(DeviceCandidate.unavailable(
                    SIMULATOR, "TornadoVM's SDK hides it: run java without the SDK's tornado-argfile"));
        }
        return List.of(DeviceCandidate.available(new TornadoVmDevice(SIMULATOR, TornadoExecutionPlan.getDevice(0, 0))));
    }
}
