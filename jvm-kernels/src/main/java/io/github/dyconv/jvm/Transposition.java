package io.github.dyconv.jvm;

import static io.github.dyconv.jvm.VectorShape.LANES;
import static io.github.dyconv.jvm.VectorShape.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;

/**
 * Between planes of pixels, as tensors hold them, and pixels of channels, one vector each, as {@link ChannelKernels} and
 * {@link WinogradKernels} want them.
 *
 * <p>A square of as many planes as pixels is turned at a time: in stage d (1, 2, 4, …) vectors i and i + d exchange the lanes in
 * which i lacks and the lane's number has that bit, or the other way round.
 */
final class Transposition {
    /** Floats of the scratch memory that the methods want. */
    static final int SQUARE = LANES * LANES;

    // One constant each, not an array of them: C2 then knows the lanes' order, which makes this several times as fast.
    private static final VectorShuffle<Float> SWAP_1 = swap(1);
    static final VectorShuffle<Float> SWAP_2 = swap(2);
    static final VectorShuffle<Float> SWAP_4 = swap(4);
    static final VectorShuffle<Float> SWAP_8 = swap(8);
    private static final VectorMask<Float> UPPER_1 = upper(1);
    private static final VectorMask<Float> UPPER_2 = upper(2);
    private static final VectorMask<Float> UPPER_4 = upper(4);
    private static final VectorMask<Float> UPPER_8 = upper(8);

    private Transposition() {}

    /** Lanes whose numbers differ by {@code distance} change places; the last distances need more lanes than there may be. */
    private static VectorShuffle<Float> swap(int distance) {
        return VectorShuffle.fromOp(SPECIES, lane -> (lane ^ distance) % LANES);
    }

    private static VectorMask<Float> upper(int distance) {
        long bits = 0;
        for (int lane = 0; lane < LANES; lane++) {
            bits |= (lane & distance) == 0 ? 0 : 1L << lane;
        }
        return VectorMask.fromLong(SPECIES, bits);
    }

    /**
     * {@code pixels[base + place(p) + r] = x[first + r · planeLength + p]} for r below {@link VectorShape#LANES} and p below
     * {@code count}; planes that are not there are given as the last one.
     *
     * @param x planes of pixels
     * @param first the first plane's first pixel
     * @param planeLength from one plane to the next
     * @param planes how many there are, 1 to LANES
     * @param count consecutive pixels
     * @param width pixels of a row; the first stands at a row's beginning
     * @param pixels vectors, one a pixel
     * @param base of the first pixel
     * @param pitch vectors from one row to the next
     * @param square scratch memory of {@link #SQUARE}
     */
    static void toPixels(
            MemorySegment x,
            long first,
            long planeLength,
            int planes,
            int count,
            int width,
            float[] pixels,
            int base,
            int pitch,
            Floats square) {
        for (int p = 0; p < count; p += LANES) {
            int begin = Math.max(0, Math.min(p, count - LANES)); // the last square overlaps the one before
            int length = Math.min(LANES, count);
            for (int r = 0; r < LANES; r++) {
                Rows.load(
                        x,
                        first + Math.min(r, planes - 1) * planeLength + begin,
                        square.array(),
                        square.base() + r * LANES,
                        length);
            }
            turn(square);
            int column = begin % width;
            int at = base + (begin / width * pitch + column) * LANES;
            for (int i = 0; i < length; i++) {
                FloatVector.fromArray(SPECIES, square.array(), square.base() + i * LANES)
                        .intoArray(pixels, at);
                at += LANES;
                if (++column == width) {
                    column = 0;
                    at += (pitch - width) * LANES;
                }
            }
        }
    }

    /**
     * {@code y[first + r · planeLength + p] = pixels[base + place(p) + r]} for r below {@code planes} and p below {@code count}:
     * {@link #toPixels} the other way round.
     *
     * @param pixels one vector a pixel
     * @param base of the first pixel
     * @param step from one pixel to the next
     * @param pitch pixels from one row to the next
     * @param y planes of pixels
     * @param first the first plane's first pixel
     * @param planeLength from one plane to the next
     * @param planes how many to write, 1 to LANES
     * @param count consecutive pixels
     * @param width pixels of a row; the first stands at a row's beginning
     * @param square scratch memory of {@link #SQUARE}
     */
    static void toPlanes(
            float[] pixels,
            int base,
            int step,
            int pitch,
            MemorySegment y,
            long first,
            long planeLength,
            int planes,
            int count,
            int width,
            Floats square) {
        for (int p = 0; p < count; p += LANES) {
            int begin = Math.max(0, Math.min(p, count - LANES));
            int length = Math.min(LANES, count);
            int column = begin % width;
            int at = base + (begin / width * pitch + column) * step;
            for (int i = 0; i < length; i++) {
                FloatVector.fromArray(SPECIES, pixels, at).intoArray(square.array(), square.base() + i * LANES);
                at += step;
                if (++column == width) {
                    column = 0;
                    at += (pitch - width) * step;
                }
            }
            turn(square);
            for (int r = 0; r < planes; r++) {
                Rows.store(square.array(), square.base() + r * LANES, y, first + r * planeLength + begin, length);
            }
        }
    }

