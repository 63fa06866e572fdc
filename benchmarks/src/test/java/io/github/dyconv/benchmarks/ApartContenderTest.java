package io.github.dyconv.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dyconv.Tensor;
import io.github.dyconv.examples.LayerCase;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ApartContenderTest {
    private static final LayerCase TIMED = LayerCase.parse("D:1");

    private final CyclicBarrier together = new CyclicBarrier(2);

    /** Takes its turn only while another takes one, and tells the times that it was given. */
    private record Fake(CyclicBarrier together, float result, List<Long> nanos) implements Contender {
        @Override
        public void run() {
            Thread.onSpinWait();
        }

        @Override
        public long[] turn(int counted) {
            if (counted == 0) {
                return new long[0];
            }
            try {
                together.await(10, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            if (nanos.isEmpty()) {
                throw new IllegalArgumentException("no time");
            }
            return nanos.stream().mapToLong(Long::longValue).toArray();
        }

        @Override
        public Optional<Tensor> output() {
            Tensor output = Tensor.zeros(3);
            output.set(result, 1);
            return Optional.of(output);
        }

        @Override
        public String algorithm() {
            return "none";
        }

        @Override
        public void close() {}
    }

    @Test
    void allRunAtOnceAndTheirRatesAreAveraged() {
        try (Contender apart = apart(fake(1, 4L, 3L), fake(1, 4L, 6L))) {
            assertThat(apart.turn(2)).containsExactly(4, 4);
            assertThat(apart.repeats()).isEqualTo(2);
            assertThat(apart.output().orElseThrow().toArray()).containsExactly(0, 1, 0);
        }
    }

    @Test
    void oneThatFailsFailsAll() {
        try (Contender apart = apart(fake(1, 4L, 3L), fake(1))) {
            assertThatThrownBy(() -> apart.turn(2)).hasRootCauseMessage("no time");
        }
    }

    @Test
    void everyOutputIsCompared() {
        try (Contender apart = apart(fake(1, 4L, 3L), fake(2, 4L, 6L))) {
            assertThatThrownBy(apart::output)
                    .hasMessage("the output of thread 1 differs from that of thread 0, first at byte 6");
        }
    }

    @Test
    void thoseOfOurDeviceComputeWhatItComputes() {
        ContenderProvider provider = Contenders.named(Contenders.JVM_APART);
        try (Contender apart = provider.load(TIMED, 2).prepare().get();
                Contender one = Contenders.named(Contenders.JVM_ONE)
                        .load(TIMED, 2)
                        .prepare()
                        .get()) {
            apart.run();
            one.run();

            assertThat(apart.output().orElseThrow().toArray())
                    .isEqualTo(one.output().orElseThrow().toArray());
            assertThat(apart.turn(3)).hasSize(3).doesNotContain(0);
            assertThat(apart.algorithm()).isEqualTo(one.algorithm());
            assertThat(apart.scratchBytes().orElseThrow())
                    .isEqualTo(2 * one.scratchBytes().orElseThrow());
        }
    }

    @Test
    void onOneThreadTheyTakeNoPart() {
        ContenderProvider provider = Contenders.named(Contenders.JVM_APART);

        assertThat(provider.refusal(TIMED, 1)).contains("it would be jvm");
        assertThat(provider.refusal(TIMED, 2)).isEmpty();
    }

    private Contender fake(float result, Long... nanos) {
        return new Fake(together, result, List.of(nanos));
    }

    private static Contender apart(Contender... contenders) {
        return new ApartContender(List.of(contenders));
    }
}
