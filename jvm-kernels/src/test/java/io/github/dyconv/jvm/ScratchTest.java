package io.github.dyconv.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Memory in pieces. */
final class ScratchTest {
    private static final int LINE = 16;

    private final Scratch scratch = new Scratch();

    @Test
    void piecesOfOneArrayBeginAtLines() {
        Floats first = scratch.floats(1);
        for (int length : new int[] {0, 15, 16, 17, 1000}) {
            Floats next = scratch.floats(length);
            assertThat(next.array()).isSameAs(first.array());
            assertThat((next.base() - first.base()) % LINE).isZero();
        }
    }

    @Test
    void piecesLieApart() {
        List<Floats> pieces = new ArrayList<>();
        int[] lengths = {1, 16, 17, 300_000, 3, 2_000_000, 5, 4_000_000, 100};
        for (int i = 0; i < lengths.length; i++) {
            Floats piece = scratch.floats(lengths[i]);
            pieces.add(piece);
            int end = piece.base() + lengths[i];
            for (int at = piece.base(); at < end; at++) {
                assertThat(piece.array()[at]).isZero();
            }
            Arrays.fill(piece.array(), piece.base(), end, i + 1);
        }
        for (int i = 0; i < lengths.length; i++) {
            Floats piece = pieces.get(i);
            assertThat(piece.array()[piece.base()]).isEqualTo(i + 1);
            assertThat(piece.array()[piece.base() + lengths[i] - 1]).isEqualTo(i + 1);
        }
    }

    @Test
    void anArrayFilledToItsEndIsFollowedByAnother() {
        Floats first = scratch.floats(1);
        int rest = first.array().length - first.base() - LINE;
        Floats last = scratch.floats(rest);
        assertThat(last.array()).isSameAs(first.array());
        assertThat(scratch.floats(1).array()).isNotSameAs(first.array());
    }

    @Test
    void bytesCountAllArrays() {
        Floats piece = scratch.floats(1);
        long floats = (long) piece.array().length * Float.BYTES;
        assertThat(scratch.bytes()).isEqualTo(floats);
        scratch.doublesOf(2, 10);
        scratch.tensor(3, 4);
        assertThat(scratch.bytes()).isEqualTo(floats + 2 * 10 * Double.BYTES + 12 * Float.BYTES);
    }
}
