package io.github.dyconv.benchmarks;

import io.github.dyconv.benchmarks.ComparisonResults.ContenderInfo;
import io.github.dyconv.benchmarks.ComparisonResults.Machine;
import io.github.dyconv.benchmarks.ComparisonResults.Measurement;
import io.github.dyconv.benchmarks.ComparisonResults.Settings;
import io.github.dyconv.benchmarks.ContenderProvider.Role;
import java.util.List;
import java.util.Map;

/** Results that nobody measured. */
final class Fixtures {
    private Fixtures() {}

    /** {@code jvm} is twice as fast as {@code libtorch} on R1:8 and half as fast on P:8, and gains 1.6 from two threads. */
    static ComparisonResults results() {
        return of(
                row(1, "R1:8", "jvm", Role.DYNAMIC, 8),
                row(1, "R1:8", "libtorch", Role.DYNAMIC, 16),
                row(1, "R1:8", "jvm-static", Role.STATIC, 4),
                row(1, "R1:8", "fma-peak", Role.CEILING, 2),
                row(1, "P:8", "jvm", Role.DYNAMIC, 2),
                row(1, "P:8", "libtorch", Role.DYNAMIC, 1),
                row(1, "P:8", "fma-peak", Role.CEILING, 0.5),
                row(2, "R1:8", "jvm", Role.DYNAMIC, 5),
                row(2, "R1:8", "libtorch", Role.DYNAMIC, 10),
                row(2, "R1:8", "fma-peak", Role.CEILING, 1),
                row(2, "P:8", "jvm", Role.DYNAMIC, 1.25));
    }

    static ComparisonResults of(Measurement... rows) {
        return new ComparisonResults(
                "2026-01-02T03:04:05Z",
                new Machine("A processor", 2, "An OS", "A JDK", List.of("-Xint")),
                new Settings(1, 10, 5, 1),
                Map.of("jvm", new ContenderInfo("Java 25", Map.of())),
                List.of(rows));
    }

    static Measurement row(int threads, String layer, String contender, Role role, double medianMs) {
        return new Measurement(
                threads,
                layer,
                contender,
                role,
                medianMs,
                medianMs * 0.9,
                medianMs * 1.1,
                100 / medianMs,
                "direct",
                role == Role.CEILING ? null : 1e-7,
                role == Role.CEILING ? null : 1000L,
                50,
                200,
                null,
                0.25);
    }
}
