package io.github.dyconv;

import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedForward;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A layer made ready for one input shape on one device, for repeated use. It reads the layer's parameters anew at each run,
 * and redoes what depends on them only when they changed.
 *
 * <p>Safe for many threads: calls on one plan run one after another. Plans for the same layer are independent.
 */
public final class ForwardPlan implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(ForwardPlan.class.getName());

    private final DYConv2d layer;
    private final ForwardProblem problem;
    private final int[] inputShape;
    private final int[] outputShape;
    private final Tensor attention;
    private final ReentrantLock lock = new ReentrantLock();
    private Device device;
    private PreparedForward prepared;
    private boolean closed;

    ForwardPlan(DYConv2d layer, Device device, ForwardProblem problem) {
        Conv2dGeometry geometry = problem.geometry();
        this.layer = layer;
        this.problem = problem;
        this.inputShape = new int[] {problem.batch(), geometry.inPlanes(), problem.height(), problem.width()};
        this.outputShape = new int[] {problem.batch(), geometry.outPlanes(), problem.outHeight(), problem.outWidth()};
        Shapes.elements("input", inputShape);
        Shapes.elements("output", outputShape);
        this.attention = Tensor.zeros(problem.batch(), problem.config().kernels());
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
        Shapes.require("input", inputShape, input, "as planned");
        Tensor output = Tensor.zeros(outputShape);
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
        Shapes.require("input", inputShape, input, "as planned");
        Shapes.require("output", outputShape, output, "as planned");
        if (output.segment().isReadOnly()
                || output.segment().asOverlappingSlice(input.segment()).isPresent()) {
            throw new IllegalArgumentException("output: must be writable and must not overlap the input");
        }
        lock.lock();
        try {
            requireOpen();
            Parameters parameters = layer.parameters();
            try {
                prepared.run(parameters, input, output, attention);
            } catch (DeviceException e) {
                PreparedForward failed = prepared;
                prepared = fallBack(e);
                failed.close();
                prepared.run(parameters, input, output, attention);
            }
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this plan is closed");
        }
    }

    /**
     * The attention of the last run.
     *
     * @return {@code [N, K]}, a copy; zeros before the first run
     */
    public Tensor attention() {
        lock.lock();
        try {
            return attention.copy();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The shape of the input.
     *
     * @return {@code [N, C, H, W]}
     */
    public int[] inputShape() {
        return inputShape.clone();
    }

    /**
     * The shape of the output.
     *
     * @return {@code [N, O, H', W']}
     */
    public int[] outputShape() {
        return outputShape.clone();
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
     * The algorithm that was chosen.
     *
     * @return its name
     */
    public String algorithm() {
        return algorithms().stream()
                .filter(AlgorithmChoice::chosen)
                .map(AlgorithmChoice::name)
                .findFirst()
                .orElseThrow();
    }

    /**
     * Every algorithm that was considered, in order of preference, with the reason for or against it.
     *
     * @return the choices
     */
    public List<AlgorithmChoice> algorithms() {
        lock.lock();
        try {
            return prepared.algorithms();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Memory that the plan keeps besides parameters, input and output.
     *
     * @return bytes, on the device where it is one
     */
    public long scratchBytes() {
        lock.lock();
        try {
            return prepared.scratchBytes();
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

    /** Frees the plan's buffers. Later runs throw; closing twice does nothing. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                prepared.close();
            }
        } finally {
            lock.unlock();
        }
    }
}
