package io.github.dyconv;

import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.Prepared;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What plans have in common: shapes, checked once, and calls that run one after another. */
abstract sealed class LayerPlan implements AutoCloseable permits ForwardPlan, TrainingPlan {
    final DYConv2d layer;
    final ForwardProblem problem;
    final ReentrantLock lock = new ReentrantLock();
    private final int[] inputShape;
    private final int[] outputShape;

    /** Zeros, of a plan that has not run, or whose last run failed. */
    private final Tensor noAttention;

    /** That of the last run, or null as long as only the device has it. */
    private @Nullable Tensor attention;

    private boolean closed;

    LayerPlan(DYConv2d layer, ForwardProblem problem) {
        Conv2dGeometry geometry = problem.geometry();
        this.layer = layer;
        this.problem = problem;
        this.inputShape = new int[] {problem.batch(), geometry.inPlanes(), problem.height(), problem.width()};
        this.outputShape = new int[] {problem.batch(), geometry.outPlanes(), problem.outHeight(), problem.outWidth()};
        Shapes.elements("input", inputShape);
        Shapes.elements("output", outputShape);
        this.noAttention = Tensor.zeros(problem.batch(), problem.config().kernels());
        this.attention = noAttention;
    }

    /** What runs now. */
    abstract Prepared prepared();

    final Tensor newInput() {
        return Tensor.zeros(inputShape);
    }

    final Tensor newOutput() {
        return Tensor.zeros(outputShape);
    }

    final void requireInput(Tensor input) {
        Shapes.require("input", inputShape, input, "as planned");
    }

    final void requireOutput(Tensor output, Tensor input) {
        Shapes.require("output", outputShape, output, "as planned");
        requireWritable("output", output, "input", input);
    }

    final void requireOutputGradient(Tensor outputGradient) {
        Shapes.require("outputGradient", outputShape, outputGradient, "as planned");
    }

    final void requireInputGradient(Tensor inputGradient, Tensor input, Tensor outputGradient) {
        Shapes.require("inputGradient", inputShape, inputGradient, "as planned");
        requireWritable("inputGradient", inputGradient, "input", input);
        requireWritable("inputGradient", inputGradient, "output gradient", outputGradient);
    }

    private static void requireWritable(String name, Tensor written, String readName, Tensor read) {
        if (written.segment().isReadOnly()
                || written.segment().asOverlappingSlice(read.segment()).isPresent()) {
            throw new IllegalArgumentException(name + ": must be writable and must not overlap the " + readName);
        }
    }

    final void requireOpen() {
        if (closed) {
            throw new IllegalStateException("this plan is closed");
        }
    }

    /** Before a run, which overwrites the device's attention. */
    final void forgetAttention() {
        attention = noAttention;
    }

    /** After a run that did not fail: the device has its attention, should anybody ask for it. */
    final void leaveAttention() {
        attention = null;
    }

    /**
     * The attention of the last run. A device with memory of its own copies it to the host only when it is first asked for.
     *
     * @return {@code [N, K]}, a copy; zeros before the first run and after one that failed
     * @throws DeviceException if the device fails to tell
     */
    public final Tensor attention() {
        lock.lock();
        try {
            return fetchedAttention().copy();
        } finally {
            lock.unlock();
        }
    }

    private Tensor fetchedAttention() {
        Tensor known = attention;
        if (known == null) {
            known = prepared().attention();
            attention = known;
        }
        return known;
    }

    /**
     * The shape of the input.
     *
     * @return {@code [N, C, H, W]}
     */
    public final int[] inputShape() {
        return inputShape.clone();
    }

    /**
     * The shape of the output.
     *
     * @return {@code [N, O, H', W']}
     */
    public final int[] outputShape() {
        return outputShape.clone();
    }

    /**
     * The algorithm that was chosen.
     *
     * @return its name
     */
    public final String algorithm() {
        return chosen().name();
    }

    /**
     * Why it was chosen.
     *
     * @return one plain line
     */
    public final String reason() {
        return chosen().reason();
    }

    private AlgorithmChoice chosen() {
        return algorithms().stream().filter(AlgorithmChoice::chosen).findFirst().orElseThrow();
    }

    /**
     * Every algorithm that was considered, in order of preference, with the reason for or against it.
     *
     * @return the choices
     */
    public final List<AlgorithmChoice> algorithms() {
        lock.lock();
        try {
            return prepared().algorithms();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Memory that the plan keeps besides parameters, their gradients, and the tensors that each call is given.
     *
     * @return bytes, on the device where it is one
     */
    public final long scratchBytes() {
        lock.lock();
        try {
            return prepared().scratchBytes();
        } finally {
            lock.unlock();
        }
    }

    /** Frees the plan's buffers, but for the last attention. Later runs throw; closing twice does nothing. */
    @Override
    public final void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                try {
                    fetchedAttention();
                } finally {
                    prepared().close();
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
