package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Occupancy by each of its limits. */
class MultiprocessorTest {
    @ParameterizedTest
    @CsvSource({
        "75, 1024, 32, 0, 1", // warps
        "80, 32, 16, 0, 32", // blocks
        "86, 32, 16, 0, 16",
        "90, 128, 128, 12288, 4", // registers: 4096 for a warp, 16 warps
        "90, 128, 129, 0, 3", // registers in units of 256: 4352 for a warp, 3 warps of each scheduler
        "90, 128, 32, 49152, 4", // shared memory: 49 of 228 KiB
        "75, 128, 32, 49152, 1", // shared memory: 48 of 64 KiB
    })
    void blocksByTheScarcestResource(int architecture, int threads, int registers, int shared, int blocks) {
        Multiprocessor multiprocessor = Multiprocessor.of(architecture);
        assertThat(multiprocessor.residentBlocks(threads, registers, shared)).isEqualTo(blocks);
        assertThat(multiprocessor.residentWarps(threads, registers, shared)).isEqualTo(blocks * threads / 32);
    }
}
