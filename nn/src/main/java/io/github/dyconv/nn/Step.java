package io.github.dyconv.nn;

import io.github.dyconv.Tensor;
import org.jspecify.annotations.Nullable;

/** An operation made ready for one batch size: its tensors are fixed. Not thread-safe. */
interface Step extends AutoCloseable {
    /** Computes the output from the inputs. */
    void forward();

    /**
     * Computes gradients of the last forward pass, those of the parameters too; all are overwritten.
     *
     * @param outputGradient of the operation's value
     * @param inputGradients one for each input; null where nobody needs it
     */
    void backward(Tensor outputGradient, @Nullable Tensor[] inputGradients);

    @Override
    default void close() {} // most hold nothing
}
