package io.github.dyconv.simulator.engine;

import java.lang.invoke.MethodHandle;
import java.util.List;

/**
 * An instrumented kernel.
 *
 * @param name its class and method
 * @param entry takes an array of the arguments, the tracer behind them
 * @param parameterNames the names of the parameters, the receiver first if there is one
 * @param sites the instructions that report accesses, by number
 * @param barriers the barriers, by number
 * @param parallelVariables the {@code @Parallel} variables, outermost first
 */
record KernelCode(
        String name,
        MethodHandle entry,
        List<String> parameterNames,
        List<Site> sites,
        List<Barrier> barriers,
        List<String> parallelVariables) {

    /**
     * An instruction that reports accesses.
     *
     * @param source its file and line
     * @param variable the variable that its result goes to, or an empty string
     */
    record Site(String source, String variable) {}

    /**
     * A barrier.
     *
     * @param source its file and line
     * @param global whether it orders global memory, rather than local
     */
    record Barrier(String source, boolean global) {}

    boolean hasGlobalBarrier() {
        return barriers.stream().anyMatch(Barrier::global);
    }
}
