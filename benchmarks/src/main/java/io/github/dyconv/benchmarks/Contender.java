package io.github.dyconv.benchmarks;

import io.github.dyconv.Tensor;
import io.github.dyconv.examples.SteadyRuns;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Something made ready for one layer that takes its turns in a comparison. Used by one thread. */
public interface Contender extends AutoCloseable {
    /** Does the work: one forward pass, one training step, or {@link #repeats()} times the work of one. */
    void run();

    /**
     * Runs once, which does not count, and then so many times.
     *
     * @param counted runs that count
     * @return the nanoseconds of each
     */
    default long[] turn(int counted) {
        return SteadyRuns.turn(this::run, counted);
    }

    /**
     * What the last run computed.
     *
     * @return {@code [N, O, H', W']}, perhaps a copy; empty for the machine's ceilings, which compute nothing of use
     */
    Optional<Tensor> output();

    /**
     * What the last run computed of gradients.
     *
     * @return those of the input and of the parameters in the order of their names, perhaps copies; empty if it does not train
     */
    default List<Tensor> gradients() {
        return List.of();
    }

    /**
     * How it computes.
     *
     * @return a name
     */
    String algorithm();

    /**
     * Memory that it keeps besides parameters, input and output.
     *
     * @return bytes; empty if it does not tell
     */
    default OptionalLong scratchBytes() {
        return OptionalLong.empty();
    }

    /**
     * How often one run does the layer's work.
     *
     * @return more than 1 where starting the threads would distort a single pass
     */
    default int repeats() {
        return 1;
    }

    /**
     * The process that does the work, whose memory is the contender's.
     *
     * @return this one, unless another is asked to
     */
    default ProcessHandle process() {
        return ProcessHandle.current();
    }

    /** Frees what it holds. */
    @Override
    void close();
}
