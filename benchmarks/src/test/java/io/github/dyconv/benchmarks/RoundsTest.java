package io.github.dyconv.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dyconv.benchmarks.ComparisonResults.ContenderInfo;
import io.github.dyconv.benchmarks.ComparisonResults.Measurement;
import io.github.dyconv.benchmarks.ComparisonResults.Settings;
import io.github.dyconv.examples.LayerCase;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The harness with real workers, whose contenders do nothing. */
class RoundsTest {
    private static final LayerCase TIMED = LayerCase.parse("D:1");

    private final Rounds rounds = new Rounds(new Settings(1, 2, 3, 1e-3));

    @Test
    void measuresEveryContenderInAProcessWithItsEnvironment() throws Exception {
        List<Measurement> rows = measure("fake-right");

        assertThat(rows).singleElement().satisfies(row -> {
            assertThat(row.contender()).isEqualTo("fake-right");
            assertThat(row.layer()).isEqualTo("D:1");
            assertThat(row.threads()).isEqualTo(2);
            assertThat(row.medianMs()).isBetween(row.p10Ms(), row.p90Ms());
            assertThat(row.error()).isLessThan(1e-5);
            assertThat(row.scratchBytes()).isEqualTo(12);
        });
        assertThat(rounds.contenders())
                .containsExactly(
                        Map.entry("fake-right", new ContenderInfo("1.0 set", Map.of(FakeProvider.VARIABLE, "set"))));
    }

    @Test
    void aWrongResultFailsWithItsReason() {
        assertThatThrownBy(() -> measure("fake-wrong"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("fake-wrong failed")
                .hasMessageContaining("wrong DYNAMIC result of D:1");
    }

    @Test
    void aResultThatDiffersFromTheOthersWhereNobodyLookedFails() {
        assertThatThrownBy(() -> measure("fake-right", "fake-odd"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("fake-odd on D:1 differs from the others");
    }

    private List<Measurement> measure(String... contenders) throws Exception {
        return rounds.measure(
                TIMED, 2, Stream.of(contenders).map(Contenders::named).toList());
    }
}
