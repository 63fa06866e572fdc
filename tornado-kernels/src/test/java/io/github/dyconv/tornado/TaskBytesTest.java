package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Tensor;
import io.github.dyconv.simulator.SimulationReport;
import io.github.dyconv.simulator.SimulationReport.TaskReport;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.tornado.TaskBytes.Traffic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the simulator counts of each task's accesses to memory is what the documentation's arithmetic says. */
class TaskBytesTest {
    private static final String LAYER = "dyconv";
    private static final int UNITS = 16;

    private final TornadoVmDevice device = TestDevices.all().getFirst();

    private static DYConv2d layer(int in, int out, int kernel, int stride, int dilation, int groups) {
        return DYConv2d.builder(in, out, kernel)
                .stride(stride)
                .dilation(dilation)
                .groups(groups)
                .padding(kernel / 2 * dilation)
                .build();
    }

    private static ForwardProblem problem(DYConv2d layer, int size, int batch) {
        return new ForwardProblem(layer.config(), batch, size, size, ForwardOptions.DEFAULT, true);
    }

    private static TaskBytes bytes(ForwardProblem problem) {
        return new TaskBytes(
                ConvolutionShape.of(problem),
                problem.config().kernels(),
                problem.config().hiddenPlanes());
    }

    private Map<String, Traffic> counted(DYConv2d layer, ForwardProblem problem, Schedule schedule) {
        Tensor x = Tensor.zeros(problem.batch(), problem.geometry().inPlanes(), problem.height(), problem.width());
        Tensor y =
                Tensor.zeros(problem.batch(), problem.geometry().outPlanes(), problem.outHeight(), problem.outWidth());
        ScheduleChoice choice = new ScheduleChoice(schedule, List.of());
        try (TornadoForward forward = new TornadoForward(device.tornado(), problem, choice)) {
            forward.run(layer.parameters(), x, y);
            Map<String, Traffic> tasks = new LinkedHashMap<>();
            for (TaskReport task :
                    SimulationReport.of(forward.plan().executionPlan()).tasks()) {
                tasks.put(
                        task.task().substring((TornadoForward.GRAPH + "." + LAYER).length()),
                        new Traffic(task.bytesRead(), task.bytesWritten()));
            }
            return tasks;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "16, 24, 3, 1, 1, 1, 10, 2", // padding
        "8, 16, 3, 2, 1, 2, 9, 3", // stride, groups
        "6, 5, 3, 1, 2, 1, 7, 2", // dilation
        "4, 8, 3, 1, 1, 1, 5, 11", // samples in two blocks, the second not full
        "96, 24, 1, 1, 1, 1, 56, 1", // layer P
        "9, 9, 3, 1, 1, 9, 12, 2" // depthwise
    })
    void directAndParallel(int in, int out, int kernel, int stride, int dilation, int groups, int size, int batch) {
        DYConv2d layer = layer(in, out, kernel, stride, dilation, groups);
        ForwardProblem problem = problem(layer, size, batch);
        for (Schedule schedule : List.of(new DirectSchedule(), new ParallelSchedule())) {
            assertThat(counted(layer, problem, schedule))
                    .isEqualTo(bytes(problem).parallel());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "16, 24, 3, 1, 1, 1, 10, 2",
        "32, 70, 3, 1, 1, 1, 12, 1", // channels in several tiles
        "10, 32, 3, 2, 1, 2, 9, 3", // channels that don't fill a step
        "8, 16, 3, 1, 1, 1, 5, 11", // samples in two blocks, the second not full
        "64, 16, 1, 1, 1, 1, 20, 1",
        "40, 72, 3, 1, 1, 1, 7, 1" // the bank added up in the convolution
    })
    void tiled(int in, int out, int kernel, int stride, int dilation, int groups, int size, int batch) {
        DYConv2d layer = layer(in, out, kernel, stride, dilation, groups);
        ForwardProblem problem = problem(layer, size, batch);
        for (int units : new int[] {1, UNITS}) { // whole sums, and where there are enough steps, split ones
            ConvolutionTile tile = ConvolutionTile.of(ConvolutionShape.of(problem), units)
                    .ofBank(problem.config().kernels());
            assertThat(counted(layer, problem, new TiledSchedule(OptionalInt.of(units))))
                    .isEqualTo(bytes(problem).tiled(tile));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "16, 24, 3, 1, 1, 1, 10, 2",
        "8, 16, 3, 2, 1, 2, 9, 3",
        "6, 5, 3, 1, 2, 1, 7, 2",
        "20, 16, 1, 1, 1, 1, 7, 1", // whole without padding
        "96, 24, 1, 1, 1, 1, 56, 1", // layer P
        "64, 16, 3, 1, 1, 1, 56, 2", // padding, not whole
        "16, 16, 3, 1, 1, 1, 56, 8", // by sample
        "72, 40, 3, 1, 1, 1, 14, 1" // whole, in chunks
    })
    void vector(int in, int out, int kernel, int stride, int dilation, int groups, int size, int batch) {
        DYConv2d layer = layer(in, out, kernel, stride, dilation, groups);
        ForwardProblem problem = problem(layer, size, batch);
        int units = device.tornado().getPhysicalDevice().getDeviceMaxComputeUnits();
        PanelShape panels =
                PanelShape.of(ConvolutionShape.of(problem), problem.config().kernels(), units);
        Map<String, Traffic> expected = ForwardShape.whole(problem, panels, units)
                ? bytes(problem).whole(ForwardShape.layer(problem, panels, units))
                : bytes(problem).vector(panels, LayerAttention.bySample(problem, units));
        assertThat(counted(layer, problem, new VectorSchedule())).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "17, 17, 3, 1, 1, 17, 40, 2", // lanes left over, bands
        "96, 96, 3, 1, 1, 96, 56, 1", // not by sample
        "18, 36, 3, 2, 1, 18, 9, 3", // depth multiplier, stride
        "60, 20, 3, 1, 2, 20, 7, 2", // input channels, dilation
    })
    void depthwise(int in, int out, int kernel, int stride, int dilation, int groups, int size, int batch) {
        DYConv2d layer = layer(in, out, kernel, stride, dilation, groups);
        ForwardProblem problem = problem(layer, size, batch);
        int units = device.tornado().getPhysicalDevice().getDeviceMaxComputeUnits();
        DepthwiseShape shape =
                DepthwiseShape.of(ConvolutionShape.of(problem), problem.config().kernels(), units);
        assertThat(counted(layer, problem, new VectorSchedule()))
                .isEqualTo(bytes(problem).depthwise(shape, LayerAttention.bySample(problem, units)));
    }

    @Test
    void attentionTakesTwoLaunchesAtMost() {
        DYConv2d layer = layer(64, 64, 3, 1, 1, 1);
        ForwardProblem problem = problem(layer, 8, 1);
        for (Schedule schedule : Schedules.ALL) {
            assertThat(counted(layer, problem, schedule).keySet().stream()
                            .toList()
                            .indexOf("Attention"))
                    .as("tasks before the attention is there, less one, with " + schedule.term())
                    .isLessThanOrEqualTo(1);
        }
    }
}
