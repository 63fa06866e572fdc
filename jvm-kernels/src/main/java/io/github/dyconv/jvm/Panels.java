package io.github.dyconv.jvm;

import java.lang.foreign.MemorySegment;

/**
 * How {@link DirectConvolution} multiplies a panel of output channels with a unit of packed input. A convolution may have parts
 * ({@link BankLayout#parts()}), which have sums of their own.
 */
interface Panels {
    /** Output channels of a panel. */
    int channels();

    /** Products, about, to sum in one chain of roundings: more would cost precision, or their weights would not stay in cache. */
    int chain();

    /** Floats of the sums of one part of one unit's outputs; the methods below know the layout. */
    int sums();

    /** Parts that stand one after another and are written together. */
    int together();

    /**
     * Sums a chain: {@code sums[r, p] = start[r, p] + Σ_{c < planes, t} input[c, t, p] · weights[c, t, r]} for all pixels p of a unit
     * and all taps t of a part. The first chain starts from the bias, a further one from the sums of those before; its own products
     * are summed before that is added.
     *
     * @param part which
     * @param input a packed unit
     * @param firstPlane the first input channel; 0 in the first chain
     * @param planes input channels
     * @param weights {@code [planes, taps, channels]}
     * @param weightBase where they begin
     * @param bias of each output channel
     * @param rows output rows of the unit
     * @param sums of the chains before, overwritten
     * @param worker whose scratch memory may be used
     */
    void multiply(
            int part,
            Floats input,
            int firstPlane,
            int planes,
            float[] weights,
            int weightBase,
            float[] bias,
            int rows,
            Floats sums,
            int worker);

    /**
     * Writes a unit's outputs.
     *
     * @param firstPart the first of {@link #together()} parts
     * @param sums what {@link #multiply} made of each of them
     * @param used output channels to write
     * @param y the output's memory
     * @param firstPlane the first channel's plane there, counted through all samples
     * @param firstRow the unit's first output row
     * @param rows its output rows
     * @param worker whose scratch memory may be used
     */
    void store(
            int firstPart,
            Floats[] sums,
            int used,
            MemorySegment y,
            long firstPlane,
            int firstRow,
            int rows,
            int worker);
}
