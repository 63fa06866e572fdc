package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.List;
import java.util.Optional;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/** A way to run a layer: which kernels, on what layouts, with which grids. A class for each; they share nothing but this. */
interface Schedule {
    /** What it is called, whatever its tile. */
    String term();

    /** What its kernels compute at a time, or empty if it takes what suits the layer. */
    default Optional<?> tile() {
        return Optional.empty();
    }

    /** Its name, by which it can be forced. */
    default String name() {
        return tile().map(size -> term() + ":" + size).orElse(term());
    }

    /** Whether it computes in half precision; the others in FP32. */
    default boolean half() {
        return false;
    }

    /** The same with a tile of its own, or empty if that is none of its tiles. */
    default Optional<Schedule> withTile(String tile) {
        return Optional.empty();
    }

    /** This one, and the same with each other tile that is worth a trial. Asked where it is supported. */
    default List<Schedule> variants(TornadoDevice device, ForwardProblem problem) {
        return List.of(this);
    }

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
