package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import uk.ac.manchester.tornado.api.TornadoTargetDevice;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;

class ScheduleChoiceTest {
    private static final ForwardProblem WIDE =
            new ForwardProblem(DYConv2d.builder(64, 64, 3).build().config(), 1, 56, 56, ForwardOptions.DEFAULT, true);

    /** TornadoVM calls an FPGA an accelerator. */
    @ParameterizedTest
    @EnumSource(names = {"ACCELERATOR", "FPGA"})
    void anFpgaGetsFlatLoops(TornadoDeviceType type) {
        ScheduleChoice choice = ScheduleChoice.of(device(type), WIDE, Optional.empty());

        assertThat(choice.schedule().term()).isEqualTo("parallel");
        assertThat(choice.considered())
                .filteredOn(considered -> !considered.chosen())
                .extracting(AlgorithmChoice::reason)
                .hasSize(3)
                .allMatch(reason -> reason.contains(type.name()));
    }

    @Test
    void aGpuGetsWorkGroupsAndACpuVectors() {
        assertThat(ScheduleChoice.of(device(TornadoDeviceType.GPU), WIDE, Optional.empty())
                        .schedule()
                        .term())
                .isEqualTo("tiled");
        assertThat(ScheduleChoice.of(device(TornadoDeviceType.CPU), WIDE, Optional.empty())
                        .schedule()
                        .term())
                .isEqualTo("vector");
    }

    @Test
    void depthwiseLayersGetVectorsOnACpuAndFlatLoopsElsewhere() {
        ForwardProblem depthwise = problem(DYConv2d.builder(96, 96, 3).groups(96));
        assertThat(term(TornadoDeviceType.CPU, depthwise)).isEqualTo("vector");
        assertThat(term(TornadoDeviceType.GPU, depthwise)).isEqualTo("direct");
        assertThat(term(TornadoDeviceType.ACCELERATOR, depthwise)).isEqualTo("parallel");
    }

    @Test
    void aGpuWithoutLocalMemoryGetsFlatLoops() {
        ForwardProblem depthwise = problem(DYConv2d.builder(96, 96, 3).groups(96));
        TornadoDevice device = device(TornadoDeviceType.GPU, 0);
        assertThat(ScheduleChoice.of(device, depthwise, Optional.empty())
                        .schedule()
                        .term())
                .isEqualTo("parallel");
    }

    @Test
    void aCpuGetsFlatLoopsWhereLanesWouldBeIdle() {
        ForwardProblem thin = problem(DYConv2d.builder(64, 3, 3));
        assertThat(term(TornadoDeviceType.CPU, thin)).isEqualTo("parallel");
    }

    private static ForwardProblem problem(DYConv2d.Builder layer) {
        return new ForwardProblem(layer.build().config(), 1, 56, 56, ForwardOptions.DEFAULT, true);
    }

    private static String term(TornadoDeviceType type, ForwardProblem problem) {
        return ScheduleChoice.of(device(type), problem, Optional.empty())
                .schedule()
                .term();
    }

    /** A device on which every schedule could run. */
    private static TornadoDevice device(TornadoDeviceType type) {
        return device(type, 32L << 10);
    }

    private static TornadoDevice device(TornadoDeviceType type, long localBytes) {
        TornadoTargetDevice hardware =
                answering(TornadoTargetDevice.class, Map.of("getDeviceMaxWorkGroupSize", new long[] {256}));
        return answering(
                TornadoDevice.class,
                Map.of("getDeviceType", type, "getDeviceLocalMemorySize", localBytes, "getPhysicalDevice", hardware));
    }

    private static <T> T answering(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> Objects.requireNonNull(answers.get(method.getName()), method.getName())));
    }
}
