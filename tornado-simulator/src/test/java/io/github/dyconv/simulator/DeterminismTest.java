package io.github.dyconv.simulator;

import static io.github.dyconv.simulator.Runs.counting;
import static io.github.dyconv.simulator.Runs.grid1D;
import static io.github.dyconv.simulator.Runs.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Equal runs give equal results and reports, also when others run at the same time. */
class DeterminismTest {

    private record Outcome(SimulationReport report, List<Float> values) {}

    private static Outcome reduceOnce() {
        FloatArray out = new FloatArray(32);
        FloatArray sums = new FloatArray(100);
        SimulationReport report = run(
                new TaskGraph("g")
                        .task("reduce", CleanKernelsTest::reduce, new KernelContext(), counting(2048), out)
                        .task("multiply", CleanKernelsTest::multiply, counting(100), counting(100), sums, 10)
                        .transferToHost(DataTransferMode.EVERY_EXECUTION, out, sums),
                grid1D("g.reduce", 2048, 64));
        List<Float> values = new ArrayList<>();
        for (float value : out.toHeapArray()) {
            values.add(value);
        }
        return new Outcome(report, values);
    }

    @Test
    void runsRepeat() {
        assertThat(reduceOnce()).isEqualTo(reduceOnce());
    }

    @Test
    void runsInFourThreadsDoNotDisturbEachOther() throws Exception {
        Outcome expected = reduceOnce();
        List<Callable<Outcome>> runs = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            runs.add(DeterminismTest::reduceOnce);
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (Future<Outcome> outcome : threads.invokeAll(runs)) {
                assertThat(outcome.get()).isEqualTo(expected);
            }
        }
    }
}
