package io.github.dyconv.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dyconv.benchmarks.ComparisonResults.Measurement;
import io.github.dyconv.benchmarks.Replies.Check;
import io.github.dyconv.benchmarks.Replies.End;
import io.github.dyconv.benchmarks.Replies.Mark;
import io.github.dyconv.benchmarks.Replies.Ready;
import io.github.dyconv.benchmarks.Replies.Turn;
import io.github.dyconv.examples.LayerCase;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SamplesTest {
    private static final LayerCase TIMED = LayerCase.parse("R1:8");

    private final Samples samples = new Samples(TIMED, 2, Contenders.named("jvm"));

    @Test
    void quantilesAreOfAllCountedRuns() {
        samples.add(ready("direct", 1));
        samples.add(new Turn(millis(1, 6), 10));
        samples.add(new Turn(millis(7, 11), 30));
        samples.add(new End(5L));
        samples.addOthersLoad(0.5);

        Measurement row = samples.measurement();
        assertThat(row.medianMs()).isEqualTo(6);
        assertThat(row.p10Ms()).isEqualTo(2);
        assertThat(row.p90Ms()).isEqualTo(10);
        assertThat(row.gflops()).isCloseTo(TIMED.flops() / 6e6, within(1e-9));
        assertThat(row.allocatedBytes()).isEqualTo(20);
        assertThat(row.firstCallMs()).isEqualTo(70);
        assertThat(row.peakRssBytes()).isEqualTo(5);
        assertThat(row.othersLoad()).isEqualTo(0.5);
    }

    @Test
    void aRunThatDoesTheWorkManyTimesCountsOnceEach() {
        samples.add(ready("direct", 4));
        samples.add(new Turn(millis(8, 8), 0));

        assertThat(samples.measurement().medianMs()).isEqualTo(2);
    }

    @Test
    void processesThatChoseDifferentlyAreBothNamed() {
        samples.add(ready("direct", 1));
        samples.add(ready("Winograd", 1));
        samples.add(new Turn(millis(1, 1), 0));
        samples.add(new End(3L));
        samples.add(new End(9L));
        samples.add(new End(null));

        assertThat(samples.measurement().algorithm()).isEqualTo("direct, Winograd");
        assertThat(samples.measurement().peakRssBytes()).isEqualTo(9);
    }

    private static List<Long> millis(int first, int last) {
        return LongStream.rangeClosed(first, last)
                .map(i -> i * 1_000_000)
                .boxed()
                .toList();
    }

    private static Ready ready(String algorithm, int repeats) {
        return new Ready("1.0", algorithm, 7L, repeats, 70.0 * repeats, new Check(1e-7, List.of(new Mark(1, 1))));
    }
}
