package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The one-dimensional transforms of Winograd's minimal filtering F(4, 3), after Lavin and Gray, "Fast Algorithms for
 * Convolutional Neural Networks", CVPR 2016 (arXiv 1509.09308): {@code y = Aᵀ [(G g) ⊙ (Bᵀ d)]} gives four outputs of a filter
 * of three taps for six products, with the points 0, 1, −1, 2, −2 and infinity. A tile of two dimensions goes through
 * columns first and rows then.
 *
 * <p>The filter's gradient is the same product with its parts exchanged, {@code Gᵀ [(A dy) ⊙ (Bᵀ d)]}: three taps of four output
 * gradients.
 *
 * <p>Lanes are channels. Each method transforms {@code count} vectors; the elements of one transform stand a stride apart, and
 * transforms follow each other by a step.
 */
final class WinogradKernels {
    /** Outputs of one transform. */
    static final int OUTPUTS = 4;

    /** Inputs of one transform, and products. */
    static final int POINTS = 6;

    /** The filter's taps. */
    static final int TAPS = 3;

    private WinogradKernels() {}

    /** {@code to = G · from}: 3 taps become 6 factors. */
    static void filter(
            float[] from,
            int fromBase,
            int fromStride,
            int fromStep,
            float[] to,
            int toBase,
            int toStride,
            int toStep,
            int count) {
        for (int i = 0; i < count; i++) {
            int f = fromBase + i * fromStep;
            FloatVector g0 = FloatVector.fromArray(SPECIES, from, f);
            FloatVector g1 = FloatVector.fromArray(SPECIES, from, f + fromStride);
            FloatVector g2 = FloatVector.fromArray(SPECIES, from, f + 2 * fromStride);
            FloatVector even = g0.add(g2).mul(-1f / 6);
            FloatVector odd = g1.mul(-1f / 6);
            FloatVector wideEven = g2.mul(1f / 6).add(g0.mul(1f / 24));
            FloatVector wideOdd = g1.mul(1f / 12);
            int t = toBase + i * toStep;
            g0.mul(1f / 4).intoArray(to, t);
            even.add(odd).intoArray(to, t + toStride);
            even.sub(odd).intoArray(to, t + 2 * toStride);
            wideEven.add(wideOdd).intoArray(to, t + 3 * toStride);
            wideEven.sub(wideOdd).intoArray(to, t + 4 * toStride);
            g2.intoArray(to, t + 5 * toStride);
        }
    }

    /** {@code to = Bᵀ · from}: 6 inputs become 6 factors. */
    static void input(
            float[] from,
            int fromBase,
            int fromStride,
            int fromStep,
            float[] to,
            int toBase,
            int toStride,
            int toStep,
            int count) {
        FloatVector four = FloatVector.broadcast(SPECIES, 4);
        FloatVector minusFour = FloatVector.broadcast(SPECIES, -4);
        FloatVector minusFive = FloatVector.broadcast(SPECIES, -5);
        for (int i = 0; i < count; i++) {
            int f = fromBase + i * fromStep;
            FloatVector d0 = FloatVector.fromArray(SPECIES, from, f);
            FloatVector d1 = FloatVector.fromArray(SPECIES, from, f + fromStride);
            FloatVector d2 = FloatVector.fromArray(SPECIES, from, f + 2 * fromStride);
            FloatVector d3 = FloatVector.fromArray(SPECIES, from, f + 3 * fromStride);
            FloatVector d4 = FloatVector.fromArray(SPECIES, from, f + 4 * fromStride);
            FloatVector d5 = FloatVector.fromArray(SPECIES, from, f + 5 * fromStride);
            FloatVector even = d2.fma(minusFour, d4);
            FloatVector odd = d1.fma(minusFour, d3);
            FloatVector wideEven = d4.sub(d2);
            FloatVector wideOdd = d3.sub(d1);
            wideOdd = wideOdd.add(wideOdd);
            int t = toBase + i * toStep;
            d0.fma(four, d2.fma(minusFive, d4)).intoArray(to, t);
            even.add(odd).intoArray(to, t + toStride);
            even.sub(odd).intoArray(to, t + 2 * toStride);
            wideEven.add(wideOdd).intoArray(to, t + 3 * toStride);
            wideEven.sub(wideOdd).intoArray(to, t + 4 * toStride);
            d1.fma(four, d3.fma(minusFive, d5)).intoArray(to, t + 5 * toStride);
        }
    }

