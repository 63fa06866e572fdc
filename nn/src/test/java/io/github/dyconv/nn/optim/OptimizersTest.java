package io.github.dyconv.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.dyconv.Tensor;
import io.github.dyconv.nn.Golden;
import io.github.dyconv.testing.Errors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Optimizers, clipping and schedules, step by step against PyTorch. */
class OptimizersTest {
    private static final String FILE = "optimizers.npz";
    private static final int STEPS = 5;

    record Case(String name, Function<Map<String, Tensor>, Optimizer> optimizer) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                new Case("sgd", p -> new Sgd(p, 0, 0, false)),
                new Case("momentum", p -> new Sgd(p, 0.9, 0.01, false)),
                new Case("nesterov", p -> new Sgd(p, 0.9, 0.01, true)),
                new Case("adam", p -> new Adam(p, 0.9, 0.999, 1e-8, 0.01, false)),
                new Case("adamw", p -> new Adam(p, 0.9, 0.999, 1e-8, 0.01, true)));
    }

    private static Tensor start() {
        return Golden.tensor(FILE, "p");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void everyStepIsPyTorchs(Case given) {
        Tensor parameter = start();
        Optimizer optimizer = given.optimizer().apply(Map.of("p", parameter));
        for (int step = 0; step < STEPS; step++) {
            optimizer.step(Map.of("p", Golden.tensor(FILE, "g" + step)), 0.1);
            double[] expected = Golden.doubles(FILE, given.name() + ".p" + (step + 1));
            assertThat(Errors.relativeL2(expected, parameter))
                    .as("step " + step)
                    .isLessThan(1e-6);
        }
        assertThat(optimizer.steps()).isEqualTo(STEPS);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void goesOnFromSavedState(Case given) {
        Tensor straight = start();
        Tensor resumed = start();
        Optimizer first = given.optimizer().apply(Map.of("p", resumed));
        Optimizer whole = given.optimizer().apply(Map.of("p", straight));
        Optimizer second = given.optimizer().apply(Map.of("p", resumed));
        for (int step = 0; step < STEPS; step++) {
            Map<String, Tensor> gradients = Map.of("p", Golden.tensor(FILE, "g" + step));
            whole.step(gradients, 0.1);
            if (step == 2) {
                Map<String, Tensor> saved = new LinkedHashMap<>();
                first.state().forEach((name, tensor) -> saved.put(name, tensor.copy()));
                second.load(saved, first.steps());
            }
            (step < 2 ? first : second).step(gradients, 0.1);
        }
        assertThat(resumed.toArray()).isEqualTo(straight.toArray());
    }

    @Test
    void parametersLongerThanAPieceAreChangedWhole() {
        Tensor parameter = Tensor.zeros(5000);
        Tensor gradient = Tensor.zeros(5000);
        for (int i = 0; i < 5000; i++) {
            gradient.set(i, i);
        }
        new Sgd(Map.of("p", parameter), 0, 0, false).step(Map.of("p", gradient), 0.5);
        for (int i = 0; i < 5000; i++) {
            assertThat(parameter.get(i)).isEqualTo(-0.5f * i);
        }
    }

    @Test
    void clippingIsPyTorchs() {
        for (double limit : new double[] {0.5, 100}) {
            Tensor gradient = Golden.tensor(FILE, "g0");
            double norm = GradientClipping.byNorm(Map.of("p", gradient), limit);
            assertThat(norm).isCloseTo(Golden.doubles(FILE, "clip_" + limit + ".norm")[0], within(1e-6));
            assertThat(Errors.relativeL2(Golden.doubles(FILE, "clip_" + limit + ".g"), gradient))
                    .isLessThan(1e-6);
        }
    }

    @Test
    void schedulesArePyTorchs() {
        Map<String, LearningRate> schedules = Map.of(
                "cosine", LearningRate.cosine(0.2, 12),
                "step", LearningRate.step(0.2, 3, 0.1),
                "warmup", LearningRate.constant(0.2).withWarmup(4, 0.25));
        schedules.forEach((name, schedule) -> {
            double[] expected = Golden.doubles(FILE, name);
            for (int epoch = 0; epoch < expected.length; epoch++) {
                assertThat(schedule.at(epoch)).as(name + " " + epoch).isCloseTo(expected[epoch], within(1e-12));
            }
        });
        assertThat(LearningRate.cosine(0.2, 12).at(13)).isZero();
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        Map<String, Tensor> parameters = Map.of("p", start());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Sgd(parameters, 1, 0, false))
                .withMessage("momentum: must be at least 0.0 and less than 1.0, got 1.0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Adam(parameters, 0.9, Double.NaN, 0, 0, false))
                .withMessageStartingWith("beta2");
        assertThatIllegalArgumentException().isThrownBy(() -> LearningRate.constant(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LearningRate.constant(1).withWarmup(1, 2))
                .withMessage("start: must be from 0 to 1, got 2.0");
        Optimizer optimizer = new Sgd(parameters, 0.9, 0, false);
        assertThatIllegalArgumentException().isThrownBy(() -> optimizer.step(Map.of(), 0.1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> optimizer.load(Map.of("p.momentum_buffer", Tensor.zeros(3)), 1))
                .withMessage("p.momentum_buffer: expected Tensor[7, 3], got Tensor[3]");
    }
}
