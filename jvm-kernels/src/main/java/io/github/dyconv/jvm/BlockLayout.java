package io.github.dyconv.jvm;

import java.lang.foreign.MemorySegment;

/**
 * How the filter's gradient is cut into blocks, of some output channels by some input channels each. What stands where in a block
 * is known only here and to the {@link FilterBlocks} that compute it.
 */
interface BlockLayout {
    /** A part of a block of every kernel: the block's float i of kernel k is number {@code k · stride + i}. */
    record Bank(Floats floats, int stride) {}

    /** How many blocks there are. */
    int count();

    /** Floats of a block at most. */
    int length();

    /** The first output channel of a block, counted through all groups. */
    int firstChannel(int block);

    /** Output channels of a block. */
    int channels(int block);

    /** Whether it begins with the group's first input channel: of the blocks with the same output channels one does. */
    boolean begins(int block);

    /** Equal parts of a block, one behind the other. */
    int parts(int block);

    /** Floats of each part of a block. */
    int partLength(int block);

    /**
     * Floats of the units of a part, the last of which may be shorter, whose products with the bank are summed by themselves: the
     * order of sums depends on threads only if these units do.
     */
    int unit();

    /** Units of all blocks. */
    int units();

    /** The number of a part's first unit, which does not depend on how blocks are cut. */
    int firstUnit(int block, int part);

    /**
     * Gets a block of every kernel of the bank.
     *
     * @param weight {@code [K, O, C/G, kh, kw]}
     * @param block which
     * @param worker whose scratch memory may be used
     */
    void load(MemorySegment weight, int block, int worker);

    /** A part of the block that the worker loaded last. */
    Bank bank(int block, int part, int worker);

    /**
     * Writes a block of one kernel's gradient.
     *
     * @param from {@code [K, length]}
     * @param block which
     * @param kernel which
     * @param gradient {@code [K, O, C/G, kh, kw]}
     * @param worker whose scratch memory may be used
     */
    void store(Floats from, int block, int kernel, MemorySegment gradient, int worker);
}