    /**
     * {@code y[first + r · planeLength + 2p] = even[evenBase + p · step + r]} and {@code y[first + r · planeLength + 2p + 1] = odd[oddBase
     * + p · step + r]} for r below {@code planes} and p below {@code count}.
     *
     * @param even one vector a pixel, of every second pixel
     * @param evenBase of the first
     * @param odd of the pixels between
     * @param oddBase of the first
     * @param step from one pixel to the next
     * @param y planes of pixels
     * @param first the first plane's first pixel
     * @param planeLength from one plane to the next
     * @param planes how many to write, 1 to LANES
     * @param count pairs of pixels
     * @param square scratch memory of {@link #SQUARE}
     * @param other more of it
     */
    static void toPlanesInTurns(
            float[] even,
            int evenBase,
            float[] odd,
            int oddBase,
            int step,
            MemorySegment y,
            long first,
            long planeLength,
            int planes,
            int count,
            Floats square,
            Floats other) {
        for (int p = 0; p < count; p += LANES) {
            int begin = Math.max(0, Math.min(p, count - LANES));
            int length = Math.min(LANES, count);
            for (int i = 0; i < length; i++) {
                FloatVector.fromArray(SPECIES, even, evenBase + (begin + i) * step)
                        .intoArray(square.array(), square.base() + i * LANES);
                FloatVector.fromArray(SPECIES, odd, oddBase + (begin + i) * step)
                        .intoArray(other.array(), other.base() + i * LANES);
            }
            turn(square);
            turn(other);
            for (int r = 0; r < planes; r++) {
                PackingKernels.interleave(
                        square.array(),
                        square.base() + r * LANES,
                        other.array(),
                        other.base() + r * LANES,
                        y,
                        first + r * planeLength + 2L * begin,
                        length);
            }
        }
    }

    /**
     * {@code pixels[places[i] + base + r] = rows[first + r · rowLength + columns[i]]} for r below {@link VectorShape#LANES}.
     *
     * @param rows LANES of them, one after another, and a vector behind
     * @param first the first row's first column
     * @param rowLength how many there are
     * @param columns those wanted
     * @param pixels vectors, one for each
     * @param places where they are counted from
     * @param base what to add to that
     * @param square scratch memory of {@link #SQUARE}
     */
    static void pick(
            float[] rows,
            int first,
            int rowLength,
            int[] columns,
            float[] pixels,
            int[] places,
            int base,
            Floats square) {
        for (int begin = 0; begin < rowLength; begin += LANES) {
            for (int r = 0; r < LANES; r++) {
                FloatVector.fromArray(SPECIES, rows, first + r * rowLength + begin)
                        .intoArray(square.array(), square.base() + r * LANES);
            }
            turn(square);
            for (int i = 0; i < columns.length; i++) {
                int column = columns[i] - begin;
                if (column >= 0 && column < LANES) {
                    FloatVector.fromArray(SPECIES, square.array(), square.base() + column * LANES)
                            .intoArray(pixels, places[i] + base);
                }
            }
        }
    }

    private static void turn(Floats square) {
        quads(square.array(), square.base(), 1, SWAP_1, UPPER_1, SWAP_2, UPPER_2);
        if (LANES == 8) {
            pairs(square.array(), square.base(), 4, SWAP_4, UPPER_4);
        } else if (LANES == 16) {
            quads(square.array(), square.base(), 4, SWAP_4, UPPER_4, SWAP_8, UPPER_8);
        }
    }

    /** The stages d and 2d at once: vectors i, i + d, i + 2d and i + 3d. */
    private static void quads(
            float[] square,
            int base,
            int apart,
            VectorShuffle<Float> near,
            VectorMask<Float> nearUpper,
            VectorShuffle<Float> far,
            VectorMask<Float> farUpper) {
        int distance = apart * LANES;
        for (int i = 0; i < LANES / 4; i++) {
            int first = base + (i / apart * 4 * apart + i % apart) * LANES;
            FloatVector a = FloatVector.fromArray(SPECIES, square, first);
            FloatVector b = FloatVector.fromArray(SPECIES, square, first + distance);
            FloatVector c = FloatVector.fromArray(SPECIES, square, first + 2 * distance);
            FloatVector d = FloatVector.fromArray(SPECIES, square, first + 3 * distance);
            FloatVector ab = a.blend(b.rearrange(near), nearUpper);
            FloatVector ba = a.rearrange(near).blend(b, nearUpper);
            FloatVector cd = c.blend(d.rearrange(near), nearUpper);
            FloatVector dc = c.rearrange(near).blend(d, nearUpper);
            ab.blend(cd.rearrange(far), farUpper).intoArray(square, first);
            ba.blend(dc.rearrange(far), farUpper).intoArray(square, first + distance);
            ab.rearrange(far).blend(cd, farUpper).intoArray(square, first + 2 * distance);
            ba.rearrange(far).blend(dc, farUpper).intoArray(square, first + 3 * distance);
        }
    }

    /** The stage d: vectors i and i + d. */
    private static void pairs(
            float[] square, int base, int apart, VectorShuffle<Float> exchange, VectorMask<Float> upper) {
        int distance = apart * LANES;
        for (int i = 0; i < LANES / 2; i++) {
            int first = base + (i / apart * 2 * apart + i % apart) * LANES;
            FloatVector a = FloatVector.fromArray(SPECIES, square, first);
            FloatVector b = FloatVector.fromArray(SPECIES, square, first + distance);
            a.blend(b.rearrange(exchange), upper).intoArray(square, first);
            a.rearrange(exchange).blend(b, upper).intoArray(square, first + distance);
        }
    }
}
