package io.github.dyconv.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Gradients;
import io.github.dyconv.Precision;
import io.github.dyconv.Tensor;
import io.github.dyconv.TrainingPlan;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** PyTorch's gradients, which every device that trains must give. */
public abstract class GoldenGradientContract {
    /** The device. */
    protected abstract Device device();

    /** The largest relative L2 error of each gradient. */
    protected abstract double tolerance();

    @TestFactory
    Stream<DynamicTest> goldenGradientsStrictly() {
        return golden(Precision.STRICT);
    }

    @TestFactory
    Stream<DynamicTest> goldenGradientsByDefault() {
        return golden(Precision.DEFAULT);
    }

    private Stream<DynamicTest> golden(Precision precision) {
        return GoldenCase.all().stream()
                .map(golden -> dynamicTest(golden.name(), () -> requireGradients(golden, precision)));
    }

    private void requireGradients(GoldenCase golden, Precision precision) {
        ForwardOptions options = ForwardOptions.DEFAULT.withPrecision(precision);
        DYConv2d layer = DYConv2d.of(golden.parameters());
        int[] shape = golden.x().shape();
        Tensor y = Tensor.zeros(layer.outputShape(shape));
        Tensor yGradient = tensor(golden.array("grad_y"), y.shape());
        Tensor xGradient = Tensor.zeros(shape);
        Gradients gradients = new Gradients(golden.config());
        try (TrainingPlan plan = layer.trainingPlan(device(), options, shape)) {
            plan.forward(golden.x(), y);
            plan.backward(yGradient, xGradient, gradients);
            assertThat(Errors.relativeL2(golden.y64(), y)).as("y").isLessThanOrEqualTo(tolerance());
            Map<String, Tensor> all = new LinkedHashMap<>(gradients.tensors());
            all.put("x", xGradient);
            all.forEach((name, gradient) -> assertThat(Errors.relativeL2(golden.array("grad64." + name), gradient))
                    .as("gradient of %s by %s", name, plan.algorithms())
                    .isLessThanOrEqualTo(tolerance()));
        }
    }

    private static Tensor tensor(double[] values, int... shape) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return Tensor.of(floats, shape);
    }
}
