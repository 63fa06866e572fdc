package io.github.dyconv.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.benchmarks.ContenderProvider.Role;
import org.junit.jupiter.api.Test;

class MarkdownReportTest {
    private final String text = new MarkdownReport(Fixtures.results()).text();

    @Test
    void tellsWhereAndHow() {
        assertThat(text)
                .startsWith("A processor, 2 processors, An OS, A JDK; 2026-01-02T03:04:05Z. Medians of 50 runs each")
                .contains("- jvm: Java 25\n");
    }

    @Test
    void hasTimesOfEveryContenderInOrder() {
        assertThat(text).contains("""
                        | layer | jvm | libtorch | jvm-static | fma-peak | others |
                        |---|---|---|---|---|---|
                        | R1:8 | 8.00 | 16.0 | 4.00 | 2.00 | 0.25 |
                        | P:8 | 2.00 | 1.00 | - | 0.500 | 0.25 |
                        """);
    }

    @Test
    void hasTheRatiosThatCanBeFormed() {
        assertThat(text)
                .contains("""
                        | layer | libtorch / jvm | jvm / jvm-static | fma-peak / jvm | jvm GFLOP/s |
                        |---|---|---|---|---|
                        | R1:8 | 2.00 | 2.00 | 0.25 | 12.5 |
                        | P:8 | 0.50 | - | 0.25 | 50.0 |
                        """)
                .contains("| libtorch / jvm | 1.00 | 0.50 | P:8 |")
                .doesNotContain("onnxruntime / jvm");
    }

    @Test
    void hasTheRatioToTheFasterOfBothThatRunPyTorch() {
        String both = new MarkdownReport(Fixtures.of(
                        Fixtures.row(1, "R1:8", "jvm", Role.DYNAMIC, 8),
                        Fixtures.row(1, "R1:8", "libtorch", Role.DYNAMIC, 16),
                        Fixtures.row(1, "R1:8", "pytorch", Role.DYNAMIC, 12)))
                .text();

        assertThat(both)
                .contains("| R1:8 | 2.00 | 1.50 | 12.5 |")
                .contains("| min(libtorch, pytorch) / jvm | 1.50 | 1.50 | R1:8 |");
    }

    @Test
    void hasTheScalingAndItsCeilingOfOneTable() {
        String scaling = new MarkdownReport(Fixtures.of(
                        Fixtures.row(2, "R1:8", "jvm", Role.DYNAMIC, 5),
                        Fixtures.row(2, "R1:8", "jvm-one", Role.DYNAMIC, 8),
                        Fixtures.row(2, "R1:8", "jvm-apart", Role.DYNAMIC, 4),
                        Fixtures.row(2, "R4:8", "jvm", Role.DYNAMIC, 10),
                        Fixtures.row(2, "R4:8", "jvm-one", Role.DYNAMIC, 16.9),
                        Fixtures.row(2, "R4:8", "jvm-apart", Role.DYNAMIC, 10)))
                .text();

        assertThat(scaling)
                .contains("""
                        | layer | scaling: jvm-one / jvm | ceiling of scaling: jvm-one / jvm-apart | jvm GFLOP/s |
                        |---|---|---|---|
                        | R1:8 | 1.60 | 2.00 | 20.0 |
                        | R4:8 | 1.69 | 1.69 | 10.0 |
                        """)
                .contains("| scaling: jvm-one / jvm | 1.64 | 1.60 | R1:8 |")
                .contains("| ceiling of scaling: jvm-one / jvm-apart | 1.84 | 1.69 | R4:8 |");
    }

    @Test
    void hasTheSpeedUpOfMoreThreads() {
        assertThat(text).contains("""
                        ## Speed-up from 1 to 2 threads

                        | layer | jvm | libtorch | jvm-static | fma-peak |
                        |---|---|---|---|---|
                        | R1:8 | 1.60 | 1.60 | - | 2.00 |
                        | P:8 | 1.60 | - | - | - |
                        """);
    }

    @Test
    void everyRowHasAsManyCellsAsItsHeading() {
        long heading = 0;
        for (String line : text.lines().toList()) {
            long cells = line.chars().filter(character -> character == '|').count();
            if (heading > 0 && cells > 0) {
                assertThat(cells).as(line).isEqualTo(heading);
            }
            heading = cells;
        }
    }
}
