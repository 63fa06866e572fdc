package io.github.dyconv;

import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedForward;
import io.github.dyconv.spi.PreparedTraining;
import java.util.List;
import java.util.Map;

/** Something that runs a layer: the JVM, or a device of TornadoVM. Found through {@link Devices}. Safe for many threads. */
public interface Device {
    /**
     * The name that {@link Devices#select} takes.
     *
     * @return for example {@code jvm} or {@code tornado:OPENCL:0}
     */
    String name();

    /**
     * What it is.
     *
     * @return one line for people: the processor's or card's name, driver, threads
     */
    String description();

    /**
     * Does once what depends only on the layer and the input's shape. Users call {@link DYConv2d#plan}, which checks and
     * wraps this.
     *
     * @param problem layer, input shape and options
     * @return what runs it
     * @throws DeviceException if the device can't do what the options ask, or fails
     */
    PreparedForward prepare(ForwardProblem problem);

    /**
     * As {@link #prepare}, for the forward and the backward pass. Users call {@link DYConv2d#trainingPlan}. A plain convolution
     * ({@link ForwardProblem#dynamic()} false, K = 1) is trained in the same way: nothing of the attention's parameters matters
     * then, and their gradients are zeros.
     *
     * @param problem layer, input shape and options
     * @return what runs both
     * @throws DeviceException if the device does not train, can't do what the options ask, or fails
     */
    default PreparedTraining prepareTraining(ForwardProblem problem) {
        throw new DeviceException(name() + ": computes no gradients; train on another device, such as jvm");
    }

    /**
     * The same device with one of its algorithms forced, whatever it would choose by itself: for tests and benchmarks.
     *
     * @param algorithm the algorithm's name
     * @return the device, which then refuses what that algorithm can't do
     * @throws DeviceException if it has no such algorithm; the message lists those it has
     */
    default Device withAlgorithm(String algorithm) {
        throw new DeviceException(name() + ": no algorithm '" + algorithm + "'; it has only one");
    }

    /**
     * The algorithms that {@link #withAlgorithm} can force.
     *
     * @return their names in order of preference; empty if there is no choice
     */
    default List<String> algorithms() {
        return List.of();
    }

    /**
     * What tells this device from others, for reports: hardware, driver, runtime and their versions.
     *
     * @return values by what they are, in an order for people; empty if the description says all
     */
    default Map<String, String> details() {
        return Map.of();
    }
}
