package io.github.dyconv.spi;

/**
 * An algorithm that was considered.
 *
 * @param name by its term: direct, Winograd, implicit GEMM, reference
 * @param chosen whether it is the one that runs
 * @param reason one plain line: why it was chosen, or passed over
 */
public record AlgorithmChoice(String name, boolean chosen, String reason) {}
