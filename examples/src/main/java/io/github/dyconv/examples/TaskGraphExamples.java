package io.github.dyconv.examples;

import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.Devices;
import io.github.dyconv.Tensor;
import java.io.IOException;

/** What the examples of task graphs share. */
final class TaskGraphExamples {
    private static final int FACTOR_ON_SIMULATOR = 8;

    private TaskGraphExamples() {}

    /** The device that the first argument names, else TornadoVM's best, else the simulator. */
    static Device device(String... args) {
        if (args.length > 0) {
            return Devices.select(args[0]);
        }
        try {
            return Devices.select("tornado");
        } catch (DeviceException notHere) {
            return Devices.select("simulator");
        }
    }

    /** The photograph, reduced for the simulator, which checks every access to memory and so takes its time. */
    static Tensor picture(Device device) throws IOException {
        return device.name().equals("simulator") ? Photograph.reduced(FACTOR_ON_SIMULATOR) : Photograph.read();
    }

    /** Relative L2 distance. */
    static double distance(Tensor expected, Tensor actual) {
        float[] truth = expected.toArray();
        float[] values = actual.toArray();
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < truth.length; i++) {
            difference += ((double) values[i] - truth[i]) * ((double) values[i] - truth[i]);
            norm += (double) truth[i] * truth[i];
        }
        return Math.sqrt(difference / norm);
    }
}
