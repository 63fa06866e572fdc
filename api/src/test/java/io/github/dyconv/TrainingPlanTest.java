package io.github.dyconv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedForward;
import io.github.dyconv.testing.ReferenceDevice;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TrainingPlanTest {
    private static final int[] X = {2, 3, 5, 6};
    private static final int[] Y = {2, 4, 5, 6};

    private static DYConv2d layer() {
        return DYConv2d.builder(3, 4, 3).padding(1).build();
    }

    private static TrainingPlan plan(DYConv2d layer) {
        return layer.trainingPlan(new ReferenceDevice(), ForwardOptions.DEFAULT, X);
    }

    private static Tensor ones(int... shape) {
        Tensor tensor = Tensor.zeros(shape);
        Tensor flat = tensor.reshape(tensor.size());
        for (int i = 0; i < flat.size(); i++) {
            flat.set(1, i);
        }
        return tensor;
    }

    @Test
    void gradientsAreOverwrittenAndThatOfTheInputIsOptional() {
        DYConv2d layer = layer();
        Gradients gradients = new Gradients(layer.config());
        try (TrainingPlan plan = plan(layer)) {
            plan.forward(ones(X), Tensor.zeros(Y));
            plan.backward(ones(Y), Tensor.zeros(X), gradients);
            float[] once = gradients.weight().toArray();
            plan.backward(ones(Y), null, gradients);
            assertThat(gradients.weight().toArray()).isEqualTo(once);
            float pixels = 2 * 5 * 6 * plan.attention().get(0, 0);
            assertThat(gradients.bias().orElseThrow().get(0, 0)).isEqualTo(pixels);
        }
    }

    @Test
    void theBackwardPassUsesTheParametersOfTheForwardPass() {
        DYConv2d layer = layer();
        Gradients gradients = new Gradients(layer.config());
        Tensor before = Tensor.zeros(X);
        Tensor after = Tensor.zeros(X);
        try (TrainingPlan plan = plan(layer)) {
            plan.forward(ones(X), Tensor.zeros(Y));
            plan.backward(ones(Y), before, gradients);
            layer.setParameter(
                    DYConv2dConfig.WEIGHT,
                    Tensor.zeros(layer.parameter("weight").shape()));
            plan.backward(ones(Y), after, gradients);
        }
        assertThat(after.toArray()).isEqualTo(before.toArray());
    }

    @Test
    void anOptimizerChangesItsOwnTensorsInPlace() {
        DYConv2d layer = layer();
        Map<String, Tensor> own = new LinkedHashMap<>();
        layer.config().parameterShapes().forEach((name, shape) -> own.put(name, ones(shape)));
        layer.update(p -> Parameters.wrap(p.config(), own, p.temperature()));
        Parameters first = layer.parameters();
        own.get(DYConv2dConfig.WEIGHT).set(7, 0, 0, 0, 0, 0);
        layer.update(p -> Parameters.wrap(p.config(), own, p.temperature()));
        assertThat(layer.parameters().weight()).isNotSameAs(first.weight());
        assertThat(layer.parameters().weight().get(0, 0, 0, 0, 0)).isEqualTo(7);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> layer.parameters().weight().set(1, 0, 0, 0, 0, 0));
    }

    @Test
    void wrappedParametersAreChecked() {
        DYConv2dConfig config = layer().config();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Parameters.wrap(config, Map.of(), 1))
                .withMessageStartingWith("weight: missing; expected [4, 4, 3, 3, 3]");
        Map<String, Tensor> own = new LinkedHashMap<>();
        config.parameterShapes().forEach((name, shape) -> own.put(name, Tensor.zeros(shape)));
        assertThatIllegalArgumentException().isThrownBy(() -> Parameters.wrap(config, own, 0));
        own.put(DYConv2dConfig.BIAS, Tensor.zeros(4, 5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Parameters.wrap(config, own, 1))
                .withMessageStartingWith("bias: expected [4, 4]");
    }

    @Test
    void wrongUseIsRefused() {
        DYConv2d layer = layer();
        Gradients gradients = new Gradients(layer.config());
        Tensor x = ones(X);
        Tensor y = Tensor.zeros(Y);
        TrainingPlan plan = plan(layer);
        assertThatIllegalStateException()
                .isThrownBy(() -> plan.backward(y, null, gradients))
                .withMessage("backward: no forward pass before it; call forward first");
        plan.forward(x, y);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan.backward(x, null, gradients))
                .withMessage("outputGradient: expected [2, 4, 5, 6] as planned, got [2, 3, 5, 6]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan.backward(y, y, gradients))
                .withMessageStartingWith("inputGradient: expected [2, 3, 5, 6]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan.backward(y, x, gradients))
                .withMessage("inputGradient: must be writable and must not overlap the input");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan.backward(y, Tensor.zeros(X).asReadOnly(), gradients))
                .withMessageStartingWith("inputGradient: must be writable");
        Gradients others = new Gradients(DYConv2d.builder(3, 4, 3).config());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan.backward(y, null, others))
                .withMessageStartingWith("gradients: are for ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> gradients.get("fc3"))
                .withMessageStartingWith("fc3: no such parameter");
        plan.close();
        plan.close();
        assertThatIllegalStateException().isThrownBy(() -> plan.forward(x, y));
        assertThatIllegalStateException().isThrownBy(() -> plan.backward(y, null, gradients));
    }

    @Test
    void trainingDoesNotFallBack() {
        ForwardOptions options = ForwardOptions.DEFAULT.withOnFailure(FailurePolicy.FALL_BACK);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> layer().trainingPlan(new ReferenceDevice(), options, X))
                .withMessageStartingWith("onFailure: ");
    }

    private record InferenceOnly() implements Device {
        @Override
        public String name() {
            return "small";
        }

        @Override
        public String description() {
            return "computes no gradients";
        }

        @Override
        public PreparedForward prepare(ForwardProblem problem) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void aDeviceThatDoesNotTrainRefuses() {
        assertThatExceptionOfType(DeviceException.class)
                .isThrownBy(() -> layer().trainingPlan(new InferenceOnly(), ForwardOptions.DEFAULT, X))
                .withMessage("small: computes no gradients; train on another device, such as jvm")
                .satisfies(e -> assertThat(e.isRefusal()).isTrue());
    }
}
