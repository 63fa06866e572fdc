package io.github.dyconv.simulator;

import static io.github.dyconv.simulator.Runs.counting;
import static io.github.dyconv.simulator.Runs.grid1D;
import static io.github.dyconv.simulator.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.simulator.SimulationReport.TaskReport;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat4;

/** Memory sectors per access of a warp, for patterns of which the count is known. */
class SectorCountTest {

    static void copy(FloatArray in, FloatArray out) {
        for (@Parallel int i = 0; i < out.getSize(); i++) {
            out.set(i, in.get(i));
        }
    }

    static void readStrided(FloatArray in, FloatArray out, int stride) {
        for (@Parallel int i = 0; i < out.getSize(); i++) {
            out.set(i, in.get(stride * i));
        }
    }

    static void readOne(FloatArray in, FloatArray out) {
        for (@Parallel int i = 0; i < out.getSize(); i++) {
            out.set(i, in.get(5));
        }
    }

    static void gather(FloatArray in, FloatArray out) {
        for (@Parallel int i = 0; i < out.getSize(); i++) {
            out.set(i, in.get(i % 2 * 64));
        }
    }

    /** Sums three neighbours; lanes at the borders skip one of them. */
    static void stencil(FloatArray in, FloatArray out, int width) {
        for (@Parallel int i = 0; i < width; i++) {
            float sum = 0;
            for (int k = -1; k <= 1; k++) {
                int at = i + k;
                if (at >= 0 && at < width) {
                    sum += in.get(at);
                }
            }
            out.set(i, sum);
        }
    }

    /** Inner loops of different length leave what comes after them aligned. */
    static void triangle(FloatArray in, FloatArray out) {
        for (@Parallel int i = 0; i < out.getSize(); i++) {
            float sum = 0;
            for (int round = 0; round < 2; round++) {
                for (int k = 0; k < i % 3; k++) {
                    sum += in.get(k);
                }
                sum += in.get(i);
            }
            out.set(i, sum);
        }
    }

    static void copyVectors(VectorFloat4 in, VectorFloat4 out) {
        for (@Parallel int i = 0; i < out.getLength(); i++) {
            out.set(i, in.get(i));
        }
    }

    static void rows(FloatArray in, FloatArray out, int rows, int columns) {
        for (@Parallel int row = 0; row < rows; row++) {
            for (@Parallel int column = 0; column < columns; column++) {
                out.set(row * columns + column, in.get(row * columns + column));
            }
        }
    }

    static void columns(FloatArray in, FloatArray out, int rows, int columns) {
        for (@Parallel int column = 0; column < columns; column++) {
            for (@Parallel int row = 0; row < rows; row++) {
                out.set(row * columns + column, in.get(row * columns + column));
            }
        }
    }

    static void withHelper(FloatArray in, FloatArray out) {
        for (@Parallel int i = 0; i < out.getSize(); i++) {
            float sum = 0;
            for (int k = 0; k < 4; k++) {
                sum += twoAt(in, 64 * k + i);
            }
            out.set(i, sum + twoAt(in, i));
        }
    }

    private static float twoAt(FloatArray in, int index) {
        float sum = 0;
        for (int k = 0; k < 2; k++) {
            sum += in.get(index + 32 * k);
        }
        return sum;
    }

    static void inPhases(KernelContext context, FloatArray in, FloatArray out) {
        float[] line = context.allocateFloatLocalArray(64);
        for (int round = 0; round < 2; round++) {
            line[context.localIdx] = in.get(context.globalIdx);
            context.localBarrier();
            out.set(context.globalIdx, line[63 - context.localIdx]);
            context.localBarrier();
        }
    }

    private static TaskReport report(TaskGraph graph) {
        return run(graph).task("g.t");
    }

    private static void assertCounts(TaskReport report, long warpAccesses, long sectors) {
        assertThat(report.warpAccesses()).as("accesses of warps").isEqualTo(warpAccesses);
        assertThat(report.sectors()).as("sectors").isEqualTo(sectors);
    }

    @Test
    void coalesced() {
        TaskReport report =
                report(new TaskGraph("g").task("t", SectorCountTest::copy, counting(64), new FloatArray(64)));
        assertCounts(report, 4, 16);
        assertThat(report.sectorsPerAccess()).isEqualTo(4);
    }

