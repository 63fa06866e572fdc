package io.github.dyconv;

import static io.github.dyconv.DYConv2dConfig.FC2_BIAS;
import static io.github.dyconv.DYConv2dConfig.TEMPERATURE;
import static io.github.dyconv.DYConv2dConfig.WEIGHT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.within;

import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedForward;
import io.github.dyconv.testing.Float64Reference;
import io.github.dyconv.testing.GoldenCase;
import io.github.dyconv.testing.ReferenceDevice;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DYConv2dTest {
    private static final Device REFERENCE = new ReferenceDevice();

    private static DYConv2d.Builder small() {
        return DYConv2d.builder(4, 6, 3).padding(1).device(REFERENCE);
    }

    @Test
    void defaultsArePyTorchs() {
        DYConv2dConfig config = DYConv2d.builder(8, 6, 3).config();
        assertThat(config)
                .isEqualTo(new DYConv2dConfig(
                        new Conv2dGeometry(8, 6, Size2D.of(3), Size2D.of(1), Size2D.of(0), Size2D.of(1), 1, true),
                        0.25,
                        4));
        assertThat(DYConv2d.builder(8, 6, 3).build().temperature()).isEqualTo(34);
    }

    @Test
    void everySettingArrives() {
        DYConv2d layer = DYConv2d.builder(8, 6, 3, 5)
                .ratio(0.5)
                .stride(2, 3)
                .padding(4, 5)
                .dilation(6, 7)
                .groups(2)
                .bias(false)
                .kernels(3)
                .temperature(9)
                .seed(11)
                .device(REFERENCE)
                .build();
        assertThat(layer.config())
                .isEqualTo(new DYConv2dConfig(
                        new Conv2dGeometry(
                                8, 6, new Size2D(3, 5), new Size2D(2, 3), new Size2D(4, 5), new Size2D(6, 7), 2, false),
                        0.5,
                        3));
        assertThat(layer.temperature()).isEqualTo(9);
        assertThat(layer.device()).isSameAs(REFERENCE);
        assertThat(layer.parameter(WEIGHT).toArray())
                .isEqualTo(
                        Parameters.initial(layer.config(), 9, true, 11).weight().toArray());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        in_planes   |  0 | in_planes: must be at least 1, got 0
        out_planes  | -1 | out_planes: must be at least 1, got -1
        kernel_size |  0 | kernel_size: must be at least 1, got 0
        stride      |  0 | stride: must be at least 1, got 0
        padding     | -1 | padding: must be at least 0, got -1
        dilation    |  0 | dilation: must be at least 1, got 0
        groups      |  0 | groups: must be at least 1, got 0
        groups      |  3 | groups: 3 must divide in_planes (4) and out_planes (6)
        groups      |  4 | groups: 4 must divide in_planes (4) and out_planes (6)
        K           |  0 | K: must be at least 1, got 0
        ratio       | -1 | ratio: must be a finite number of at least 0, got -1.0
        temperature |  0 | temperature: must be a positive finite number, got 0.0
        """)
    void badValuesAreNamedWithTheirRule(String argument, int value, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> {
                    DYConv2d.Builder builder = switch (argument) {
                        case "in_planes" -> DYConv2d.builder(value, 6, 3);
                        case "out_planes" -> DYConv2d.builder(4, value, 3);
                        case "kernel_size" -> DYConv2d.builder(4, 6, value);
                        case "stride" -> small().stride(value);
                        case "padding" -> small().padding(value);
                        case "dilation" -> small().dilation(value);
                        case "groups" -> small().groups(value);
                        case "K" -> small().kernels(value);
                        case "ratio" -> small().ratio(value);
                        case "temperature" -> small().temperature(value);
                        default -> throw new AssertionError(argument);
                    };
                    builder.build();
                })
                .withMessage(message);
    }

    @Test
    void pairsAndSpecialNumbersAreNamedToo() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> small().stride(1, 0).build())
                .withMessage("stride: must be at least 1, got [1, 0]");
        for (double wrong : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> small().ratio(wrong).build())
                    .withMessage("ratio: must be a finite number of at least 0, got " + wrong);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> small().temperature(wrong).build())
                    .withMessage("temperature: must be a positive finite number, got " + wrong);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ForwardOptions.DEFAULT.withThreads(-1))
                .withMessage("threads: must be from 1 to 1024, or 0 for all processors, got -1");
        assertThatNullPointerException().isThrownBy(() -> new ForwardOptions(null, 0, FailurePolicy.FAIL));
    }

    @Test
    void temperaturesThatTheArticlesModuleRefusesAreTaken() {
        assertThat(small().temperature(30).build().temperature()).isEqualTo(30);
    }

    @Test
    void inputsThatDoNotFitAreExplained() {
        try (DYConv2d layer = DYConv2d.builder(4, 6, 5).device(REFERENCE).build()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> layer.forward(Tensor.zeros(2, 3, 9, 9)))
                    .withMessage("input: expected [N, 4, H, W], got [2, 3, 9, 9]");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> layer.outputShape(4, 9, 9))
                    .withMessage("input: expected [N, 4, H, W], got [4, 9, 9]");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> layer.forward(Tensor.zeros(1, 4, 9, 4)))
                    .withMessage("kernel_size: spans 5 pixels of width (kernel 5, dilation 1), more than the padded"
                            + " input's 4");
            assertThat(layer.outputShape(7, 4, 9, 6)).containsExactly(7, 6, 5, 2);
        }
    }

    @Test
    void forwardGivesTheGoldenOutput() {
        GoldenCase golden = GoldenCase.named("g02_article_b5");
        try (DYConv2d layer =
                DYConv2d.builder(3, 16, 3).padding(1).device(REFERENCE).build()) {
            layer.loadStateDict(golden.parameters().stateDict());
            float[] y = layer.forward(golden.x()).toArray();
            double[] expected = golden.y64();
            for (int i = 0; i < y.length; i++) {
                assertThat(y[i]).isCloseTo((float) expected[i], within(1e-5f));
            }
        }
    }

    @Test
    void aStateDictIsLoadedWhollyOrNotAtAll() {
        try (DYConv2d layer = small().build()) {
            Parameters before = layer.parameters();
            Map<String, Tensor> state = new LinkedHashMap<>(
                    Parameters.initial(layer.config(), 5, true, 99).stateDict());
            state.put(FC2_BIAS, Tensor.zeros(5));
            assertThatIllegalArgumentException().isThrownBy(() -> layer.loadStateDict(state));
            state.put(FC2_BIAS, Tensor.zeros(4));
            state.put(TEMPERATURE, Tensor.zeros(1));
            assertThatIllegalArgumentException().isThrownBy(() -> layer.loadStateDict(state));
            assertThat(layer.parameters()).isSameAs(before);
            state.put(TEMPERATURE, Tensor.of(new float[] {5}, 1));
            layer.loadStateDict(state);
            assertThat(layer.temperature()).isEqualTo(5);
            assertThat(layer.stateDict().get(WEIGHT).toArray())
                    .isEqualTo(state.get(WEIGHT).toArray());
        }
    }

    @Test
    void parametersOfAnotherConfigurationAreRefused() {
        try (DYConv2d layer = small().build()) {
            Parameters others = DYConv2d.builder(4, 7, 3).build().parameters();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> layer.update(before -> others))
                    .withMessageStartingWith("parameters: are for ");
        }
    }

    /** Counts plans, to see which are kept. */
    private static final class CountingDevice implements Device {
        private final List<String> log = Collections.synchronizedList(new ArrayList<>());

        @Override
        public String name() {
            return "counting";
        }

        @Override
        public String description() {
            return "the reference, counted";
        }

        @Override
        public PreparedForward prepare(ForwardProblem problem) {
            PreparedForward reference = REFERENCE.prepare(problem);
            log.add("open " + problem.width());
            return new PreparedForward() {
                @Override
                public void run(Parameters parameters, Tensor input, Tensor output) {
                    reference.run(parameters, input, output);
                }

                @Override
                public Tensor attention() {
                    return reference.attention();
                }

                @Override
                public List<AlgorithmChoice> algorithms() {
                    return reference.algorithms();
                }

                @Override
                public long scratchBytes() {
                    return 0;
                }

                @Override
                public void close() {
                    log.add("close " + problem.width());
                }
            };
        }
    }

    @Test
    void theLastFourPlansAreKept() {
        CountingDevice device = new CountingDevice();
        DYConv2d layer = small().device(device).build();
        for (int width : new int[] {1, 2, 3, 4, 1, 5, 1, 2}) {
            layer.forward(Tensor.zeros(1, 4, 3, width));
        }
        assertThat(device.log)
                .containsExactly("open 1", "open 2", "open 3", "open 4", "open 5", "close 2", "open 2", "close 3");
        layer.close();
        assertThat(device.log.subList(8, 12)).containsExactlyInAnyOrder("close 4", "close 5", "close 1", "close 2");
        layer.forward(Tensor.zeros(1, 4, 3, 1));
        layer.close();
        assertThat(device.log.subList(12, 14)).containsExactly("open 1", "close 1");
    }

    /** While parameters change, each output must belong to one snapshot: never to the weight of one, the bias of another. */
    @Test
    void everyOutputBelongsToOneSnapshot() throws Exception {
        DYConv2d layer = small().build();
        Tensor x = Tensor.zeros(1, 4, 3, 3);
        for (int i = 0; i < 9; i++) {
            x.set(i + 1, 0, i % 4, i / 3, i % 3);
        }
        List<Parameters> snapshots = IntStream.range(0, 6)
                .mapToObj(seed -> distinct(layer.config(), seed))
                .toList();
        List<float[]> expected = snapshots.stream()
                .map(parameters ->
                        rounded(Float64Reference.forward(parameters, x).y()))
                .toList();
        layer.update(before -> snapshots.getFirst());
        List<Callable<Integer>> calls = new ArrayList<>();
        for (int call = 0; call < 400; call++) {
            Parameters next = snapshots.get(call % snapshots.size());
            calls.add(() -> {
                layer.update(before -> next);
                float[] y = layer.forward(x).toArray();
                return IntStream.range(0, expected.size())
                        .filter(i -> Arrays.equals(expected.get(i), y))
                        .findFirst()
                        .orElse(-1);
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            for (Future<Integer> which : threads.invokeAll(calls)) {
                assertThat(which.get()).isNotNegative();
            }
        }
        layer.close();
    }

    private static Parameters distinct(DYConv2dConfig config, int seed) {
        Tensor bias = Tensor.zeros(4, 6);
        bias.set(seed + 1, seed % 4, 0);
        return Parameters.initial(config, 34 - seed, true, seed).with(DYConv2dConfig.BIAS, bias);
    }

    private static float[] rounded(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    @Test
    void updatesOfManyThreadsAreAllApplied() throws Exception {
        DYConv2d layer = small().temperature(1).build();
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            Callable<Void> warmer = () -> {
                layer.update(before -> before.withTemperature(before.temperature() + 1));
                return null;
            };
            for (Future<Void> done : threads.invokeAll(Collections.nCopies(600, warmer))) {
                done.get();
            }
        }
        assertThat(layer.temperature()).isEqualTo(601);
    }
}
