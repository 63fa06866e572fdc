package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkerGridsTest {
    @ParameterizedTest
    @CsvSource({
        "512, 2, 32", // eight groups for each unit
        "3, 2, 1", // fewer planes than units
        "97, 1, 1", // nothing divides it
        "96, 2, 6",
        "4096, 1, 64", // as large as groups become
    })
    void groupsShareWorkAmongUnits(int items, int computeUnits, int expected) {
        assertThat(WorkerGrids.itemsPerGroup(items, computeUnits)).isEqualTo(expected);
        assertThat(WorkerGrids.shared(items, computeUnits).getGlobalWork()[0]).isEqualTo(items);
    }
}
