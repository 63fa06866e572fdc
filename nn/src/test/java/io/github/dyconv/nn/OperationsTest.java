package io.github.dyconv.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Size2D;
import io.github.dyconv.Tensor;
import io.github.dyconv.testing.Errors;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation alone, forward and backward, against PyTorch in float64. */
class OperationsTest {
    private static final String FILE = "operations.npz";
    private static final double TOLERANCE = 1e-6;
    private static final Size2D ONE = Size2D.of(1);
    private static final Size2D NONE = Size2D.of(0);

    record Case(String name, Operation operation, List<String> parameters) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case without(String name, Operation operation) {
        return new Case(name, operation, List.of());
    }

    private static Case with(String name, Operation operation) {
        return new Case(name, operation, List.of("weight", "bias"));
    }

    static Stream<Case> cases() {
        Size2D two = Size2D.of(2);
        Size2D three = Size2D.of(3);
        return Stream.of(
                without("relu", new Operation.Relu(1, Float.POSITIVE_INFINITY)),
                without("relu6", new Operation.Relu(1, 6)),
                without("max_pool_3_2_1", new Operation.MaxPool2d(1, three, two, ONE)),
                without("max_pool_2_2_0", new Operation.MaxPool2d(1, two, two, NONE)),
                without("avg_pool_3_2_1", new Operation.AvgPool2d(1, three, two, ONE)),
                without("avg_pool_2_2_0", new Operation.AvgPool2d(1, two, two, NONE)),
                without("global_avg_pool", new Operation.GlobalAvgPool(1)),
                with("linear", new Operation.Linear("op", 1, 10, 6)),
                with(
                        "conv",
                        Operation.Convolution.plain("op", 1, new Conv2dGeometry(4, 6, three, two, ONE, ONE, 2, true))),
                with("batch_norm", new Operation.BatchNorm2d("op", 1, 4, 1e-5, 0.1)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void agreesWithPyTorch(Case given) {
        Model model = model(given);
        try (NetworkPlan plan = NetworkPlan.training(model, Devices.select("jvm"), ForwardOptions.DEFAULT, 3)) {
            plan.input().copyFrom(golden(given, "x").reshape(plan.input().shape()));
            Tensor output = plan.forward();
            assertError(given, "y", output);
            Map<String, Tensor> gradients = plan.backward(golden(given, "g").reshape(output.shape()));
            assertError(given, "dx", plan.valueGradient(1));
            for (String parameter : given.parameters()) {
                assertError(given, "d" + parameter, gradients.get("op." + parameter));
            }
        }
    }

    private static Model model(Case given) {
        Tensor x = golden(given, "x");
        Shape shape = x.rank() == 2 ? new Shape(x.dim(1), 1, 1) : new Shape(x.dim(1), x.dim(2), x.dim(3));
        // The input has no gradient; a copy of it has.
        Operation copy = new Operation.AvgPool2d(0, ONE, ONE, NONE);
        Model model = Model.initial(new Network(shape, List.of(copy, given.operation())), 1);
        for (String parameter : given.parameters()) {
            model.parameters().get("op." + parameter).copyFrom(golden(given, parameter));
        }
        if (given.operation() instanceof Operation.BatchNorm2d) {
            model.buffers().get("op.running_mean").copyFrom(Golden.tensor(FILE, "batch_norm.mean"));
            model.buffers().get("op.running_var").copyFrom(Golden.tensor(FILE, "batch_norm.var"));
        }
        model.parametersChanged();
        return model;
    }

    private static Tensor golden(Case given, String name) {
        return Golden.tensor(FILE, given.name() + "." + name);
    }

    private static void assertError(Case given, String name, Tensor actual) {
        double[] expected = Golden.doubles(FILE, given.name() + "." + name);
        assertThat(Errors.relativeL2(expected, actual)).as(name).isLessThan(TOLERANCE);
    }

    @Test
    void batchNormMovesItsStatisticsAndUsesThemInEvaluation() {
        Case norm = cases().filter(each -> each.name().equals("batch_norm"))
                .findFirst()
                .orElseThrow();
        Model model = model(norm);
        try (NetworkPlan evaluation = NetworkPlan.evaluation(model, Devices.select("jvm"), ForwardOptions.DEFAULT, 3)) {
            evaluation.input().copyFrom(golden(norm, "x"));
            double[] expected = Golden.doubles(FILE, "batch_norm_eval.y");
            assertThat(Errors.relativeL2(expected, evaluation.forward())).isLessThan(TOLERANCE);
        }
        try (NetworkPlan training = NetworkPlan.training(model, Devices.select("jvm"), ForwardOptions.DEFAULT, 3)) {
            training.input().copyFrom(golden(norm, "x"));
            training.forward();
        }
        assertError(norm, "mean_after", model.buffers().get("op.running_mean"));
        assertError(norm, "var_after", model.buffers().get("op.running_var"));
    }

    @Test
    void crossEntropyAgreesWithPyTorch() {
        int[] labels = new int[5];
        double[] golden = Golden.doubles(FILE, "labels");
        for (int n = 0; n < labels.length; n++) {
            labels[n] = (int) golden[n];
        }
        for (double smoothing : new double[] {0, 0.1}) {
            String name = "cross_entropy_" + smoothing;
            Tensor logits = Golden.tensor(FILE, name + ".x");
            Tensor gradient = Tensor.zeros(logits.shape());
            CrossEntropy.Score score = new CrossEntropy(smoothing).score(logits, labels, gradient);
            assertThat(score.meanLoss()).isCloseTo(Golden.doubles(FILE, name + ".y")[0], within(1e-9));
            assertThat(Errors.relativeL2(Golden.doubles(FILE, name + ".dx"), gradient))
                    .isLessThan(TOLERANCE);
            assertThat(new CrossEntropy(smoothing).score(logits, labels, 5)).isEqualTo(score);
        }
    }
}
