package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Gradients;
import io.github.dyconv.Tensor;
import io.github.dyconv.TrainingPlan;
import io.github.dyconv.testing.Errors;
import io.github.dyconv.testing.Float64Gradients;
import io.github.dyconv.testing.Float64Gradients.Gradient;
import io.github.dyconv.testing.Float64Reference;
import io.github.dyconv.testing.LayerCase;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers with groups in the lanes of vectors: lanes left over, several blocks and bands, and inputs on every side. */
@ParameterizedClass(name = "{0}")
@MethodSource("devices")
class DepthwiseKernelsTest {
    private final Device device;

    DepthwiseKernelsTest(Device device) {
        this.device = device;
    }

    static Stream<Device> devices() {
        return TestDevices.with("vector");
    }

    private static DYConv2d.Builder layer(int groups, int inPerGroup, int outPerGroup, int kernel) {
        return DYConv2d.builder(groups * inPerGroup, groups * outPerGroup, kernel)
                .groups(groups);
    }

    private static LayerCase of(String name, DYConv2d.Builder layer, int batch, int height, int width) {
        try (DYConv2d built = layer.build()) {
            return new LayerCase(name, built.config(), 3, batch, height, width, name.hashCode());
        }
    }

    private static Stream<LayerCase> layers() {
        return Stream.of(
                of("2 groups", layer(2, 1, 1, 3).padding(1), 2, 5, 6),
                of("15 groups", layer(15, 1, 1, 3).padding(1), 3, 7, 9),
                of("16 groups", layer(16, 1, 1, 3).padding(1), 3, 7, 9),
                of("17 groups", layer(17, 1, 1, 3).padding(1), 3, 7, 9),
                of("33 groups, bands", layer(33, 1, 1, 3).padding(1), 1, 61, 30),
                of("40 groups, wide", layer(40, 1, 1, 3).padding(1), 2, 29, 130),
                of("planes pooled in two chains", layer(17, 1, 1, 3).padding(1), 1, 65, 67),
                of("depth multiplier 2", layer(19, 1, 2, 3).padding(1), 2, 8, 9),
                of("depth multiplier 3, several inputs", layer(18, 5, 3, 3).padding(1), 2, 9, 8),
                of("one output of several inputs", layer(20, 4, 1, 3), 2, 9, 8),
                of("stride 2", layer(24, 1, 1, 5).padding(2).stride(2), 2, 21, 19),
                of("pointwise with stride", layer(17, 1, 1, 1).stride(3), 2, 10, 11),
                of("padding wider than the kernel", layer(18, 1, 1, 3).padding(5), 2, 4, 6),
                of("one tap inside", layer(18, 1, 1, 3).dilation(20).padding(20), 2, 5, 6),
                of(
                        "every axis different",
                        DYConv2d.builder(21, 21, 2, 5)
                                .stride(3, 2)
                                .padding(1, 4)
                                .dilation(2, 1)
                                .groups(21),
                        3,
                        23,
                        9));
    }

    @TestFactory
    Stream<DynamicTest> forward() {
        return layers().map(layer -> dynamicTest(layer.toString(), () -> {
            Tensor x = layer.x();
            try (DYConv2d dyconv = DYConv2d.of(layer.parameters());
                    ForwardPlan plan = dyconv.plan(device, ForwardOptions.DEFAULT, x.shape())) {
                Float64Reference.Result expected = Float64Reference.forward(layer.parameters(), x);
                assertThat(Errors.relativeL2(expected, plan.forward(x))).isLessThanOrEqualTo(2e-6);
            }
        }));
    }

    @TestFactory
    Stream<DynamicTest> backward() {
        return layers().map(layer -> dynamicTest(layer.toString(), () -> {
            Tensor x = layer.x();
            Tensor inputGradient = Tensor.zeros(x.shape());
            try (DYConv2d dyconv = DYConv2d.of(layer.parameters());
                    TrainingPlan plan = dyconv.trainingPlan(device, ForwardOptions.DEFAULT, x.shape())) {
                Tensor y = Tensor.zeros(plan.outputShape());
                Gradients gradients = new Gradients(layer.config());
                plan.forward(x, y);
                plan.backward(y, inputGradient, gradients);
                Map<String, Gradient> expected = Float64Gradients.of(layer.parameters(), x, y);
                assertThat(expected.get(Float64Gradients.X).error(inputGradient))
                        .isLessThanOrEqualTo(5e-6);
                assertThat(expected.get("weight").error(gradients.weight())).isLessThanOrEqualTo(5e-6);
            }
        }));
    }
}
