package io.github.dyconv.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.github.dyconv.benchmarks.ComparisonResults.Measurement;
import io.github.dyconv.benchmarks.ContenderProvider.Role;
import io.github.dyconv.benchmarks.Ratio.Best;
import io.github.dyconv.benchmarks.Ratio.Summary;
import java.util.List;
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
    void ofSeveralTheFastestOnEachLayerCounts() {
        var ratio = new Ratio(List.of("libtorch", "pytorch"), "jvm", Best.LARGE);
        ComparisonResults both = Fixtures.of(
                row("A:1", "jvm", 2),
                row("A:1", "libtorch", 4),
                row("A:1", "pytorch", 3),
                row("B:1", "jvm", 1),
                row("B:1", "libtorch", 6),
                row("B:1", "pytorch", 9),
                row("C:1", "jvm", 1),
                row("C:1", "libtorch", 1));

        assertThat(ratio.of(both, 1, "A:1")).contains(1.5);
        assertThat(ratio.of(both, 1, "B:1")).contains(6.0);
        assertThat(ratio.of(both, 1, "C:1")).isEmpty();
        assertThat(ratio.over(both, 1)).hasValueSatisfying(summary -> {
            assertThat(summary.geometricMean()).isCloseTo(3, within(1e-12));
            assertThat(summary.worstLayer()).isEqualTo("A:1");
        });
        assertThat(ratio).hasToString("min(libtorch, pytorch) / jvm");
    }

    @Test
    void ourScalingIsThatOfOneTableAndHasACeiling() {
        ComparisonResults both = Fixtures.of(
                Fixtures.row(2, "A:1", "jvm", Role.DYNAMIC, 2),
                Fixtures.row(2, "A:1", "jvm-one", Role.DYNAMIC, 3),
                Fixtures.row(2, "A:1", "jvm-apart", Role.DYNAMIC, 1.5));

        assertThat(Ratio.ALL.stream().filter(ratio -> ratio.over(both, 2).isPresent()))
                .extracting(Ratio::toString, ratio -> ratio.of(both, 2, "A:1").orElseThrow())
                .containsExactly(
                        tuple("scaling: jvm-one / jvm", 1.5), tuple("ceiling of scaling: jvm-one / jvm-apart", 2.0));
    }

    private static Measurement row(String layer, String contender, double medianMs) {
        return Fixtures.row(1, layer, contender, Role.DYNAMIC, medianMs);
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
