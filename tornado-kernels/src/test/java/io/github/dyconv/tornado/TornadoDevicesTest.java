package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.DeviceCandidate;
import io.github.dyconv.DeviceException;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which devices are listed and chosen, with an SDK and without. */
class TornadoDevicesTest {
    private static final String DEVICE = TestDevices.all().getFirst().name();

    @Test
    void eitherTornadoVmOrTheSimulatorIsHereAndTheOtherSaysWhyNot() {
        List<DeviceCandidate> others = Devices.list().stream()
                .filter(candidate -> candidate.device().isEmpty())
                .toList();
        assertThat(others).hasSize(1);
        if (TestDevices.simulated()) {
            assertThat(others.getFirst().name()).isEqualTo("tornado");
            assertThat(others.getFirst().reason())
                    .isEqualTo("TornadoVM's runtime is not here: run java with @$TORNADOVM_HOME/tornado-argfile");
            assertThat(Devices.select("auto").name()).isEqualTo("jvm");
        } else {
            assertThat(others.getFirst().name()).isEqualTo("simulator");
            assertThat(others.getFirst().reason())
                    .isEqualTo("TornadoVM's SDK hides it: run java without the SDK's tornado-argfile");
            assertThat(DEVICE).matches("tornado:[A-Z]+:0");
            assertThat(Devices.select("auto").name()).isEqualTo(DEVICE);
            assertThat(Devices.select("tornado").name()).isEqualTo(DEVICE);
        }
    }

    @Test
    void aDeviceThatIsNotThereListsThoseThatAre() {
        assertThatThrownBy(() -> Devices.select("tornado:OPENCL:17"))
                .isInstanceOf(DeviceException.class)
                .hasMessageStartingWith("device 'tornado:OPENCL:17' is not there")
                .hasMessageContaining("available: ")
                .hasMessageContaining("jvm");
        assertThatThrownBy(() -> Devices.select("abacus"))
                .isInstanceOf(DeviceException.class)
                .hasMessageStartingWith("device 'abacus' is not there; available: ");
    }

    @Test
    void anUnknownScheduleListsTheKnownOnes() {
        assertThatThrownBy(() -> Devices.select(DEVICE + ":warp"))
                .isInstanceOf(DeviceException.class)
                .hasMessage(DEVICE + ": no schedule 'warp'; it has tiled, direct, vector, parallel");
    }

    @Test
    void schedulesAreChosenByDeviceAndLayer() {
        DYConv2d depthwise = DYConv2d.builder(16, 16, 3).groups(16).build();
        Device device = Devices.select(DEVICE);
        Map<String, String> byRule = Map.of("GPU", "direct", "CPU", "vector", "ACCELERATOR", "parallel");
        try (ForwardPlan plan = depthwise.plan(device, ForwardOptions.DEFAULT, 1, 16, 8, 8)) {
            assertThat(plan.algorithm()).isEqualTo(byRule.get(device.details().get("type")));
            assertThat(plan.algorithms().getFirst().name()).isEqualTo("tiled");
            assertThat(plan.algorithms().getFirst().reason()).isNotEmpty();
        }
        DYConv2d far = DYConv2d.builder(66_000, 66_000, 1)
                .groups(66_000)
                .kernels(1)
                .bias(false)
                .ratio(0)
                .build();
        assertThatThrownBy(() -> far.plan(Devices.select(DEVICE + ":tiled"), ForwardOptions.DEFAULT, 1, 66_000, 1, 1))
                .isInstanceOf(DeviceException.class)
                .hasMessage("schedule tiled: batch times groups is 66000, a launch takes at most 65535");
    }

    @Test
    void detailsTellWhatRan() {
        Device device = Devices.select(DEVICE);
        assertThat(device.algorithms()).containsExactly("tiled", "direct", "vector", "parallel");
        assertThat(device.withAlgorithm("parallel").algorithms()).containsExactly("parallel");
        assertThat(device.details()).containsKeys("back end", "platform", "device", "type");
        assertThat(device.details().get("TornadoVM"))
                .matches(TestDevices.simulated() ? "none: the simulator" : "\\d+\\.\\d+\\.\\d+.*");
    }
}
