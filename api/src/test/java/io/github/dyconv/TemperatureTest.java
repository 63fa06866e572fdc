package io.github.dyconv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TemperatureTest {
    @Test
    void theArticlesScheduleSteps() {
        Temperature article = Temperature.article();
        assertThat(IntStream.range(0, 14).mapToDouble(article::at))
                .containsExactly(34.0, 31.0, 28.0, 25.0, 22.0, 19.0, 16.0, 13.0, 10.0, 7.0, 4.0, 1.0, 1.0, 1.0);
        assertThat(article.at(0.99)).isEqualTo(34);
        assertThat(article.at(1e9)).isEqualTo(1);
    }

    @Test
    void thePapersScheduleIsLinear() {
        Temperature paper = Temperature.paper();
        assertThat(paper.at(0)).isEqualTo(30);
        assertThat(paper.at(5)).isCloseTo(15.5, within(1e-12));
        assertThat(paper.at(2.5)).isCloseTo(22.75, within(1e-12));
        assertThat(paper.at(10)).isEqualTo(1);
        assertThat(paper.at(300)).isEqualTo(1);
    }

    @Test
    void anyLineOrConstantCanBeHad() {
        assertThat(Temperature.linear(2, 8, 3).at(1)).isCloseTo(4, within(1e-12));
        assertThat(Temperature.linear(2, 8, 3).at(-1)).isEqualTo(2);
        assertThat(Temperature.constant(0.5).at(7)).isEqualTo(0.5);
    }

    @Test
    void whatIsNotPositiveIsRefused() {
        for (double wrong : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            String rule = ": must be a positive finite number, got " + wrong;
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Temperature.linear(wrong, 1, 10))
                    .withMessage("from" + rule);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Temperature.linear(1, wrong, 10))
                    .withMessage("to" + rule);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Temperature.linear(1, 1, wrong))
                    .withMessage("epochs" + rule);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Temperature.constant(wrong))
                    .withMessage("temperature" + rule);
        }
    }
}
