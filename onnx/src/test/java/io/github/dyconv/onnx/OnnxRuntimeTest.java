package io.github.dyconv.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import io.github.dyconv.DYConv2d;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.testing.AwkwardLayers;
import io.github.dyconv.testing.Errors;
import io.github.dyconv.testing.GoldenCase;
import io.github.dyconv.testing.LayerCase;
import io.github.dyconv.testing.RandomLayers;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ONNX Runtime computes from a written model what our own device computes from the layer. */
class OnnxRuntimeTest {
    private static final double TOLERANCE = 1e-5;
    private static final int[] BATCHES = {1, 2, 5, 17};
    private static final int RANDOM_LAYERS = 150;

    /** A layer, and the size of its input. */
    record Case(String name, Parameters parameters, int height, int width) {
        static Case of(LayerCase layer) {
            return new Case(layer.toString(), layer.parameters(), layer.height(), layer.width());
        }

        static Case of(GoldenCase golden) {
            return new Case(
                    golden.name(),
                    golden.parameters(),
                    golden.x().dim(2),
                    golden.x().dim(3));
        }

        Tensor x(int batch) {
            return new LayerCase(name, parameters.config(), parameters.temperature(), batch, height, width, batch).x();
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        return Stream.of(
                        GoldenCase.all().stream().map(Case::of),
                        AwkwardLayers.all().stream().map(Case::of),
                        LongStream.range(0, RANDOM_LAYERS)
                                .mapToObj(RandomLayers::of)
                                .map(Case::of))
                .flatMap(all -> all);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void portableFormTakesAnyBatch(Case layer) throws OrtException {
        try (var runtime = new OnnxRuntime(OnnxFile.bytes(layer.parameters(), OnnxExport.PORTABLE))) {
            for (int batch : BATCHES) {
                requireEqual(layer, runtime, layer.x(batch));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void groupedFormTakesItsBatch(Case layer) throws OrtException {
        for (int batch : BATCHES) {
            try (var runtime = new OnnxRuntime(OnnxFile.bytes(layer.parameters(), OnnxExport.grouped(batch)))) {
                requireEqual(layer, runtime, layer.x(batch));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("goldenCases")
    void goldenOutputIsPyTorchs(GoldenCase golden) throws OrtException {
        for (OnnxExport export :
                List.of(OnnxExport.PORTABLE, OnnxExport.grouped(golden.x().dim(0)))) {
            try (var runtime = new OnnxRuntime(OnnxFile.bytes(golden.parameters(), export))) {
                assertThat(Errors.relativeL2(golden.y64(), runtime.run(golden.x())))
                        .as("%s", export)
                        .isLessThanOrEqualTo(TOLERANCE);
            }
        }
    }

    static List<GoldenCase> goldenCases() {
        return GoldenCase.all();
    }

    @Test
    void bothFormsTakeAnySizeUnlessItIsFixed() throws OrtException {
        Case small = Case.of(GoldenCase.named("g31_axes"));
        for (OnnxExport export : List.of(OnnxExport.PORTABLE, OnnxExport.grouped(2))) {
            try (var runtime = new OnnxRuntime(OnnxFile.bytes(small.parameters(), export))) {
                requireEqual(small, runtime, small.x(2));
                Case large = new Case("large", small.parameters(), 31, 18);
                requireEqual(large, runtime, large.x(2));
            }
            byte[] fixed = OnnxFile.bytes(small.parameters(), export.withInputSize(small.height(), small.width()));
            try (var runtime = new OnnxRuntime(fixed)) {
                requireEqual(small, runtime, small.x(2));
            }
        }
    }

    private static void requireEqual(Case layer, OnnxRuntime runtime, Tensor x) throws OrtException {
        Tensor actual = runtime.run(x);
        try (var dynamic = DYConv2d.of(layer.parameters());
                var plan = dynamic.plan(Devices.select("jvm"), ForwardOptions.DEFAULT, x.shape())) {
            Tensor expected = plan.forward(x);
            assertThat(actual.shape()).as("batch %d", x.dim(0)).isEqualTo(expected.shape());
            assertThat(Errors.relativeL2(doubles(expected), actual))
                    .as("batch %d", x.dim(0))
                    .isLessThanOrEqualTo(TOLERANCE);
        }
    }

    private static double[] doubles(Tensor tensor) {
        float[] values = tensor.toArray();
        return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
    }
}
