package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What plans promise for being kept: kernels are compiled once, and executions leave nothing on the heap. */
class LongLivedPlanTest {
    private static final int EXECUTIONS = 6_000;
    private static final int BYTES_PER_EXECUTION = 64;

    static List<Schedule> schedules() {
        return Schedules.ALL;
    }

    @BeforeEach
    void needsAnSdk() {
        assumeFalse(TestDevices.simulated(), "the simulator neither compiles nor keeps what TornadoVM keeps");
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void nothingIsCompiledAfterTheFirstExecution(Schedule schedule) {
        for (TornadoVmDevice device : TestDevices.all()) {
            DYConv2d layer = DYConv2d.builder(5, 21, 3).padding(1).build();
            ForwardProblem problem = new ForwardProblem(layer.config(), 2, 9, 7, ForwardOptions.DEFAULT, true);
            ScheduleChoice choice = ScheduleChoice.of(device.tornado(), problem, Optional.of(schedule));
            Tensor in = Tensor.zeros(2, 5, 9, 7);
            Tensor out = Tensor.zeros(2, 21, 9, 7);
            try (TornadoForward forward = new TornadoForward(device.tornado(), problem, choice)) {
                forward.plan().withProfiler().executionPlan().withPrintKernel();
                Runnable run = () -> forward.run(layer.parameters(), in, out);

                assertThat(printedBy(run)).as("generated code").isNotEmpty();
                layer.setTemperature(3); // sends the attention's parameters, and then the bank, again
                assertThat(printedBy(run)).isEmpty();
                layer.setParameter("weight", layer.parameter("weight").copy());
                assertThat(printedBy(run)).isEmpty();
                var third = forward.plan().execute().getProfilerResult();
                assertThat(third.getCompileTime()).isZero();
            }
        }
    }

    private static String printedBy(Runnable run) {
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            run.run();
        } finally {
            System.setOut(console);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void executionsLeaveNothingOnTheHeap(boolean askedForTheAttention) {
        TornadoVmDevice device = TestDevices.all().getFirst();
        DYConv2d layer = DYConv2d.builder(4, 8, 3).padding(1).build();
        Tensor in = Tensor.zeros(1, 4, 4, 4);
        try (ForwardPlan plan = layer.plan(device, ForwardOptions.DEFAULT, in.shape())) {
            Tensor out = Tensor.zeros(plan.outputShape());
            execute(
                    plan,
                    in,
                    out,
                    askedForTheAttention); // until the JVM has compiled what runs, which leaves something too
            long before = heapInUse();
            execute(plan, in, out, askedForTheAttention);
            assertThat(heapInUse() - before)
                    .as("bytes after " + EXECUTIONS + " executions")
                    .isLessThanOrEqualTo((long) EXECUTIONS * BYTES_PER_EXECUTION);
        }
    }

    private static void execute(ForwardPlan plan, Tensor in, Tensor out, boolean askForTheAttention) {
        for (int i = 0; i < EXECUTIONS; i++) {
            plan.forward(in, out);
            if (askForTheAttention) {
                plan.attention();
            }
        }
    }

    private static long heapInUse() {
        for (int i = 0; i < 3; i++) { // what a finalizer or cleaner holds goes only after it has run
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
