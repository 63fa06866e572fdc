package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** That these tests run as {@code docs/architecture.md} tells users to run theirs on PoCL. */
class SignalChainingTest {
    private static final Path MAPS = Path.of("/proc/self/maps");

    @Test
    void theJvmKeepsItsSignals() throws IOException {
        assumeThat(TestDevices.simulated()).isFalse();
        assumeThat(MAPS).exists();
        assertThat(Files.readAllLines(MAPS)).anyMatch(line -> line.endsWith("/libjsig.so"));
    }
}
