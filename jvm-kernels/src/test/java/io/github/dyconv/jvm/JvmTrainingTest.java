package io.github.dyconv.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2d;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Gradients;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.TrainingPlan;
import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training on the JVM, once with each way of computing the filter's gradient. */
class JvmTrainingTest {
    private static final String LAYERS = """
            winograd, 3, 64, 64, 1, 1
            winograd, 3, 20, 100, 1, 1
            blocked by channels, 3, 16, 64, 1, 2
            blocked by channels, 3, 13, 60, 1, 2
            blocked by channels, 3, 64, 60, 1, 2
            blocked by pixels, 3, 16, 9, 1, 1
            blocked by pixels, 1, 96, 9, 1, 1
            blocked by pixels, 3, 16, 16, 16, 1
            blocked by pixels, 3, 32, 18, 2, 1
            """;

    private final Random random = new Random(8);

    private static DYConv2d layer(int kernel, int inPlanes, int outPlanes, int groups, int stride) {
        return DYConv2d.builder(inPlanes, outPlanes, kernel)
                .padding(kernel / 2)
                .groups(groups)
                .stride(stride)
                .build();
    }

    private static TrainingPlan plan(DYConv2d layer, String filterGradient, int threads, Tensor x) {
        TrainingPlan plan =
                layer.trainingPlan(Devices.select("jvm"), ForwardOptions.DEFAULT.withThreads(threads), x.shape());
        assertThat(plan.algorithms()).extracting(AlgorithmChoice::name).contains("filter gradient: " + filterGradient);
        return plan;
    }

    private Tensor normal(int... shape) {
        Tensor tensor = Tensor.zeros(shape);
        Tensor flat = tensor.reshape(tensor.size());
        for (int i = 0; i < flat.size(); i++) {
            flat.set((float) random.nextGaussian(), i);
        }
        return tensor;
    }

    @ParameterizedTest
    @CsvSource(textBlock = LAYERS)
    void gradientsDoNotDependOnTheNumberOfThreads(
            String filterGradient, int kernel, int inPlanes, int outPlanes, int groups, int stride) {
        DYConv2d layer = layer(kernel, inPlanes, outPlanes, groups, stride);
        Tensor x = normal(3, inPlanes, 37, 29);
        Tensor yGradient = normal(layer.outputShape(x.shape()));
        Map<String, float[]> expected = gradients(layer, filterGradient, 1, x, yGradient);
        for (int threads : new int[] {2, 3, 5}) {
            gradients(layer, filterGradient, threads, x, yGradient)
                    .forEach((name, gradient) -> assertThat(gradient)
                            .as("%s, threads %d", name, threads)
                            .isEqualTo(expected.get(name)));
        }
    }

    /** On few threads a task takes all samples and packs the exchanged bank as it goes; on many it is packed before. */
    @Test
    void smallPicturesOfManyChannelsHaveTheirGradientHoweverTheBankIsPacked() {
        DYConv2d layer = layer(3, 260, 52, 1, 1);
        Tensor x = normal(3, 260, 5, 5);
        Tensor yGradient = normal(layer.outputShape(x.shape()));
        String filterGradient = "blocked by channels";
        int many = Math.ceilDiv(260, ChannelKernels.CHANNELS); // threads for a panel each
        assertThat(exchangedBank(layer, many)).isPresent();
        Map<String, float[]> expected = gradients(layer, filterGradient, many, x, yGradient);
        for (int threads = 1; threads <= 2; threads++) {
            assertThat(exchangedBank(layer, threads)).isEmpty();
            assertThat(gradients(layer, filterGradient, threads, x, yGradient).get("x"))
                    .isEqualTo(expected.get("x"));
        }
    }

    /** The one that the input's gradient of three pictures of 5x5 has packed before. */
    private static Optional<PackedBank> exchangedBank(DYConv2d layer, int threads) {
        Conv2dGeometry geometry = layer.config().geometry();
        DYConv2dConfig exchanged = DYConv2d.builder(
                        /* inPlanes= */ geometry.outPlanes(), /* outPlanes= */ geometry.inPlanes(), 3)
                .padding(1)
                .build()
                .config();
        ForwardProblem problem = new ForwardProblem(exchanged, 3, 5, 5, ForwardOptions.DEFAULT, true);
        assertThat(Algorithm.BLOCKED.refusal(problem)).isEmpty();
        return Algorithm.BLOCKED
                .convolution(
                        problem,
                        BankLayout.exchanged(geometry, new int[] {8, 7, 6, 5, 4, 3, 2, 1, 0}),
                        ThreadTeam.of(threads),
                        new Scratch())
                .packedBank();
    }

    private static Map<String, float[]> gradients(
            DYConv2d layer, String filterGradient, int threads, Tensor x, Tensor yGradient) {
        try (TrainingPlan plan = plan(layer, filterGradient, threads, x)) {
            Tensor xGradient = Tensor.zeros(x.shape());
            Gradients gradients = new Gradients(layer.config());
            plan.forward(x, Tensor.zeros(plan.outputShape()));
            plan.backward(yGradient, xGradient, gradients);
            Map<String, float[]> all = new LinkedHashMap<>();
            all.put("x", xGradient.toArray());
            gradients.tensors().forEach((name, gradient) -> all.put(name, gradient.toArray()));
            return all;
        }
    }

    @ParameterizedTest
    @CsvSource(textBlock = LAYERS)
    void aSteadyTrainingStepAllocatesNothingOfSize(
            String filterGradient, int kernel, int inPlanes, int outPlanes, int groups, int stride) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        DYConv2d layer = layer(kernel, inPlanes, outPlanes, groups, stride);
        Map<String, Tensor> parameters = new LinkedHashMap<>();
        layer.config()
                .parameterShapes()
                .keySet()
                .forEach(name -> parameters.put(name, layer.parameter(name).copy()));
        Tensor x = normal(2, inPlanes, 16, 16);
        try (TrainingPlan plan = plan(layer, filterGradient, 2, x)) {
            Tensor y = Tensor.zeros(plan.outputShape());
            Tensor yGradient = normal(plan.outputShape());
            Tensor xGradient = Tensor.zeros(x.shape());
            Gradients gradients = new Gradients(layer.config());
            Runnable step = () -> {
                layer.update(before -> Parameters.wrap(before.config(), parameters, before.temperature()));
                plan.forward(x, y);
                plan.backward(yGradient, xGradient, gradients);
            };
            for (int i = 0; i < 3000; i++) {
                step.run();
            }
            long before = threads.getTotalThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                step.run();
            }
            // The snapshot of the parameters, some views of tensors; before all is compiled, a boxed value here and
            // there.
            assertThat((threads.getTotalThreadAllocatedBytes() - before) / 1000).isLessThan(4096);
        }
    }
}
