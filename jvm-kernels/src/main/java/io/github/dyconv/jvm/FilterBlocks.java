package io.github.dyconv.jvm;

import java.lang.foreign.MemorySegment;

/**
 * How {@link BlockedFilterGradient} cuts the filter's gradient into blocks, of some output channels by some input channels each,
 * and computes one. A block's layout is its own; only these methods know it.
 */
interface FilterBlocks {
    /** A block of every kernel: kernel k's begins at {@code base + k · stride}. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Bank(float[] floats, int base, int stride) {}

    /** What a block's lanes are, in a few words. */
    String term();

    /** How many blocks there are. */
    int count();

    /** Floats of a block at most. */
    int length();

    /** Floats of a block. */
    int length(int block);

    /**
     * Floats of the parts of a block, the last of which may be shorter, whose products with the bank are summed by themselves: the
     * order of sums depends on threads only if these parts do.
     */
    int unit();

    /**
     * A block of every kernel of the bank.
     *
     * @param weight {@code [K, O, C/G, kh, kw]}
     * @param block which
     * @param worker whose scratch memory may be used
     * @return where it is, until the worker's next call
     */
    Bank bank(MemorySegment weight, int block, int worker);

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
