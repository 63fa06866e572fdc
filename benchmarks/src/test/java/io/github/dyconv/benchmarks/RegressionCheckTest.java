package io.github.dyconv.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.benchmarks.ContenderProvider.Role;
import io.github.dyconv.benchmarks.RegressionCheck.Change;
import java.util.List;
import org.junit.jupiter.api.Test;

class RegressionCheckTest {
    private final RegressionCheck check = new RegressionCheck("fma-peak", List.of("jvm", "jvm-static"), 0.1);

    @Test
    void aFileIsAsFastAsItself() {
        var outcome = check.compare(Fixtures.results(), Fixtures.results());

        assertThat(outcome.changes()).hasSize(4).noneMatch(check::isRegression);
        assertThat(outcome.changes()).extracting(Change::slowdown).containsOnly(1.0);
        assertThat(outcome.missing()).isEmpty();
    }

    @Test
    void whatOnlyTheOldFileHoldsIsNamed() {
        var outcome = check.compare(
                Fixtures.results(),
                Fixtures.of(
                        Fixtures.row(1, "R1:8", "jvm", Role.DYNAMIC, 8),
                        Fixtures.row(1, "R1:8", "fma-peak", Role.CEILING, 2)));

        assertThat(outcome.changes()).extracting(Change::what).containsExactly("jvm on R1:8, threads 1");
        assertThat(outcome.missing())
                .containsExactly("jvm-static on R1:8, threads 1", "jvm on P:8, threads 1", "jvm on R1:8, threads 2");
    }

    @Test
    void theToleranceIsRelative() {
        assertThat(check.isRegression(new Change("", 4, 4.39))).isFalse();
        assertThat(check.isRegression(new Change("", 4, 4.41))).isTrue();
        assertThat(check.isRegression(new Change("", 4, 1))).isFalse();
    }
}
