package io.github.dyconv.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Size2D;
import io.github.dyconv.Tensor;
import io.github.dyconv.testing.Errors;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** All operations together: values against float64, gradients against finite differences in float64. */
class NetworkGradientsTest {
    private static final int BATCH = 3;
    private static final double STEP = 1e-6;
    private static final Shape INPUT = new Shape(4, 9, 8);

    /** Every kind of operation, values taken by two and three operations, and one value taken twice by one. */
    private static Network everything() {
        NetworkBuilder network = new NetworkBuilder(INPUT, Convolutions.DYNAMIC);
        int stem = network.relu6(network.batchNorm("bn1", network.convolution("conv1", 0, 6, 3, 1, 1)));
        int pooled = network.maxPool(stem, 3, 2, 1);
        int grouped = network.add(new Operation.Convolution(
                "dy",
                pooled,
                new DYConv2dConfig(
                        new Conv2dGeometry(6, 6, Size2D.of(3), Size2D.of(1), Size2D.of(2), Size2D.of(2), 3, true),
                        0.5,
                        3),
                true));
        int block = network.relu(network.add(network.batchNorm("bn2", grouped), pooled));
        int twice = network.add(block, block);
        int averaged = network.add(new Operation.AvgPool2d(twice, Size2D.of(2), Size2D.of(1), Size2D.of(1)));
        int narrow = network.convolution("conv2", averaged, 5, 1, 2, 1);
        int shortcut = network.convolution("conv3", averaged, 5, 3, 2, 1);
        int joined = network.relu(network.add(network.batchNorm("bn3", narrow), shortcut));
        network.linear("fc", network.globalAvgPool(joined), 4);
        return network.build();
    }

    private static void randomize(Iterable<Tensor> tensors, Random random, double scale) {
        for (Tensor tensor : tensors) {
            for (int i = 0; i < tensor.size(); i++) {
                Floats.set(tensor, i, (float) (random.nextGaussian() * scale));
            }
        }
    }

    private static Model randomModel(Random random) {
        Model model = Model.initial(everything(), 7);
        randomize(model.parameters().values(), random, 0.7);
        model.setTemperature(1.5);
        model.parametersChanged();
        return model;
    }

    @Test
    void gradientsAreThoseOfFiniteDifferences() {
        Random random = new Random(3);
        Model model = randomModel(random);
        Float64Network reference = new Float64Network(model, BATCH);
        try (NetworkPlan plan = NetworkPlan.training(model, Devices.select("jvm"), ForwardOptions.DEFAULT, BATCH)) {
            randomize(List.of(plan.input()), random, 1);
            Tensor outputGradient = Tensor.zeros(plan.output().shape());
            randomize(List.of(outputGradient), random, 1);
            double[] x = Float64Network.doubles(plan.input().toArray());
            double[] g = Float64Network.doubles(outputGradient.toArray());

            Tensor output = plan.forward();
            Map<String, Tensor> gradients = plan.backward(outputGradient);

            assertThat(Errors.relativeL2(reference.forward(x).getLast(), output))
                    .isLessThan(5e-6);
            assertThat(gradients.keySet())
                    .containsExactlyElementsOf(model.parameters().keySet());
            gradients.forEach((name, gradient) -> {
                double[] expected = differences(reference, name, x, g);
                assertThat(Errors.relativeL2(expected, gradient)).as(name).isLessThan(2e-5);
            });
            // A second backward pass gives the same: nothing is left over from the first.
            float[] first = gradients.get("conv1.weight").toArray();
            plan.backward(outputGradient);
            assertThat(gradients.get("conv1.weight").toArray()).isEqualTo(first);
        }
    }

    private static double[] differences(Float64Network network, String name, double[] x, double[] g) {
        double[] parameter = network.parameter(name);
        double[] slopes = new double[parameter.length];
        for (int i = 0; i < parameter.length; i++) {
            double value = parameter[i];
            parameter[i] = value + STEP;
            double above = loss(network, x, g);
            parameter[i] = value - STEP;
            slopes[i] = (above - loss(network, x, g)) / (2 * STEP);
            parameter[i] = value;
        }
        return slopes;
    }

    private static double loss(Float64Network network, double[] x, double[] g) {
        double[] y = network.forward(x).getLast();
        double sum = 0;
        for (int i = 0; i < y.length; i++) {
            sum += y[i] * g[i];
        }
        return sum;
    }

    @Test
    void resultsDoNotDependOnTheTimingOfThreads() {
        float[][] results = new float[20][];
        for (int run = 0; run < results.length; run++) {
            Random random = new Random(3);
            Model model = randomModel(random);
            try (NetworkPlan plan =
                    NetworkPlan.training(model, Devices.select("jvm"), ForwardOptions.DEFAULT.withThreads(3), BATCH)) {
                randomize(List.of(plan.input()), random, 1);
                plan.forward();
                results[run] = plan.backward(plan.output()).get("conv1.weight").toArray();
            }
        }
        assertThat(List.of(results)).allSatisfy(result -> assertThat(result).isEqualTo(results[0]));
    }

    @Test
    void attentionCanBeSeen() {
        Model model = randomModel(new Random(3));
        try (NetworkPlan plan = NetworkPlan.evaluation(model, Devices.select("jvm"), ForwardOptions.DEFAULT, BATCH)) {
            randomize(List.of(plan.input()), new Random(4), 1);
            plan.forward();
            Tensor attention = plan.attention(4);
            assertThat(attention.shape()).containsExactly(BATCH, 3);
            assertThat(attention.get(0, 0) + attention.get(0, 1) + attention.get(0, 2))
                    .isBetween(0.99999f, 1.00001f);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> plan.attention(1))
                    .withMessageContaining("no convolution");
            assertThatIllegalStateException().isThrownBy(() -> plan.backward(plan.output()));
        }
    }

    @Test
    void whatDoesNotFitIsRefused() {
        NetworkBuilder network = new NetworkBuilder(INPUT, Convolutions.STATIC);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> network.add(new Operation.BatchNorm2d("bn", 0, 5, 1e-5, 0.1)))
                .withMessage("bn: takes 5 channels, got the shape [4, 9, 8]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> network.add(new Operation.Linear("fc", 0, 5, 2)))
                .withMessage("fc: takes 5 elements, got the shape [4, 9, 8]");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> network.maxPool(0, 2, 2, 2))
                .withMessageStartingWith("padding: must be at most half of kernel_size");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Network(INPUT, List.of(new Operation.Add(0, 1))))
                .withMessageContaining("takes value 1");
        network.linear("fc", 0, 3);
        network.linear("fc", 0, 3);
        assertThatIllegalArgumentException().isThrownBy(network::build).withMessageContaining("have the name 'fc'");
        NetworkBuilder single = new NetworkBuilder(new Shape(2, 1, 1), Convolutions.STATIC);
        single.batchNorm("bn", 0);
        Model model = Model.initial(single.build(), 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NetworkPlan.training(model, Devices.select("jvm"), ForwardOptions.DEFAULT, 1))
                .withMessageStartingWith("batch: of one element per channel");
    }
}
