package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.Devices;
import io.github.dyconv.FailurePolicy;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedForward;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** A device that runs out of memory while running: a real failure of TornadoVM's or the simulator's. */
class DeviceFailureTest {
    private static final Device SMALL = new SmallDevice(TestDevices.all().getFirst());
    private static final ForwardOptions FALL_BACK = ForwardOptions.DEFAULT.withOnFailure(FailurePolicy.FALL_BACK);

    /** A device whose plans may take 1 MB. */
    private record SmallDevice(TornadoVmDevice whole) implements Device {
        @Override
        public String name() {
            return whole.name();
        }

        @Override
        public String description() {
            return whole.description();
        }

        @Override
        public PreparedForward prepare(ForwardProblem problem) {
            TornadoForward forward = (TornadoForward) whole.prepare(problem);
            forward.plan().executionPlan().withMemoryLimit("1MB");
            return forward;
        }
    }

    private final DYConv2d layer = DYConv2d.builder(64, 4, 1).build();
    private final Tensor x = Tensor.zeros(4, 64, 40, 40);

    DeviceFailureTest() {
        for (int i = 0; i < 40; i++) {
            x.set(i, 1, 2, i, i);
        }
    }

    @Test
    void failsWithTheCause() {
        try (ForwardPlan plan = layer.plan(SMALL, ForwardOptions.DEFAULT, x.shape())) {
            assertThatThrownBy(() -> plan.forward(x))
                    .isInstanceOf(DeviceException.class)
                    .hasMessageContaining("TornadoVM failed in graph forward")
                    .hasCauseInstanceOf(Throwable.class);
        }
    }

    @Test
    void fallsBackToTheJvmForGoodWithOneWarning() {
        List<String> warnings = new ArrayList<>();
        Logger logger = Logger.getLogger(ForwardPlan.class.getName());
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord message) {
                warnings.add(message.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try (ForwardPlan plan = layer.plan(SMALL, FALL_BACK, x.shape());
                ForwardPlan jvm = layer.plan(Devices.select("jvm"), ForwardOptions.DEFAULT, x.shape())) {
            assertThat(plan.device().name()).isEqualTo(SMALL.name());
            Tensor y = plan.forward(x);
            assertThat(plan.device().name()).isEqualTo("jvm");
            assertThat(y.toArray()).isEqualTo(jvm.forward(x).toArray());
            assertThat(plan.attention().toArray()).isEqualTo(jvm.attention().toArray());
            plan.forward(x);
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(warnings).hasSize(1);
        assertThat(warnings.getFirst()).startsWith(SMALL.name() + " failed, going on with jvm: TornadoVM failed");
    }

    @Test
    void anOptionThatTheDeviceLacksIsRefusedUnderEitherPolicy() {
        assertThatThrownBy(() -> layer.plan(SMALL, FALL_BACK.withThreads(2), x.shape()))
                .isInstanceOf(DeviceException.class)
                .hasMessage("threads: " + SMALL.name() + " chooses its own; only the JVM device takes a number");
    }

    @Test
    void aDeviceThatCanNotTakeTheLayerFallsBackToo() {
        DYConv2d large = DYConv2d.builder(512, 512, 3).padding(1).kernels(1).build();
        Device device = TestDevices.all().getFirst().withAlgorithm("parallel"); // keeps a kernel for each sample
        assertThatThrownBy(() -> large.plan(device, ForwardOptions.DEFAULT, 1000, 512, 1, 1))
                .isInstanceOf(DeviceException.class)
                .hasMessageStartingWith(device.name() + ": aggregated weight");
        try (ForwardPlan plan = large.plan(device, FALL_BACK, 1000, 512, 1, 1)) {
            assertThat(plan.device().name()).isEqualTo("jvm");
        }
    }
}
