package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/** A way to run a layer: which kernels, on what layouts, with which grids. A class for each; they share nothing but this. */
interface Schedule {
    /** Those that compute in FP32, in order of preference; the last one takes every layer on every device. */
    List<Schedule> ALL = List.of(new TiledSchedule(OptionalInt.empty()), new VectorSchedule(), new ParallelSchedule());

    /** The only one for half precision. */
    Schedule HALF = new HalfSchedule(OptionalInt.empty());

    /** Its name, by which it can be forced. */
    String term();

    /** Why it can't run this layer on this device, in one plain line, or empty if it can. */
    Optional<String> unsupported(TornadoDevice device, ForwardProblem problem);

    /** Why the next schedule is the better one here, in one plain line, or empty if this is. Asked where it is supported. */
    Optional<String> unsuitable(TornadoDevice device, ForwardProblem problem);

    /**
     * Makes the layer's arrays and tasks.
     *
     * @param name what the names of tasks begin with
     * @param device where they will run
     * @param problem supported there
     * @throws IllegalArgumentException if an array would be too large
     */
    LayerTasks layOut(String name, TornadoDevice device, ForwardProblem problem);

    /** Work-items in one group at most. */
    static long largestGroup(TornadoDevice device) {
        return device.getPhysicalDevice().getDeviceMaxWorkGroupSize()[0];
    }
}
