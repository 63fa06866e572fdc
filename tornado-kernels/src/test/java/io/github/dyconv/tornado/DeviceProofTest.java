package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * On an SDK, shows for every task that its kernel was generated for the device and ran there: TornadoVM must not have
 * quietly run Java instead.
 */
class DeviceProofTest {
    private static final List<String> SEPARATE =
            List.of("Pool", "Attention", "AggregateWeight", "AggregateBias", "Convolve");
    private static final Pattern TASK = Pattern.compile("\"forward\\.dyconv(\\w+)\": \\{([^}]*)}");
    private static final Pattern FIELD = Pattern.compile("\"(\\w+)\": \"([^\"]*)\"");

    static List<Schedule> schedules() {
        return Schedules.ALL;
    }

    @ParameterizedTest
    @MethodSource("schedules")
    void everyTaskRanOnTheDevice(Schedule schedule) {
        assumeFalse(TestDevices.simulated(), "the simulator runs Java by design; this is about an SDK's devices");
        for (TornadoVmDevice device : TestDevices.all()) {
            prove(device, schedule, 3, 19, 23);
            prove(device, schedule, 4, 120, 130);
            prove(device, schedule, 3, 190, 230);
        }
    }

    /** Layers of small pictures are one task; samples of larger ones are pooled by one work-item each, the largest by plane. */
    private static List<String> tasks(TornadoVmDevice device, ForwardProblem problem, Schedule schedule) {
        if (!schedule.term().equals("vector")) {
            return SEPARATE;
        }
        int units = device.tornado().getPhysicalDevice().getDeviceMaxComputeUnits();
        if (ForwardShape.whole(problem, PanelShape.of(problem, units), units)) {
            return List.of("Convolve");
        }
        return LayerAttention.bySample(problem, units)
                ? List.of("Attention", "Convolve")
                : List.of("Pool", "Attention", "Convolve");
    }

    private static void prove(TornadoVmDevice device, Schedule schedule, int batch, int height, int width) {
        // A shape that no other test uses, so that nothing is compiled already and the code is printed.
        DYConv2d layer = DYConv2d.builder(6, 34, 3).padding(1).build();
        ForwardProblem problem = new ForwardProblem(layer.config(), batch, height, width, ForwardOptions.DEFAULT, true);
        Tensor x = Tensor.zeros(batch, 6, height, width);
        Tensor y = Tensor.zeros(batch, 34, height, width);
        PrintStream console = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (TornadoForward forward = new TornadoForward(
                device.tornado(), problem, ScheduleChoice.of(device.tornado(), problem, Optional.of(schedule)))) {
            forward.plan().withProfiler();
            forward.plan().executionPlan().withPrintKernel();
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            forward.run(layer.parameters(), x, y);
            System.setOut(console);
            String log = forward.plan().execute().getProfilerResult().getProfileLog();
            Map<String, Map<String, String>> tasks = tasks(log);
            assertThat(tasks).as(log).containsOnlyKeys(tasks(device, problem, schedule));
            tasks.forEach((task, fields) -> {
                assertThat(Long.parseLong(fields.get("TASK_KERNEL_TIME")))
                        .as("kernel time of " + task)
                        .isPositive();
                assertThat(fields.get("BACKEND"))
                        .isEqualTo(device.tornado().getTornadoVMBackend().name());
                String kernel = fields.get("METHOD").replaceFirst(".*\\.", "");
                assertThat(printed.toString(StandardCharsets.UTF_8))
                        .as("generated code of " + task)
                        .containsPattern("(__kernel void|\\.entry) [\\w$]*" + kernel);
            });
        } finally {
            System.setOut(console);
        }
    }

    private static Map<String, Map<String, String>> tasks(String log) {
        Map<String, Map<String, String>> tasks = new TreeMap<>();
        Matcher task = TASK.matcher(log);
        while (task.find()) {
            Map<String, String> fields = new TreeMap<>();
            Matcher field = FIELD.matcher(task.group(2));
            while (field.find()) {
                fields.put(field.group(1), field.group(2));
            }
            tasks.put(task.group(1), fields);
        }
        return tasks;
    }
}
