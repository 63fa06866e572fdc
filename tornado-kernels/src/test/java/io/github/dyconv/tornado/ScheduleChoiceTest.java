package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.DeviceException;
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
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;

class ScheduleChoiceTest {
    private static final ForwardProblem WIDE =
            new ForwardProblem(DYConv2d.builder(64, 64, 3).build().config(), 1, 56, 56, ForwardOptions.DEFAULT, true);

    private static final long LOCAL_BYTES = 32 << 10;

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

    /** The loops' planes are along the third dimension of the grid; only TornadoVM's PTX back end copes with too many. */
    @Test
    void layersWithTooManyPlanesForALaunchAreRefused() {
        TornadoDevice cuda = device(TornadoDeviceType.GPU, LOCAL_BYTES, TornadoVMBackendType.CUDA);
        DYConv2d.Builder prime =
                DYConv2d.builder(65_537, 65_537, 1).groups(65_537).ratio(0);
        assertThat(term(TornadoDeviceType.GPU, problem(prime))).isEqualTo("direct");
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> ScheduleChoice.of(cuda, problem(prime), Optional.empty()))
                .withMessage(
                        "schedule parallel: batch times planes is 65537, a launch of TornadoVM's CUDA back end takes at"
                                + " most 65535 groups of them");
        DYConv2d.Builder even =
                DYConv2d.builder(65_540, 65_540, 1).groups(65_540).ratio(0);
        assertThat(ScheduleChoice.of(cuda, problem(even), Optional.empty())
                        .schedule()
                        .term())
                .isEqualTo("direct");
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
        return device(type, LOCAL_BYTES);
    }

    private static TornadoDevice device(TornadoDeviceType type, long localBytes) {
        return device(type, localBytes, TornadoVMBackendType.PTX);
    }

    private static TornadoDevice device(TornadoDeviceType type, long localBytes, TornadoVMBackendType backEnd) {
        TornadoTargetDevice hardware =
                answering(TornadoTargetDevice.class, Map.of("getDeviceMaxWorkGroupSize", new long[] {256}));
        return answering(
                TornadoDevice.class,
                Map.of(
                        "getDeviceType",
                        type,
                        "getDeviceLocalMemorySize",
                        localBytes,
                        "getTornadoVMBackend",
                        backEnd,
                        "getPhysicalDevice",
                        hardware));
    }

    private static <T> T answering(Class<T> type, Map<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> Objects.requireNonNull(answers.get(method.getName()), method.getName())));
    }
}
