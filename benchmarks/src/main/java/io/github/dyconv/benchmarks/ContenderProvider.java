package io.github.dyconv.benchmarks;

import io.github.dyconv.Precision;
import io.github.dyconv.examples.LayerCase;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes contenders of one kind. Those of other projects are found by {@link java.util.ServiceLoader}. */
public interface ContenderProvider {
    /** What a contender stands for. */
    enum Role {
        /** A dynamic convolution. */
        DYNAMIC,
        /** A training step of a dynamic convolution ({@link TrainingStep}). */
        TRAINING,
        /** A plain convolution of the same geometry. */
        STATIC,
        /** What no contender on this machine can pass. */
        CEILING
    }

    /**
     * Everything that precedes a first forward pass and is not its cost: native libraries, parameters, input.
     *
     * @param version what runs, in words
     * @param prepare makes the contender; it and the first run are what a first call costs
     */
    record Loaded(String version, Supplier<Contender> prepare) {}

    /**
     * The name on the command line and in reports.
     *
     * @return in lower case
     */
    String name();

    /**
     * What its contenders stand for.
     *
     * @return the role
     */
    Role role();

    /**
     * Which error its results may have.
     *
     * @return the precision whose bound holds
     */
    default Precision precision() {
        return Precision.DEFAULT;
    }

    /**
     * Environment variables that a process needs to show this contender at its best.
     *
     * @return names and values
     */
    default Map<String, String> environment() {
        return Map.of();
    }

    /**
     * Why it can't take part here.
     *
     * @return what it lacks; empty if it can
     */
    default Optional<String> missing() {
        return Optional.empty();
    }

    /**
     * Why it takes no part with a layer, where it otherwise can.
     *
     * @param timed the layer
     * @param threads how many to use
     * @return one plain line, or empty if it does
     */
    default Optional<String> refusal(LayerCase timed, int threads) {
        return Optional.empty();
    }

    /**
     * Loads what a contender needs.
     *
     * @param timed the layer; input and parameters are {@link LayerCase#input()} and {@link LayerCase#build()}, or {@link
     *     io.github.dyconv.examples.PlainConvolution#parameters}
     * @param threads how many to use
     * @return what is ready
     */
    Loaded load(LayerCase timed, int threads);
}
