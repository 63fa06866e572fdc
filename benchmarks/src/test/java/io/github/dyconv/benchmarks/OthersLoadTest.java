package io.github.dyconv.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OthersLoadTest {
    @Test
    void idlingAndWaitingForDisksIsNoWork() {
        // user, nice, system, idle, waiting, interrupts (hard, soft), stolen, guests (in user already)
        assertThat(OthersLoad.busySeconds("cpu  100 20 300 100000 5000 1 2 7 90 9"))
                .isEqualTo(4.3);
    }
}
