package io.github.dyconv.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ThreadTeamTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void everyIndexRunsOnceByAWorkerOfTheTeam(int threads) {
        ThreadTeam team = ThreadTeam.of(threads);
        AtomicIntegerArray runs = new AtomicIntegerArray(1000);
        AtomicInteger strangers = new AtomicInteger();
        for (int loop = 0; loop < 100; loop++) {
            team.run(1000, (index, worker) -> {
                runs.incrementAndGet(index);
                if (worker < 0 || worker >= threads) {
                    strangers.incrementAndGet();
                }
            });
        }
        for (int i = 0; i < 1000; i++) {
            assertThat(runs.get(i)).as("index %d", i).isEqualTo(100);
        }
        assertThat(strangers).hasValue(0);
    }

    @Test
    void whatABodyThrowsReachesTheCallerAndTheTeamLivesOn() {
        ThreadTeam team = ThreadTeam.of(2);
        for (int loop = 0; loop < 50; loop++) {
            assertThatThrownBy(() -> team.run(100, (index, worker) -> {
                        if (index == 37) {
                            throw new IllegalStateException("index 37");
                        }
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("index 37");
        }
        AtomicInteger sum = new AtomicInteger();
        team.run(10, (index, worker) -> sum.addAndGet(index));
        assertThat(sum).hasValue(45);
    }

    @Test
    void aWorkerThatFellAsleepWakes() throws InterruptedException {
        ThreadTeam team = ThreadTeam.of(2);
        AtomicInteger runs = new AtomicInteger();
        for (int loop = 0; loop < 5; loop++) {
            Thread.sleep(20);
            team.run(4, (index, worker) -> runs.incrementAndGet());
        }
        assertThat(runs).hasValue(20);
    }

    @Test
    void callersTakeTurns() throws InterruptedException {
        ThreadTeam team = ThreadTeam.of(3);
        AtomicInteger total = new AtomicInteger();
        Thread[] callers = new Thread[4];
        for (int i = 0; i < callers.length; i++) {
            callers[i] = Thread.ofPlatform().start(() -> {
                for (int loop = 0; loop < 200; loop++) {
                    team.run(7, (index, worker) -> total.incrementAndGet());
                }
            });
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(total).hasValue(4 * 200 * 7);
    }
}
