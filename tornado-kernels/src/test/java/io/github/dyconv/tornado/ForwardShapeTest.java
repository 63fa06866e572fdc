package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.spi.ForwardProblem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardShapeTest {
    @ParameterizedTest
    @CsvSource({
        "64, 56, 3, 1, 2, true", // R1
        "64, 56, 3, 8, 2, false", // a unit would pool and pad eight samples instead of four
        "64, 56, 3, 8, 1, true", // which the only one does anyway
        "64, 56, 3, 1, 64, false",
        "128, 28, 3, 1, 64, true", // R2
        "96, 56, 1, 1, 2, false", // P: it would copy what needs no padding
        "96, 56, 1, 1, 1, false",
        "20, 7, 1, 8, 2, true"
    })
    void layersAreWholeWhereUnitsDoLittleMore(int channels, int size, int kernel, int batch, int units, boolean whole) {
        ForwardProblem problem = problem(channels, size, kernel, batch, true);
        assertThat(ForwardShape.whole(problem, PanelShape.of(problem, units), units))
                .isEqualTo(whole);
    }

    @Test
    void aPlainConvolutionHasNoAttention() {
        ForwardProblem problem = problem(64, 8, 3, 1, false);
        assertThat(ForwardShape.whole(problem, PanelShape.of(problem, 1), 1)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "128, 28, 2, 2", // eight panels of two bands
        "64, 7, 3, 2", // four panels: two for each, as with three work-items
        "16, 7, 4, 1" // one panel
    })
    void unitsShareThePieces(int channels, int size, int units, int items) {
        ForwardProblem problem = problem(channels, size, 3, 1, true);
        PanelShape panels = PanelShape.of(problem, units);
        ForwardShape shape = ForwardShape.layer(problem, panels, units);
        assertThat(shape.items()).isEqualTo(items).isLessThanOrEqualTo(units);
        assertThat(shape.items() * shape.piecesPerItem()).isGreaterThanOrEqualTo(panels.pieces());
    }

    private static ForwardProblem problem(int channels, int size, int kernel, int batch, boolean dynamic) {
        try (DYConv2d layer = DYConv2d.builder(channels, channels, kernel)
                .padding(kernel / 2)
                .kernels(dynamic ? 4 : 1)
                .build()) {
            return new ForwardProblem(layer.config(), batch, size, size, ForwardOptions.DEFAULT, dynamic);
        }
    }
}
