package io.github.dyconv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TensorTest {
    private static Tensor counting(int... shape) {
        Tensor tensor = Tensor.zeros(shape);
        for (int i = 0; i < tensor.size(); i++) {
            tensor.segment().setAtIndex(ValueLayout.JAVA_FLOAT, i, i);
        }
        return tensor;
    }

    @Test
    void zerosAreZeroAndAligned() {
        Tensor tensor = Tensor.zeros(2, 3, 5);
        assertThat(tensor.toArray()).hasSize(30).containsOnly(0);
        assertThat(tensor.segment().address() % 64).isZero();
        assertThat(tensor.segment().byteSize()).isEqualTo(120);
    }

    @Test
    void elementsAreInRowMajorOrder() {
        Tensor tensor = counting(2, 3, 4);
        assertThat(tensor.get(0, 0, 3)).isEqualTo(3);
        assertThat(tensor.get(0, 1, 0)).isEqualTo(4);
        assertThat(tensor.get(1, 0, 0)).isEqualTo(12);
        tensor.set(-1, 1, 2, 3);
        assertThat(tensor.toArray()[23]).isEqualTo(-1);
    }

    @Test
    void aScalarHasOneElement() {
        Tensor scalar = Tensor.of(new float[] {5});
        assertThat(scalar.rank()).isZero();
        assertThat(scalar.size()).isEqualTo(1);
        assertThat(scalar.get()).isEqualTo(5);
        assertThat(scalar).hasToString("Tensor[]");
    }

    @Test
    void wrongIndicesAreRefused() {
        Tensor tensor = Tensor.zeros(2, 3);
        for (int[] index : new int[][] {{2, 0}, {0, 3}, {-1, 0}, {0, -1}, {1}, {0, 0, 0}, {}}) {
            assertThatExceptionOfType(IndexOutOfBoundsException.class)
                    .isThrownBy(() -> tensor.get(index))
                    .withMessageStartingWith("index: " + Arrays.toString(index));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> tensor.set(1, index));
        }
        assertThat(tensor.toArray()).containsOnly(0);
    }

    @Test
    void wrongShapesAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tensor.zeros(2, 0))
                .withMessage("shape: every dimension must be at least 1, got [2, 0]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tensor.zeros(-2, -3))
                .withMessage("shape: every dimension must be at least 1, got [-2, -3]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tensor.zeros(1 << 16, 1 << 16, 1 << 16, 1 << 16))
                .withMessage(
                        "shape: [65536, 65536, 65536, 65536] has more elements than one tensor holds (2147483583)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tensor.of(new float[5], 2, 3))
                .withMessage("values: a shape of [2, 3] does not hold 5 values");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Tensor.zeros(2, 3).reshape(7))
                .withMessage("shape: [7] does not hold the 6 elements of Tensor[2, 3]");
    }

    @Test
    void valuesAndShapesAreCopied() {
        float[] values = {1, 2};
        int[] shape = {2};
        Tensor tensor = Tensor.of(values, shape);
        values[0] = 9;
        shape[0] = 9;
        tensor.shape()[0] = 9;
        tensor.toArray()[0] = 9;
        assertThat(tensor.hasShape(2)).isTrue();
        assertThat(tensor.toArray()).containsExactly(1, 2);
    }

    @Test
    void reshapeSharesAndCopyDoesNot() {
        Tensor tensor = counting(2, 6);
        Tensor view = tensor.reshape(3, 4);
        Tensor copy = tensor.copy();
        tensor.set(50, 1, 0);
        assertThat(view.get(1, 2)).isEqualTo(50);
        assertThat(copy.get(1, 0)).isEqualTo(6);
    }

    @Test
    void readOnlyViewsSeeAndDoNotWrite() {
        Tensor tensor = Tensor.zeros(3);
        Tensor view = tensor.asReadOnly();
        tensor.set(2, 1);
        assertThat(view.toArray()).containsExactly(0, 2, 0);
        assertThatIllegalArgumentException().isThrownBy(() -> view.set(1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> view.copyFrom(tensor));
        assertThatIllegalArgumentException().isThrownBy(() -> view.reshape(3, 1).set(1, 0, 0));
        assertThat(view.segmentWithHeader(16)).isEmpty();
        Tensor copy = view.copy();
        copy.set(7, 0);
        assertThat(copy.toArray()).containsExactly(7, 2, 0);
    }

    @Test
    void copyFromWantsTheSameShape() {
        Tensor target = Tensor.zeros(2, 2);
        target.copyFrom(counting(2, 2));
        assertThat(target.toArray()).containsExactly(0, 1, 2, 3);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> target.copyFrom(Tensor.zeros(4)))
                .withMessage("source: expected [2, 2], got [4]");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 16, 24, Tensor.HEADROOM})
    void theHeadroomPrecedesTheElements(int header) {
        for (Tensor tensor : new Tensor[] {counting(3), counting(3).reshape(3, 1)}) {
            MemorySegment memory = tensor.segmentWithHeader(header).orElseThrow();
            assertThat(memory.byteSize()).isEqualTo(header + 12L);
            assertThat(memory.address()).isEqualTo(tensor.segment().address() - header);
            assertThat(memory.get(ValueLayout.JAVA_FLOAT, header + 8L)).isEqualTo(2);
        }
        assertThat(counting(3).segmentWithHeader(Tensor.HEADROOM + 1)).isEmpty();
    }

    @Test
    void wrappedMemoryIsShared() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(24, 4);
            Tensor tensor = Tensor.wrap(memory, 2, 3);
            memory.setAtIndex(ValueLayout.JAVA_FLOAT, 5, 8);
            assertThat(tensor.get(1, 2)).isEqualTo(8);
            assertThat(tensor.segmentWithHeader(16)).isEmpty();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Tensor.wrap(memory, 7))
                    .withMessage("memory: a shape of [7] takes 28 bytes, got 24");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Tensor.wrap(memory.asSlice(1, 4), 1))
                    .withMessageStartingWith("memory: expected native memory aligned to 4 bytes");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Tensor.wrap(MemorySegment.ofArray(new float[6]), 2, 3))
                    .withMessageStartingWith("memory: expected native memory aligned to 4 bytes");
        }
    }

    @Test
    void memoryOfAnArenaGoesWithIt() {
        Tensor tensor;
        try (Arena arena = Arena.ofConfined()) {
            tensor = Tensor.allocate(arena, 4);
            tensor.set(1, 0);
        }
        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> tensor.get(0));
    }
}
