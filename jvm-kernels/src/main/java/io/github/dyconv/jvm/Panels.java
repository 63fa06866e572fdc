package io.github.dyconv.jvm;

import java.lang.foreign.MemorySegment;

/** How {@link DirectConvolution} multiplies a panel of output channels with a unit of packed input. */
interface Panels {
    /** Output channels of a panel. */
    int channels();

    /** Products, about, to sum in one chain of roundings: more would cost precision, or their weights would not stay in cache. */
    int chain();

    /** Floats of the sums of one unit's outputs; the methods below know the layout. */
    int sums();

    /**
     * {@code sums[r, p] = start[r] + Σ_{c < planes, t} input[c, t, p] · weights[c, t, r]} for all pixels p of a unit.
     *
     * @param input a packed unit
     * @param firstPlane the first input channel
     * @param planes input channels
     * @param weights {@code [planes, taps, channels]}
     * @param weightBase where they begin
     * @param start what each output channel's sums begin with
     * @param rows output rows of the unit
     * @param sums overwritten
     */
    void multiply(
            Floats input,
            int firstPlane,
            int planes,
            float[] weights,
            int weightBase,
            float[] start,
            int rows,
            Floats sums);

    /**
     * Writes a unit's outputs.
     *
     * @param sums what {@link #multiply} made
     * @param used output channels to write
     * @param rows output rows of the unit
     * @param y the output's memory
     * @param first index of the first channel's first output
     * @param worker whose scratch memory may be used
     */
    void store(Floats sums, int used, int rows, MemorySegment y, long first, int worker);
}
