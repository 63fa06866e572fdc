package io.github.dyconv.jvm;

import java.lang.foreign.MemorySegment;

/** How {@link BlockedFilterGradient} computes the filter's gradient, a block at a time. */
interface FilterBlocks {
    /** What a block's lanes are, in a few words. */
    String term();

    /** The blocks. */
    BlockLayout layout();

    /**
     * Computes a block of one sample's gradient: {@code Σ_p dy[oc, p] · x[ic, p at tap t]}.
     *
     * @param x {@code [N, C, H, W]}
     * @param dy {@code [N, O, H', W']}
     * @param sample which
     * @param block which
     * @param sums of {@link BlockLayout#length()}, overwritten
     * @param worker whose scratch memory may be used
     */
    void correlate(MemorySegment x, MemorySegment dy, int sample, int block, Floats sums, int worker);
}
