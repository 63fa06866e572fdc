package io.github.dyconv.jvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Tensor;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JvmDeviceTest {
    private static final ForwardOptions OPTIONS = ForwardOptions.DEFAULT;

    private static String algorithm(DYConv2d layer, int... shape) {
        try (ForwardPlan plan = layer.plan(Devices.select("jvm"), OPTIONS, shape)) {
            return plan.algorithm();
        }
    }

    @Test
    void eachKindOfLayerGetsItsAlgorithm() {
        assertThat(algorithm(DYConv2d.builder(8, 8, 3).build(), 1, 8, 9, 9)).isEqualTo("direct");
        DYConv2d wide = DYConv2d.builder(64, 64, 3).padding(1).build();
        assertThat(algorithm(wide, 1, 64, 28, 28)).isEqualTo("winograd");
        assertThat(algorithm(wide, 1, 64, 7, 7)).isEqualTo("blocked");
        assertThat(algorithm(DYConv2d.builder(8, 8, 3).groups(8).build(), 1, 8, 9, 9))
                .isEqualTo("depthwise");
        DYConv2d pointwise = DYConv2d.builder(8, 8, 1).build();
        assertThat(algorithm(pointwise, 1, 8, 9, 9)).isEqualTo("pointwise");
        assertThat(algorithm(pointwise, 1, 8, 1, 1)).isEqualTo("direct");
        DYConv2d far =
                DYConv2d.builder(8, 8, 3).dilation(40_000).padding(40_000).build();
        assertThat(algorithm(far, 1, 8, 9, 9)).isEqualTo("reference");
    }

    @Test
    void whatWasPassedOverSaysWhy() {
        DYConv2d layer = DYConv2d.builder(8, 8, 3).build();
        try (ForwardPlan plan = layer.plan(Devices.select("jvm"), OPTIONS, 1, 8, 9, 9)) {
            assertThat(plan.algorithms()).hasSize(5);
            assertThat(plan.algorithms().getFirst().name()).isEqualTo("depthwise");
            assertThat(plan.algorithms().getFirst().reason())
                    .isEqualTo("8 output channels share each input: a tile can use that");
        }
    }

    @Test
    void aForcedAlgorithmIsNeverReplaced() {
        Device depthwise = Devices.select("jvm:depthwise");
        assertThat(depthwise.name()).isEqualTo("jvm:depthwise");
        DYConv2d layer = DYConv2d.builder(8, 8, 3).build();
        assertThatThrownBy(() -> layer.plan(depthwise, OPTIONS, 1, 8, 9, 9))
                .isInstanceOf(DeviceException.class)
                .hasMessage("jvm:depthwise: 8 output channels share each input: a tile can use that");
    }

    @Test
    void anUnknownAlgorithmListsTheKnownOnes() {
        assertThatThrownBy(() -> Devices.select("jvm:fft"))
                .isInstanceOf(DeviceException.class)
                .hasMessage(
                        "jvm: no algorithm 'fft'; it has depthwise, pointwise, winograd, blocked, direct, reference");
    }

    @Test
    void everyAlgorithmThatIsListedCanBeForced() {
        Device jvm = Devices.select("jvm");
        assertThat(jvm.algorithms()).endsWith("reference");
        for (String algorithm : jvm.algorithms()) {
            assertThat(jvm.withAlgorithm(algorithm).algorithms()).containsExactly(algorithm);
        }
    }

    @Test
    void profilingIsTakenAndTellsNothing() {
        DYConv2d layer = DYConv2d.builder(4, 4, 3).build();
        try (ForwardPlan plan = layer.plan(Devices.select("jvm"), OPTIONS.withProfiling(true), 1, 4, 8, 8)) {
            plan.forward(Tensor.zeros(1, 4, 8, 8));
            assertThat(plan.timings()).isEmpty();
        }
    }

    @Test
    void scratchMemoryIsReportedAndBounded() {
        DYConv2d layer = DYConv2d.builder(64, 64, 3).padding(1).build();
        long bank = 4L * 64 * 64 * 9 * Float.BYTES;
        try (ForwardPlan one = layer.plan(Devices.select("jvm"), OPTIONS, 1, 64, 28, 28);
                ForwardPlan many = layer.plan(Devices.select("jvm"), OPTIONS, 300, 64, 28, 28)) {
            assertThat(one.scratchBytes()).isGreaterThan(bank);
            assertThat(many.scratchBytes()).isLessThan(bank + (48 << 20));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "winograd, 3, 64, 64, 1, 1",
        "blocked, 3, 16, 64, 1, 2",
        "direct, 3, 16, 9, 1, 1",
        "pointwise, 1, 16, 24, 1, 1",
        "depthwise, 3, 16, 16, 16, 1"
    })
    void aSteadyForwardPassAllocatesNothingOfSize(
            String algorithm, int kernel, int inPlanes, int outPlanes, int groups, int stride) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        DYConv2d layer = DYConv2d.builder(inPlanes, outPlanes, kernel)
                .padding(kernel / 2)
                .groups(groups)
                .stride(stride)
                .build();
        Tensor x = Tensor.zeros(2, inPlanes, 20, 20);
        try (ForwardPlan plan = layer.plan(Devices.select("jvm"), OPTIONS, x.shape())) {
            assertThat(plan.algorithm()).isEqualTo(algorithm);
            Tensor y = Tensor.zeros(plan.outputShape());
            for (int i = 0; i < 4000; i++) {
                plan.forward(x, y);
            }
            long before = threads.getTotalThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                plan.forward(x, y);
            }
            // Nothing once all is compiled; before that, the compiler's threads and a boxed value here and there.
            assertThat((threads.getTotalThreadAllocatedBytes() - before) / 1000).isLessThan(1024);
        }
    }

    @Test
    void aPictureOfManyBandsComesOutWhole() {
        DYConv2d layer =
                DYConv2d.builder(3, 5, 3).padding(1).kernels(1).bias(false).build();
        layer.setParameter("weight", Tensor.zeros(1, 5, 3, 3, 3));
        Tensor weight = layer.parameter("weight").copy();
        for (int oc = 0; oc < 5; oc++) {
            weight.set(oc + 1, 0, oc, 1, 1, 1); // the centre tap of the second channel
        }
        layer.setParameter("weight", weight);
        Tensor x = Tensor.zeros(2, 3, 701, 397);
        for (int h = 0; h < 701; h++) {
            for (int w = 0; w < 397; w++) {
                x.set(h * 397 + w, 1, 1, h, w);
            }
        }
        try (ForwardPlan plan = layer.plan(Devices.select("jvm"), OPTIONS, x.shape())) {
            Tensor y = plan.forward(x);
            for (int oc = 0; oc < 5; oc++) {
                for (int h = 0; h < 701; h++) {
                    for (int w = 0; w < 397; w++) {
                        if (y.get(1, oc, h, w) != (float) (oc + 1) * (h * 397 + w)) {
                            throw new AssertionError("wrong at channel " + oc + ", row " + h + ", column " + w);
                        }
                    }
                }
            }
        }
    }
}