    @Test
    void leastSectors() {
        assertThat(report(new TaskGraph("g").task("t", SectorCountTest::copy, counting(40), new FloatArray(40)))
                        .leastSectors())
                .as("nothing less than coalesced")
                .isEqualTo(2 * (4 + 1));
        assertThat(report(new TaskGraph("g")
                                .task("t", SectorCountTest::readStrided, counting(32 * 8), new FloatArray(32), 8))
                        .leastSectors())
                .as("words far apart would fit into 4 sectors")
                .isEqualTo(4 + 4);
        assertThat(report(new TaskGraph("g").task("t", SectorCountTest::gather, counting(65), new FloatArray(32)))
                        .leastSectors())
                .as("a word that many lanes read counts once")
                .isEqualTo(1 + 4);
        assertThat(report(new TaskGraph("g")
                                .task("t", SectorCountTest::copyVectors, new VectorFloat4(32), new VectorFloat4(32)))
                        .leastSectors())
                .isEqualTo(2 * 16);
    }

    @Test
    void partialWarp() {
        assertCounts(
                report(new TaskGraph("g").task("t", SectorCountTest::copy, counting(40), new FloatArray(40))),
                4,
                2 * (4 + 1));
    }

    @Test
    void strided() {
        assertCounts(
                report(new TaskGraph("g")
                        .task("t", SectorCountTest::readStrided, counting(32 * 8), new FloatArray(32), 8)),
                2,
                32 + 4);
        assertCounts(
                report(new TaskGraph("g")
                        .task("t", SectorCountTest::readStrided, counting(32 * 2), new FloatArray(32), 2)),
                2,
                8 + 4);
    }

    @Test
    void broadcast() {
        assertCounts(
                report(new TaskGraph("g").task("t", SectorCountTest::readOne, counting(8), new FloatArray(32))),
                2,
                1 + 4);
    }

    @Test
    void lanesThatAlternateBetweenTwoSectors() {
        assertCounts(
                report(new TaskGraph("g").task("t", SectorCountTest::gather, counting(65), new FloatArray(32))),
                2,
                2 + 4);
    }

    @Test
    void lanesThatSkipAnAccess() {
        // Lanes 0 to 30 read elements 1 to 31 together, lanes 1 to 31 elements 0 to 30, all lanes their own.
        assertCounts(
                report(new TaskGraph("g").task("t", SectorCountTest::stencil, counting(32), new FloatArray(32), 32)),
                4,
                4 + 4 + 4 + 4);
    }

    @Test
    void lanesThatLoopForDifferentTimes() {
        // In each of two rounds: two trips of the inner loop, which read one element each, and one coalesced access.
        assertCounts(
                report(new TaskGraph("g").task("t", SectorCountTest::triangle, counting(32), new FloatArray(32))),
                2 * (2 + 1) + 1,
                2 * (2 + 4) + 4);
    }

    @Test
    void vectorsAreOneAccess() {
        assertCounts(
                report(new TaskGraph("g")
                        .task("t", SectorCountTest::copyVectors, new VectorFloat4(32), new VectorFloat4(32))),
                2,
                2 * 16);
    }

    @Test
    void warpsFollowTheInnermostLoop() {
        assertCounts(
                report(new TaskGraph("g")
                        .task("t", SectorCountTest::rows, counting(1024), new FloatArray(1024), 32, 32)),
                2 * 32,
                2 * 32 * 4);
        assertCounts(
                report(new TaskGraph("g")
                        .task("t", SectorCountTest::columns, counting(1024), new FloatArray(1024), 32, 32)),
                2 * 32,
                2 * 32 * 32);
    }

    @Test
    void callsOfOneMethodAreToldApart() {
        assertCounts(
                report(new TaskGraph("g").task("t", SectorCountTest::withHelper, counting(512), new FloatArray(32))),
                4 * 2 + 2 + 1,
                (4 * 2 + 2 + 1) * 4);
    }

    @Test
    void warpsOfAGroupInPhases() {
        TaskReport report = run(
                        new TaskGraph("g")
                                .task(
                                        "t",
                                        SectorCountTest::inPhases,
                                        new KernelContext(),
                                        counting(128),
                                        new FloatArray(128)),
                        grid1D("g.t", 128, 64))
                .task("g.t");
        assertCounts(report, 4 * 2 * 2, 4 * 2 * 2 * 4);
        assertThat(report.barriers()).isEqualTo(2 * 4);
    }
}
