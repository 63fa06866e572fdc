package io.github.dyconv;

import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedForward;
import java.lang.System.Logger.Level;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A layer made ready for one input shape on one device, for repeated use. It reads the layer's parameters anew at each run,
 * and redoes what depends on them only when they changed.
 *
 * <p>Safe for many threads: calls on one plan run one after another. Plans for the same layer are independent.
 */
public final class ForwardPlan extends LayerPlan {
    private static final System.Logger LOGGER = System.getLogger(ForwardPlan.class.getName());

    private Device device;
    private PreparedForward prepared;
    private @Nullable Tensor ownInput;
    private @Nullable Tensor ownOutput;

    ForwardPlan(DYConv2d layer, Device device, ForwardProblem problem) {
        super(layer, problem);
        this.device = device;
        this.prepared = prepare(device);
    }

    private PreparedForward prepare(Device target) {
        try {
            return target.prepare(problem);
        } catch (DeviceException e) {
            if (e.isRefusal()) {
                throw e; // an option that the device lacks is the caller's error, not the device's failure
            }
            return fallBack(e);
        }
    }

    /** Moves to the JVM for good, or throws what happened where the policy or the device leaves no way. */
    private PreparedForward fallBack(DeviceException failure) {
        if (problem.options().onFailure() == FailurePolicy.FAIL || device.name().equals("jvm")) {
            throw failure;
        }
        try {
            Device jvm = Devices.select("jvm");
            PreparedForward onJvm = jvm.prepare(problem);
            LOGGER.log(
                    Level.WARNING,
                    device.name() + " failed, going on with " + jvm.name() + ": " + failure.getMessage(),
                    failure);
            device = jvm;
            return onJvm;
        } catch (DeviceException alsoFailed) {
            failure.addSuppressed(alsoFailed);
            throw failure;
        }
    }

    /**
     * Runs the layer into a new tensor.
     *
     * @param input {@code [N, C, H, W]} of the plan's shape; not modified
     * @return {@code [N, O, H', W']}
     * @throws IllegalArgumentException if the shape is another
     * @throws DeviceException if the device fails and the policy is {@link FailurePolicy#FAIL}
     * @throws IllegalStateException if the plan is closed
     */
    public Tensor forward(Tensor input) {
        requireInput(input);
        Tensor output = newOutput();
        forward(input, output);
        return output;
    }

    /**
     * Runs the layer into a given tensor; on the JVM this allocates nothing.
     *
     * @param input {@code [N, C, H, W]} of the plan's shape; not modified
     * @param output {@code [N, O, H', W']}, overwritten; must not overlap the input
     * @throws IllegalArgumentException if a shape is another, or the two overlap
     * @throws DeviceException if the device fails and the policy is {@link FailurePolicy#FAIL}; output is then undefined
     * @throws IllegalStateException if the plan is closed
     */
    public void forward(Tensor input, Tensor output) {
        requireInput(input);
        requireOutput(output, input);
        lock.lock();
        try {
            requireOpen();
            forgetAttention();
            Parameters parameters = layer.parameters();
            try {
                prepared.run(parameters, input, output);
            } catch (DeviceException e) {
                PreparedForward failed = prepared;
                prepared = fallBack(e);
                failed.close();
                prepared.run(parameters, input, output);
            }
            leaveAttention();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs the layer from the plan's {@link #input()} to its {@link #output()}: on a device that does not read the host's
     * memory, this saves a copy of each.
     *
     * @return {@link #output()}
     * @throws DeviceException if the device fails and the policy is {@link FailurePolicy#FAIL}; output is then undefined
     * @throws IllegalStateException if the plan is closed
     */
    public Tensor forward() {
        Tensor output = output();
        forward(input(), output);
        return output;
    }

    /**
     * The plan's own input, to be written before {@link #forward()}.
     *
     * @return {@code [N, C, H, W]}, live: zeros at first; a run with another input may overwrite it
     */
    public Tensor input() {
        lock.lock();
        try {
            if (ownInput == null) {
                ownInput = prepared.ownInput().orElseGet(this::newInput);
            }
            return ownInput;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The plan's own output, which {@link #forward()} writes.
     *
     * @return {@code [N, O, H', W']}, live: every run may overwrite it, whatever tensors it is given
     */
    public Tensor output() {
        lock.lock();
        try {
            if (ownOutput == null) {
                ownOutput = prepared.ownOutput().orElseGet(this::newOutput);
            }
            return ownOutput;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The device that runs the plan: the one asked for, or the JVM after it failed under {@link FailurePolicy#FALL_BACK}.
     *
     * @return the device
     */
    public Device device() {
        lock.lock();
        try {
            return device;
        } finally {
            lock.unlock();
        }
    }

    /**
     * What the device measured of the last run.
     *
     * @return the times and bytes; empty before the first run, without {@link ForwardOptions#profiling()}, and on the JVM
     *     device
     */
    public Optional<Timings> timings() {
        lock.lock();
        try {
            return prepared.timings();
        } finally {
            lock.unlock();
        }
    }

    @Override
    PreparedForward prepared() {
        return prepared;
    }
}
