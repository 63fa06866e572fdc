package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.VectorShape.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The convolution's innermost loops, over packed input and weights ({@link PackedInput}, {@link PackedBank}).
 *
 * <p>Ladder: {@link ReferenceConvolution} is the plain loop nest; {@link #SINGLE} adds vectors along pixels, which is all
 * that a depthwise convolution can use; {@link #BLOCK} adds 8 output channels per tile, so that each pixel loaded serves 8
 * multiply-adds, and each weight 2 vectors.
 *
 * <p>They are kept small on purpose: past some 60 vector operations in one method C2 stops inlining, and every vector then
 * becomes an object on the heap.
 *
 * <p>All sum an output in the same order (channel, tap) with one rounding per multiply-add, whatever the vectors' width and
 * wherever a tile begins: results don't depend on batch or threads.
 */
enum TileKernels {
    /** One output channel by four vectors of pixels. */
    SINGLE(1, 4) {
        @Override
        void run(
                float[] x,
                int xBase,
                int planeStride,
                int planes,
                int[] taps,
                float[] w,
                int wBase,
                float[] start,
                float[] y,
                int yBase,
                int yStride) {
            FloatVector a0 = FloatVector.broadcast(SPECIES, start[0]);
            FloatVector a1 = a0;
            FloatVector a2 = a0;
            FloatVector a3 = a0;
            int next = wBase;
            for (int c = 0; c < planes; c++) {
                int plane = xBase + c * planeStride;
                for (int tap : taps) {
                    int p = plane + tap;
                    FloatVector weight = FloatVector.broadcast(SPECIES, w[next++]);
                    a0 = FloatVector.fromArray(SPECIES, x, p).fma(weight, a0);
                    a1 = FloatVector.fromArray(SPECIES, x, p + LANES).fma(weight, a1);
                    a2 = FloatVector.fromArray(SPECIES, x, p + 2 * LANES).fma(weight, a2);
                    a3 = FloatVector.fromArray(SPECIES, x, p + 3 * LANES).fma(weight, a3);
                }
            }
            a0.intoArray(y, yBase);
            a1.intoArray(y, yBase + LANES);
            a2.intoArray(y, yBase + 2 * LANES);
            a3.intoArray(y, yBase + 3 * LANES);
        }
    },
    /** Eight output channels by two vectors of pixels: 16 accumulators, which leaves AVX-512 and NEON room to spare. */
    BLOCK(8, 2) {
        @Override
        void run(
                float[] x,
                int xBase,
                int planeStride,
                int planes,
                int[] taps,
                float[] w,
                int wBase,
                float[] start,
                float[] y,
                int yBase,
                int yStride) {
            FloatVector a0 = FloatVector.broadcast(SPECIES, start[0]);
            FloatVector a1 = FloatVector.broadcast(SPECIES, start[1]);
            FloatVector a2 = FloatVector.broadcast(SPECIES, start[2]);
            FloatVector a3 = FloatVector.broadcast(SPECIES, start[3]);
            FloatVector a4 = FloatVector.broadcast(SPECIES, start[4]);
            FloatVector a5 = FloatVector.broadcast(SPECIES, start[5]);
            FloatVector a6 = FloatVector.broadcast(SPECIES, start[6]);
            FloatVector a7 = FloatVector.broadcast(SPECIES, start[7]);
            FloatVector b0 = a0;
            FloatVector b1 = a1;
            FloatVector b2 = a2;
            FloatVector b3 = a3;
            FloatVector b4 = a4;
            FloatVector b5 = a5;
            FloatVector b6 = a6;
            FloatVector b7 = a7;
            int next = wBase;
            for (int c = 0; c < planes; c++) {
                int plane = xBase + c * planeStride;
                for (int tap : taps) {
                    int p = plane + tap;
                    FloatVector xa = FloatVector.fromArray(SPECIES, x, p);
                    FloatVector xb = FloatVector.fromArray(SPECIES, x, p + LANES);
                    FloatVector weight = FloatVector.broadcast(SPECIES, w[next]);
                    a0 = xa.fma(weight, a0);
                    b0 = xb.fma(weight, b0);
                    weight = FloatVector.broadcast(SPECIES, w[next + 1]);
                    a1 = xa.fma(weight, a1);
                    b1 = xb.fma(weight, b1);
                    weight = FloatVector.broadcast(SPECIES, w[next + 2]);
                    a2 = xa.fma(weight, a2);
                    b2 = xb.fma(weight, b2);
                    weight = FloatVector.broadcast(SPECIES, w[next + 3]);
                    a3 = xa.fma(weight, a3);
                    b3 = xb.fma(weight, b3);
                    weight = FloatVector.broadcast(SPECIES, w[next + 4]);
                    a4 = xa.fma(weight, a4);
                    b4 = xb.fma(weight, b4);
                    weight = FloatVector.broadcast(SPECIES, w[next + 5]);
                    a5 = xa.fma(weight, a5);
                    b5 = xb.fma(weight, b5);
                    weight = FloatVector.broadcast(SPECIES, w[next + 6]);
                    a6 = xa.fma(weight, a6);
                    b6 = xb.fma(weight, b6);
                    weight = FloatVector.broadcast(SPECIES, w[next + 7]);
                    a7 = xa.fma(weight, a7);
                    b7 = xb.fma(weight, b7);
                    next += 8;
                }
            }
            a0.intoArray(y, yBase);
            b0.intoArray(y, yBase + LANES);
            a1.intoArray(y, yBase + yStride);
            b1.intoArray(y, yBase + yStride + LANES);
            a2.intoArray(y, yBase + 2 * yStride);
            b2.intoArray(y, yBase + 2 * yStride + LANES);
            a3.intoArray(y, yBase + 3 * yStride);
            b3.intoArray(y, yBase + 3 * yStride + LANES);
            a4.intoArray(y, yBase + 4 * yStride);
            b4.intoArray(y, yBase + 4 * yStride + LANES);
            a5.intoArray(y, yBase + 5 * yStride);
            b5.intoArray(y, yBase + 5 * yStride + LANES);
            a6.intoArray(y, yBase + 6 * yStride);
            b6.intoArray(y, yBase + 6 * yStride + LANES);
            a7.intoArray(y, yBase + 7 * yStride);
            b7.intoArray(y, yBase + 7 * yStride + LANES);
        }
    };

    private final int channels;
    private final int vectors;

    TileKernels(int channels, int vectors) {
        this.channels = channels;
        this.vectors = vectors;
    }

    /** Bits of one vector here. */
    static int vectorBits() {
        return SPECIES.vectorBitSize();
    }

    /** Output channels of one tile. */
    int channels() {
        return channels;
    }

    /** Pixels of one tile. */
    int pixels() {
        return vectors * LANES;
    }

    /**
     * {@code y[r, p] = start[r] + Σ_{c < planes, t} x[xBase + c · planeStride + taps[t] + p] · w[wBase + (c · |taps| + t) · channels + r]}
     * for all r below {@link #channels()} and p below {@link #pixels()}.
     *
     * @param x packed input
     * @param xBase of the tile's first pixel in the first plane
     * @param planeStride from one input channel's plane to the next
     * @param planes input channels to sum
     * @param taps offset of each tap
     * @param w a panel of weights
     * @param wBase of the first plane's first tap
     * @param start what each output channel's sum begins with
     * @param y a strip of outputs, overwritten
     * @param yBase of the tile's first pixel
     * @param yStride from one output channel to the next
     */
    abstract void run(
            float[] x,
            int xBase,
            int planeStride,
            int planes,
            int[] taps,
            float[] w,
            int wBase,
            float[] start,
            float[] y,
            int yBase,
            int yStride);

    /** {@code y[i] += sums[i]} for i below {@code length}. */
    static void add(float[] sums, float[] y, int length) {
        for (int i = 0; i < length; i++) {
            y[i] += sums[i];
        }
    }

    /**
     * {@code panel[i] = Σ_k attention[attentionBase + k] · bank[bankBase + k · bankStride + i]} for i below {@code length}.
     *
     * @param attention of all samples, {@code [N, K]}
     * @param attentionBase of the sample's row
     * @param kernels K
     * @param bank K panels
     * @param bankBase of the first panel
     * @param bankStride from one panel to the next
     * @param length how much of a panel
     * @param panel overwritten
     */
    static void aggregate(
            float[] attention,
            int attentionBase,
            int kernels,
            float[] bank,
            int bankBase,
            int bankStride,
            int length,
            float[] panel) {
        int k = 0;
        for (; k + 4 <= kernels; k += 4) {
            addFour(attention, attentionBase + k, bank, bankBase + k * bankStride, bankStride, length, panel, k > 0);
        }
        for (; k < kernels; k++) {
            addOne(attention[attentionBase + k], bank, bankBase + k * bankStride, length, panel, k > 0);
        }
    }

    /** Four kernels at a time, written out: a loop over kernels within the one over floats costs more than the sums. */
    private static void addFour(
            float[] attention,
            int attentionBase,
            float[] bank,
            int base0,
            int bankStride,
            int length,
            float[] panel,
            boolean add) {
        float share0 = attention[attentionBase];
        float share1 = attention[attentionBase + 1];
        float share2 = attention[attentionBase + 2];
        float share3 = attention[attentionBase + 3];
        int base1 = base0 + bankStride;
        int base2 = base1 + bankStride;
        int base3 = base2 + bankStride;
        FloatVector shares0 = FloatVector.broadcast(SPECIES, share0);
        FloatVector shares1 = FloatVector.broadcast(SPECIES, share1);
        FloatVector shares2 = FloatVector.broadcast(SPECIES, share2);
        FloatVector shares3 = FloatVector.broadcast(SPECIES, share3);
        int whole = SPECIES.loopBound(length);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector sum = add ? FloatVector.fromArray(SPECIES, panel, i) : FloatVector.zero(SPECIES);
            sum = FloatVector.fromArray(SPECIES, bank, base0 + i).fma(shares0, sum);
            sum = FloatVector.fromArray(SPECIES, bank, base1 + i).fma(shares1, sum);
            sum = FloatVector.fromArray(SPECIES, bank, base2 + i).fma(shares2, sum);
            sum = FloatVector.fromArray(SPECIES, bank, base3 + i).fma(shares3, sum);
            sum.intoArray(panel, i);
        }
        for (int i = whole; i < length; i++) {
            float sum = Math.fma(bank[base0 + i], share0, add ? panel[i] : 0);
            sum = Math.fma(bank[base1 + i], share1, sum);
            sum = Math.fma(bank[base2 + i], share2, sum);
            panel[i] = Math.fma(bank[base3 + i], share3, sum);
        }
    }

    private static void addOne(float share, float[] bank, int base, int length, float[] panel, boolean add) {
        FloatVector shares = FloatVector.broadcast(SPECIES, share);
        int whole = SPECIES.loopBound(length);
        for (int i = 0; i < whole; i += LANES) {
            FloatVector sum = add ? FloatVector.fromArray(SPECIES, panel, i) : FloatVector.zero(SPECIES);
            FloatVector.fromArray(SPECIES, bank, base + i).fma(shares, sum).intoArray(panel, i);
        }
        for (int i = whole; i < length; i++) {
            panel[i] = Math.fma(bank[base + i], share, add ? panel[i] : 0);
        }
    }
}
