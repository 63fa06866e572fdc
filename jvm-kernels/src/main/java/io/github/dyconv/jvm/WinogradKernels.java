package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The one-dimensional transforms of Winograd's minimal filtering F(4, 3), after Lavin and Gray, "Fast Algorithms for
 * Convolutional Neural Networks", CVPR 2016 (arXiv 1509.09308): {@code y = Aᵀ [(G g) ⊙ (Bᵀ d)]} gives four outputs of a filter
 * of three taps for six products. A tile of two dimensions goes through columns first and rows then.
 *
 * <p>The points are 0, ±a, ±b and infinity, with a = 3/4 and b = 3/2: with 1 and 2, as there, errors are more than twice as
 * large. Row by row, p being a point:
 *
 * <pre>
 *   Aᵀ: 1, p, p², p³              Bᵀ: the coefficients of Π (x − q) over the other points q, without p's own factor
 *   G:  1, p, p², over Π (p − q)
 * </pre>
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

    private static final float A = 0.75f;
    private static final float A2 = A * A;
    private static final float B = 1.5f;
    private static final float B2 = B * B;

    /** What G divides by, at 0, at a and −a, and at b and −b. */
    private static final float SHARE_0 = 1 / (A2 * B2);

    private static final float SHARE_A = 1 / (2 * A2 * (A2 - B2));
    private static final float SHARE_B = 1 / (2 * B2 * (B2 - A2));

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
            FloatVector even = g2.mul(A2).add(g0).mul(SHARE_A);
            FloatVector odd = g1.mul(A * SHARE_A);
            FloatVector wideEven = g2.mul(B2).add(g0).mul(SHARE_B);
            FloatVector wideOdd = g1.mul(B * SHARE_B);
            int t = toBase + i * toStep;
            g0.mul(SHARE_0).intoArray(to, t);
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
        FloatVector minusA2 = FloatVector.broadcast(SPECIES, -A2);
        FloatVector minusB2 = FloatVector.broadcast(SPECIES, -B2);
        FloatVector minusSum = FloatVector.broadcast(SPECIES, -A2 - B2);
        FloatVector product = FloatVector.broadcast(SPECIES, A2 * B2);
        for (int i = 0; i < count; i++) {
            int f = fromBase + i * fromStep;
            FloatVector d0 = FloatVector.fromArray(SPECIES, from, f);
            FloatVector d1 = FloatVector.fromArray(SPECIES, from, f + fromStride);
            FloatVector d2 = FloatVector.fromArray(SPECIES, from, f + 2 * fromStride);
            FloatVector d3 = FloatVector.fromArray(SPECIES, from, f + 3 * fromStride);
            FloatVector d4 = FloatVector.fromArray(SPECIES, from, f + 4 * fromStride);
            FloatVector d5 = FloatVector.fromArray(SPECIES, from, f + 5 * fromStride);
            FloatVector even = d2.fma(minusB2, d4);
            FloatVector odd = d1.fma(minusB2, d3).mul(A);
            FloatVector wideEven = d2.fma(minusA2, d4);
            FloatVector wideOdd = d1.fma(minusA2, d3).mul(B);
            int t = toBase + i * toStep;
            d0.fma(product, d2.fma(minusSum, d4)).intoArray(to, t);
            even.add(odd).intoArray(to, t + toStride);
            even.sub(odd).intoArray(to, t + 2 * toStride);
            wideEven.add(wideOdd).intoArray(to, t + 3 * toStride);
            wideEven.sub(wideOdd).intoArray(to, t + 4 * toStride);
            d1.fma(product, d3.fma(minusSum, d5)).intoArray(to, t + 5 * toStride);
        }
    }

    /** {@code to = Aᵀ · from + start}: 6 sums of products become 4 outputs, which all begin with the same vector. */
    static void output(
            float[] from,
            int fromBase,
            int fromStride,
            int fromStep,
            float[] to,
            int toBase,
            int toStride,
            int toStep,
            int count,
            float[] start,
            int startBase) {
        FloatVector a = FloatVector.broadcast(SPECIES, A);
        FloatVector a2 = FloatVector.broadcast(SPECIES, A2);
        FloatVector b2 = FloatVector.broadcast(SPECIES, B2);
        FloatVector first = FloatVector.fromArray(SPECIES, start, startBase);
        for (int i = 0; i < count; i++) {
            int f = fromBase + i * fromStep;
            FloatVector m1 = FloatVector.fromArray(SPECIES, from, f + fromStride);
            FloatVector m2 = FloatVector.fromArray(SPECIES, from, f + 2 * fromStride);
            FloatVector m3 = FloatVector.fromArray(SPECIES, from, f + 3 * fromStride);
            FloatVector m4 = FloatVector.fromArray(SPECIES, from, f + 4 * fromStride);
            FloatVector even = m1.add(m2);
            FloatVector odd = m1.sub(m2);
            FloatVector wideEven = m3.add(m4);
            FloatVector wideOdd = m3.sub(m4).mul(B);
            int t = toBase + i * toStep;
            FloatVector.fromArray(SPECIES, from, f)
                    .add(even)
                    .add(wideEven)
                    .add(first)
                    .intoArray(to, t);
            odd.fma(a, wideOdd).add(first).intoArray(to, t + toStride);
            wideEven.fma(b2, even.fma(a2, first)).intoArray(to, t + 2 * toStride);
            FloatVector last = FloatVector.fromArray(SPECIES, from, f + 5 * fromStride);
            odd.mul(A).fma(a2, wideOdd.fma(b2, last.add(first))).intoArray(to, t + 3 * toStride);
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
        FloatVector a2 = FloatVector.broadcast(SPECIES, A2);
        FloatVector b2 = FloatVector.broadcast(SPECIES, B2);
        for (int i = 0; i < count; i++) {
            int f = fromBase + i * fromStep;
            FloatVector y0 = FloatVector.fromArray(SPECIES, from, f);
            FloatVector y1 = FloatVector.fromArray(SPECIES, from, f + fromStride);
            FloatVector y2 = FloatVector.fromArray(SPECIES, from, f + 2 * fromStride);
            FloatVector y3 = FloatVector.fromArray(SPECIES, from, f + 3 * fromStride);
            FloatVector even = y2.fma(a2, y0);
            FloatVector odd = y3.fma(a2, y1).mul(A);
            FloatVector wideEven = y2.fma(b2, y0);
            FloatVector wideOdd = y3.fma(b2, y1).mul(B);
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
        FloatVector a2 = FloatVector.broadcast(SPECIES, A2);
        FloatVector b2 = FloatVector.broadcast(SPECIES, B2);
        FloatVector share = FloatVector.broadcast(SPECIES, SHARE_0);
        for (int i = 0; i < count; i++) {
            int f = fromBase + i * fromStep;
            FloatVector m0 = FloatVector.fromArray(SPECIES, from, f);
            FloatVector m1 = FloatVector.fromArray(SPECIES, from, f + fromStride);
            FloatVector m2 = FloatVector.fromArray(SPECIES, from, f + 2 * fromStride);
            FloatVector m3 = FloatVector.fromArray(SPECIES, from, f + 3 * fromStride);
            FloatVector m4 = FloatVector.fromArray(SPECIES, from, f + 4 * fromStride);
            FloatVector m5 = FloatVector.fromArray(SPECIES, from, f + 5 * fromStride);
            FloatVector even = m1.add(m2).mul(SHARE_A);
            FloatVector odd = m1.sub(m2).mul(A * SHARE_A);
            FloatVector wideEven = m3.add(m4).mul(SHARE_B);
            FloatVector wideOdd = m3.sub(m4).mul(B * SHARE_B);
            int t = toBase + i * toStep;
            m0.fma(share, even).add(wideEven).intoArray(to, t);
            odd.add(wideOdd).intoArray(to, t + toStride);
            even.fma(a2, wideEven.fma(b2, m5)).intoArray(to, t + 2 * toStride);
        }
    }
}