    /** {@code to = Aᵀ · from}: 6 sums of products become 4 outputs. */
    static void output(
            float[] from,
            int fromBase,
            int fromStride,
            int fromStep,
            float[] to,
            int toBase,
            int toStride,
            int toStep,
            int count) {
        FloatVector two = FloatVector.broadcast(SPECIES, 2);
        FloatVector four = FloatVector.broadcast(SPECIES, 4);
        FloatVector eight = FloatVector.broadcast(SPECIES, 8);
        for (int i = 0; i < count; i++) {
            int f = fromBase + i * fromStep;
            FloatVector m1 = FloatVector.fromArray(SPECIES, from, f + fromStride);
            FloatVector m2 = FloatVector.fromArray(SPECIES, from, f + 2 * fromStride);
            FloatVector m3 = FloatVector.fromArray(SPECIES, from, f + 3 * fromStride);
            FloatVector m4 = FloatVector.fromArray(SPECIES, from, f + 4 * fromStride);
            FloatVector even = m1.add(m2);
            FloatVector odd = m1.sub(m2);
            FloatVector wideEven = m3.add(m4);
            FloatVector wideOdd = m3.sub(m4);
            int t = toBase + i * toStep;
            FloatVector.fromArray(SPECIES, from, f).add(even).add(wideEven).intoArray(to, t);
            wideOdd.fma(two, odd).intoArray(to, t + toStride);
            wideEven.fma(four, even).intoArray(to, t + 2 * toStride);
            wideOdd.fma(eight, odd)
                    .add(FloatVector.fromArray(SPECIES, from, f + 5 * fromStride))
                    .intoArray(to, t + 3 * toStride);
        }
    }

    /** {@code to = A · from}: 4 output gradients become 6 factors. */
    static void outputGradient(
            float[] from,
            int fromBase,
            int fromStride,
            int fromStep,
            float[] to,
            int toBase,
            int toStride,
            int toStep,
            int count) {
        FloatVector two = FloatVector.broadcast(SPECIES, 2);
        FloatVector four = FloatVector.broadcast(SPECIES, 4);
        for (int i = 0; i < count; i++) {
            int f = fromBase + i * fromStep;
            FloatVector y0 = FloatVector.fromArray(SPECIES, from, f);
            FloatVector y1 = FloatVector.fromArray(SPECIES, from, f + fromStride);
            FloatVector y2 = FloatVector.fromArray(SPECIES, from, f + 2 * fromStride);
            FloatVector y3 = FloatVector.fromArray(SPECIES, from, f + 3 * fromStride);
            FloatVector even = y0.add(y2);
            FloatVector odd = y1.add(y3);
            FloatVector wideEven = y2.fma(four, y0);
            FloatVector wideOdd = y3.fma(four, y1).mul(two);
            int t = toBase + i * toStep;
            y0.intoArray(to, t);
            even.add(odd).intoArray(to, t + toStride);
            even.sub(odd).intoArray(to, t + 2 * toStride);
            wideEven.add(wideOdd).intoArray(to, t + 3 * toStride);
            wideEven.sub(wideOdd).intoArray(to, t + 4 * toStride);
            y3.intoArray(to, t + 5 * toStride);
        }
    }

    /** {@code to = Gᵀ · from}: 6 sums of products become 3 taps' gradients. */
    static void filterGradient(
            float[] from,
            int fromBase,
            int fromStride,
            int fromStep,
            float[] to,
            int toBase,
            int toStride,
            int toStep,
            int count) {
        for (int i = 0; i < count; i++) {
            int f = fromBase + i * fromStep;
            FloatVector m0 = FloatVector.fromArray(SPECIES, from, f);
            FloatVector m1 = FloatVector.fromArray(SPECIES, from, f + fromStride);
            FloatVector m2 = FloatVector.fromArray(SPECIES, from, f + 2 * fromStride);
            FloatVector m3 = FloatVector.fromArray(SPECIES, from, f + 3 * fromStride);
            FloatVector m4 = FloatVector.fromArray(SPECIES, from, f + 4 * fromStride);
            FloatVector m5 = FloatVector.fromArray(SPECIES, from, f + 5 * fromStride);
            FloatVector even = m1.add(m2).mul(1f / 6);
            FloatVector odd = m1.sub(m2).mul(1f / 6);
            FloatVector wideEven = m3.add(m4).mul(1f / 6);
            FloatVector wideOdd = m3.sub(m4).mul(1f / 12);
            int t = toBase + i * toStep;
            m0.add(wideEven).mul(1f / 4).sub(even).intoArray(to, t);
            wideOdd.sub(odd).intoArray(to, t + toStride);
            wideEven.sub(even).add(m5).intoArray(to, t + 2 * toStride);
        }
    }
}
