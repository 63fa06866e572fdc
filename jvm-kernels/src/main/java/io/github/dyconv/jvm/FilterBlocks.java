package io.github.dyconv.jvm;

import java.lang.foreign.MemorySegment;

/**
 * How {@link BlockedFilterGradient} cuts the filter's gradient into blocks, of some output channels by some input channels each,
 * and computes one. A block's layout is its own; only these methods know it.
 */
interface FilterBlocks {
    /** A part of a block of every kernel: the block's float i of kernel k is at {@code base + k · stride + i}. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Bank(float[] floats, int base, int stride) {}

    /** What a block's lanes are, in a few words. */
    String term();

    /** How many blocks there are. */
    int count();

    /** Floats of a block at most. */
    int length();

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
     * Computes a block of one sample's gradient: {@code Σ_p dy[oc, p] · x[ic, p at tap t]}.
     *
     * @param x {@code [N, C, H, W]}
     * @param dy {@code [N, O, H', W']}
     * @param sample which
     * @param block which
     * @param sums of {@link #length()}, overwritten
     * @param worker whose scratch memory may be used
     */
    void correlate(MemorySegment x, MemorySegment dy, int sample, int block, float[] sums, int worker);

    /**
     * Writes a block of every kernel's gradient.
     *
     * @param from {@code [K, length]}
     * @param block which
     * @param gradient {@code [K, O, C/G, kh, kw]}
     * @param worker whose scratch memory may be used
     */
    void store(float[] from, int block, MemorySegment gradient, int worker);

    /** Scratch memory. */
    long scratchBytes();
}
