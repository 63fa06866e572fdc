package io.github.dyconv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class Conv2dGeometryTest {
    private static Conv2dGeometry axis(int kernel, int stride, int padding, int dilation) {
        return new Conv2dGeometry(
                1,
                1,
                new Size2D(kernel, 1),
                new Size2D(stride, 1),
                new Size2D(padding, 0),
                new Size2D(dilation, 1),
                1,
                true);
    }

    /** Counts the positions at which the whole kernel lies within the padded input. */
    private static int positions(int size, int kernel, int stride, int padding, int dilation) {
        int count = 0;
        for (int first = -padding; first + (kernel - 1) * dilation < size + padding; first += stride) {
            count++;
        }
        return count;
    }

    @Test
    void outputSizesAreTheNumberOfPositions() {
        for (int kernel = 1; kernel <= 5; kernel++) {
            for (int stride = 1; stride <= 4; stride++) {
                for (int padding = 0; padding <= 6; padding++) {
                    for (int dilation = 1; dilation <= 3; dilation++) {
                        for (int size = 1; size <= 12; size++) {
                            requireSize(size, kernel, stride, padding, dilation);
                        }
                    }
                }
            }
        }
    }

    private static void requireSize(int size, int kernel, int stride, int padding, int dilation) {
        Conv2dGeometry geometry = axis(kernel, stride, padding, dilation);
        int expected = positions(size, kernel, stride, padding, dilation);
        if (expected > 0) {
            assertThat(geometry.outHeight(size)).isEqualTo(expected);
        } else {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> geometry.outHeight(size))
                    .withMessage(
                            "kernel_size: spans %d pixels of height (kernel %d, dilation %d), more than the padded"
                                    + " input's %d",
                            (kernel - 1) * dilation + 1, kernel, dilation, size + 2 * padding);
        }
    }

    @Test
    void theAxesAreNotMixedUp() {
        Conv2dGeometry geometry = new Conv2dGeometry(
                6, 4, new Size2D(3, 5), new Size2D(2, 1), new Size2D(0, 3), new Size2D(1, 2), 2, false);
        assertThat(geometry.outHeight(9)).isEqualTo(4);
        assertThat(geometry.outWidth(9)).isEqualTo(7);
        assertThat(geometry.taps()).isEqualTo(15);
        assertThat(geometry.inPlanesPerGroup()).isEqualTo(3);
        assertThat(geometry.outPlanesPerGroup()).isEqualTo(2);
        assertThat(geometry.multiplyAdds(9, 9)).isEqualTo(4L * 4 * 7 * 3 * 15);
    }

    @Test
    void extremesDoNotOverflow() {
        assertThat(axis(1, 1, 1_000_000_000, 1).outHeight(7)).isEqualTo(2_000_000_007);
        assertThat(axis(2, 1, 1_000_000_000, 2_000_000_000).outHeight(5)).isEqualTo(5);
        assertThat(axis(1, Integer.MAX_VALUE, 0, 1).outHeight(Integer.MAX_VALUE))
                .isEqualTo(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> axis(1, 1, Integer.MAX_VALUE, 1).outHeight(7));
        assertThatIllegalArgumentException().isThrownBy(() -> axis(3, 1, 0, Integer.MAX_VALUE));
        assertThatIllegalArgumentException().isThrownBy(() -> axis(1, 1, 0, 1).outHeight(0));
    }
}
