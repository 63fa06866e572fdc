package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.spi.ForwardProblem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LayerAttentionTest {
    @ParameterizedTest
    @CsvSource({
        "64, 56, 8, 2, true", // as many samples for each unit
        "64, 56, 1, 1, true",
        "64, 56, 1, 2, false", // R1: a unit would be idle for half of the planes
        "128, 28, 1, 2, true", // R2: so it would, but not for long
        "128, 28, 1, 64, false",
        "64, 56, 3, 2, false",
        "3, 256, 1, 2, true" // D: a unit pools two of the three planes anyway
    })
    void takesSamplesWhereUnitsStayBusy(int channels, int size, int batch, int units, boolean bySample) {
        assertThat(LayerAttention.bySample(problem(channels, size, batch, true), units))
                .isEqualTo(bySample);
    }

    @Test
    void aPlainConvolutionHasNoAttention() {
        assertThat(LayerAttention.bySample(problem(64, 8, 1, false), 1)).isFalse();
    }

    private static ForwardProblem problem(int channels, int size, int batch, boolean dynamic) {
        try (DYConv2d layer =
                DYConv2d.builder(channels, 16, 3).kernels(dynamic ? 4 : 1).build()) {
            return new ForwardProblem(layer.config(), batch, size, size, ForwardOptions.DEFAULT, dynamic);
        }
    }
}
