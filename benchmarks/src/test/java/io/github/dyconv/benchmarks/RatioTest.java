package io.github.dyconv.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dyconv.benchmarks.Ratio.Best;
import io.github.dyconv.benchmarks.Ratio.Summary;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class RatioTest {
    private final ComparisonResults results = Fixtures.results();

    @Test
    void dividesMediansOfOneRun() {
        var ratio = new Ratio("libtorch", "jvm", Best.LARGE);

        assertThat(ratio.of(results, 1, "R1:8")).contains(2.0);
        assertThat(ratio.of(results, 1, "P:8")).contains(0.5);
        assertThat(ratio.of(results, 2, "P:8")).isEmpty();
    }

    @Test
    void worstIsTheSmallestWhereOthersShouldTakeLonger() {
        assertThat(new Ratio("libtorch", "jvm", Best.LARGE).over(results, 1)).contains(new Summary(1.0, "P:8", 0.5));
    }

    @Test
    void worstIsTheLargestWhereWeShouldTakeLittle() {
        assertThat(new Ratio("jvm", "fma-peak", Best.SMALL).over(results, 1)).hasValueSatisfying(summary -> {
            assertThat(summary.geometricMean()).isCloseTo(4, within(1e-12));
            assertThat(summary.worst()).isEqualTo(4);
        });
        assertThat(new Ratio("jvm", "jvm-static", Best.SMALL).over(results, 1)).contains(new Summary(2.0, "R1:8", 2.0));
    }

    @Test
    void isEmptyForThoseThatWereNotMeasured() {
        assertThat(new Ratio("onnxruntime", "jvm", Best.LARGE).over(results, 1)).isEmpty();
    }

    @Test
    void geometricMeanOfARatioAndItsInverseIsOne() {
        assertThat(Ratio.geometricMean(DoubleStream.of(3, 1.0 / 3, 1))).isCloseTo(1, within(1e-12));
    }
}
