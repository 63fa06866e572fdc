package io.github.dyconv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DYConv2dConfigTest {
    /** Expected values are Python's {@code int(C * ratio) + 1}. */
    @ParameterizedTest
    @CsvSource({
        "100, 0.29, 4, 29", "1, 0.25, 4, 1", "8, 0.25, 4, 3", "64, 0.0625, 4, 5", "8, 0, 4, 1", "10, 1.7, 4, 18",
        "3, 0.25, 4, 4", "3, 7.0, 6, 6", "3, 0.25, 1, 1", "4, 0.25, 4, 2", "2, 0.25, 4, 1", "1000, 0.007, 2, 8"
    })
    void theHiddenLayersWidthIsPythons(int channels, double ratio, int kernels, int expected) {
        assertThat(DYConv2d.builder(channels, 5, 3)
                        .ratio(ratio)
                        .kernels(kernels)
                        .config()
                        .hiddenPlanes())
                .isEqualTo(expected);
    }

    @Test
    void parametersHavePyTorchsNamesAndShapes() {
        DYConv2dConfig config = DYConv2d.builder(8, 6, 3, 5).groups(2).config();
        Map<String, int[]> shapes = config.parameterShapes();
        assertThat(shapes.keySet())
                .containsExactly(
                        "weight", "bias", "attention.fc1.weight", "attention.fc2.weight", "attention.fc2.bias");
        assertThat(shapes.get("weight")).containsExactly(4, 6, 4, 3, 5);
        assertThat(shapes.get("bias")).containsExactly(4, 6);
        assertThat(shapes.get("attention.fc1.weight")).containsExactly(3, 8, 1, 1);
        assertThat(shapes.get("attention.fc2.weight")).containsExactly(4, 3, 1, 1);
        assertThat(shapes.get("attention.fc2.bias")).containsExactly(4);
        assertThat(DYConv2d.builder(8, 6, 3).bias(false).config().parameterShapes())
                .doesNotContainKey("bias");
    }

    @Test
    void parametersThatFitNoTensorAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DYConv2d.builder(1 << 12, 1 << 12, 11).config())
                .withMessage("weight: [4, 4096, 4096, 11, 11] has more elements than one tensor holds (2147483583)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DYConv2d.builder(1 << 16, 1, 1).ratio(1).config())
                .withMessageStartingWith("attention.fc1.weight: [65537, 65536, 1, 1] has more elements");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DYConv2d.builder(4, 1, 1).ratio(1e9).config())
                .withMessage("ratio: 1.0E9 of 4 channels is too wide a hidden layer");
    }
}
