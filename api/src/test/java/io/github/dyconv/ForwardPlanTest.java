package io.github.dyconv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedForward;
import io.github.dyconv.testing.ReferenceDevice;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForwardPlanTest {
    private final DYConv2d layer = DYConv2d.builder(4, 6, 3).padding(1).build();
    private final Tensor x = Tensor.zeros(1, 4, 5, 5);

    /** Fails while it prepares, or at every second run. The attention is how often it was asked for. */
    private static final class FailingDevice implements Device {
        private final boolean whilePreparing;
        private int runs;
        private int asked;
        private int closed;

        FailingDevice(boolean whilePreparing) {
            this.whilePreparing = whilePreparing;
        }

        @Override
        public String name() {
            return "failing";
        }

        @Override
        public String description() {
            return "fails";
        }

        @Override
        public PreparedForward prepare(ForwardProblem problem) {
            if (whilePreparing) {
                throw new DeviceException("failing: no memory");
            }
            return new PreparedForward() {
                @Override
                public void run(Parameters parameters, Tensor input, Tensor output) {
                    if (runs++ % 2 == 1) {
                        throw new DeviceException("failing: the driver is gone");
                    }
                }

                @Override
                public Tensor attention() {
                    return Tensor.of(new float[] {++asked}, 1, 1);
                }

                @Override
                public List<AlgorithmChoice> algorithms() {
                    return List.of(new AlgorithmChoice("none", true, "none"));
                }

                @Override
                public long scratchBytes() {
                    return 7;
                }

                @Override
                public void close() {
                    closed++;
                }
            };
        }
    }

    @Test
    void failuresAreThrownByDefaultAndThePlanStaysUsable() {
        FailingDevice device = new FailingDevice(false);
        try (ForwardPlan plan = layer.plan(device, ForwardOptions.DEFAULT, 1, 4, 5, 5)) {
            plan.forward(x);
            assertThatExceptionOfType(DeviceException.class)
                    .isThrownBy(() -> plan.forward(x))
                    .withMessage("failing: the driver is gone");
            plan.forward(x);
            assertThat(plan.device()).isSameAs(device);
            assertThat(plan.algorithm()).isEqualTo("none");
            assertThat(plan.scratchBytes()).isEqualTo(7);
            assertThat(device.closed).isZero();
        }
        assertThat(device.closed).isEqualTo(1);
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> layer.plan(new FailingDevice(true), ForwardOptions.DEFAULT, 1, 4, 5, 5))
                .withMessage("failing: no memory");
    }

    @Test
    void closingTwiceClosesTheDeviceOnce() {
        FailingDevice device = new FailingDevice(false);
        ForwardPlan plan = layer.plan(device, ForwardOptions.DEFAULT, 1, 4, 5, 5);
        plan.close();
        plan.close();
        assertThat(device.closed).isEqualTo(1);
        assertThatIllegalStateException().isThrownBy(() -> plan.forward(x)).withMessage("this plan is closed");
    }

    @Test
    void theAttentionIsThatOfTheLastRun() {
        try (ForwardPlan plan = layer.plan(new ReferenceDevice(), ForwardOptions.DEFAULT, 1, 4, 5, 5)) {
            assertThat(plan.attention().toArray()).containsOnly(0);
            plan.forward(x);
            Tensor attention = plan.attention();
            assertThat(attention.shape()).containsExactly(1, 4);
            assertThat(attention.toArray()).containsOnly(0.25f);
            attention.set(9, 0, 0);
            assertThat(plan.attention().toArray()).containsOnly(0.25f);
            assertThat(plan.inputShape()).containsExactly(1, 4, 5, 5);
            assertThat(plan.outputShape()).containsExactly(1, 6, 5, 5);
        }
    }

    @Test
    void theAttentionIsFetchedWhenAskedForAndOnlyOnce() {
        FailingDevice device = new FailingDevice(false);
        DYConv2d one = DYConv2d.builder(4, 6, 3).padding(1).kernels(1).build();
        ForwardPlan plan = one.plan(device, ForwardOptions.DEFAULT, 1, 4, 5, 5);
        plan.forward(x);
        assertThat(device.asked).isZero();
        assertThat(plan.attention().toArray()).containsExactly(1);
        assertThat(plan.attention().toArray()).containsExactly(1);
        assertThatExceptionOfType(DeviceException.class).isThrownBy(() -> plan.forward(x));
        assertThat(plan.attention().toArray()).as("after a failed run").containsExactly(0);
        plan.forward(x);
        assertThat(device.asked).isEqualTo(1);
        plan.close();
        assertThat(plan.attention().toArray()).as("of a closed plan").containsExactly(2);
        assertThat(device.asked).isEqualTo(2);
    }

    @Test
    void closingAsksForNoAttentionThatThereIsNot() {
        FailingDevice device = new FailingDevice(false);
        ForwardPlan plan = layer.plan(device, ForwardOptions.DEFAULT, 1, 4, 5, 5);
        plan.close();
        assertThat(device.asked).isZero();
        assertThat(plan.attention().toArray()).containsExactly(0, 0, 0, 0);
    }
}
