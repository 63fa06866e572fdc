package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Gradients;
import io.github.dyconv.Tensor;
import io.github.dyconv.TrainingPlan;
import io.github.dyconv.testing.Errors;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Passes in every order that a plan allows: what one graph leaves on the device reaches the next, whichever ran in between,
 * and whatever was sent anew.
 */
@ParameterizedClass(name = "{0}")
@MethodSource("io.github.dyconv.tornado.TestDevices#withEachSchedule")
class TornadoTrainingTest {
    private static final int[] INPUT = {2, 6, 7, 8};
    private static final int[] OUTPUT = {2, 5, 4, 4};

    private final Device device;
    private final Random random = new Random(7);

    TornadoTrainingTest(Device device) {
        this.device = device;
    }

    private Tensor normal(int... shape) {
        float[] values = new float[Tensor.zeros(shape).size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values, shape);
    }

    /** A layer's plan on one device, and what its passes gave. */
    private static final class Run implements AutoCloseable {
        final TrainingPlan plan;
        final Tensor output = Tensor.zeros(OUTPUT);
        final Tensor inputGradient = Tensor.zeros(INPUT);
        final Gradients gradients;

        Run(DYConv2d layer, Device device) {
            plan = layer.trainingPlan(device, ForwardOptions.DEFAULT, INPUT);
            gradients = new Gradients(layer.config());
        }

        @Override
        public void close() {
            plan.close();
        }
    }

    @Test
    void passesInAnyOrder() {
        DYConv2d layer =
                DYConv2d.builder(6, 5, 3).padding(1).stride(2).temperature(2).build();
        layer.setParameter("attention.fc2.bias", normal(4));
        try (Run actual = new Run(layer, device);
                Run expected = new Run(layer, Devices.select("jvm:reference"))) {
            forward(expected, actual);
            backward(expected, actual, false);
            backward(expected, actual, true);
            backward(expected, actual, true);
            forward(expected, actual);
            backward(expected, actual, true);
            forward(expected, actual);
            forward(expected, actual);
            backward(expected, actual, false);
            layer.setTemperature(1);
            forward(expected, actual);
            backward(expected, actual, true);
            layer.setParameter("weight", normal(4, 5, 6, 3, 3));
            forward(expected, actual);
            backward(expected, actual, true);
            layer.setParameter(
                    "attention.fc1.weight",
                    normal(layer.parameter("attention.fc1.weight").shape()));
            layer.setParameter("bias", normal(4, 5));
            forward(expected, actual);
            backward(expected, actual, true);
        }
    }

    private void forward(Run expected, Run actual) {
        Tensor x = normal(INPUT);
        expected.plan.forward(x, expected.output);
        actual.plan.forward(x, actual.output);
        requireClose("y", expected.output, actual.output);
    }

    private void backward(Run expected, Run actual, boolean ofInput) {
        Tensor gradient = normal(OUTPUT);
        for (Run run : new Run[] {expected, actual}) {
            @Nullable Tensor to = ofInput ? run.inputGradient : null;
            run.plan.backward(gradient, to, run.gradients);
        }
        if (ofInput) {
            requireClose("x", expected.inputGradient, actual.inputGradient);
        }
        requireClose("attention", expected.plan.attention(), actual.plan.attention());
        expected.gradients.tensors().forEach((name, tensor) -> requireClose(name, tensor, actual.gradients.get(name)));
    }

    private static void requireClose(String name, Tensor expected, Tensor actual) {
        float[] floats = expected.toArray();
        double[] values = new double[floats.length];
        Arrays.setAll(values, i -> floats[i]);
        assertThat(Errors.relativeL2(values, actual)).as(name).isLessThanOrEqualTo(2e-5);
    }
}
