package io.github.dyconv.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.io.Npz;
import io.github.dyconv.testing.Errors;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What PyTorch's exporters write of the article's module is read as the layer it was; {@code make_pytorch.py} made the data. */
class PyTorchModelsTest {
    private static final int MODELS = 24;

    static Path folder() {
        URL recipe = Objects.requireNonNull(PyTorchModelsTest.class.getResource("/pytorch/make_pytorch.py"));
        try {
            return Path.of(recipe.toURI()).resolveSibling("");
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<Path> models() throws IOException {
        try (Stream<Path> files = Files.list(folder())) {
            return files.filter(file -> file.toString().endsWith(".onnx"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void allModelsAreThere() throws IOException {
        assertThat(models()).hasSize(MODELS);
    }

    @ParameterizedTest
    @MethodSource("models")
    void modelIsTheLayer(Path model) throws IOException {
        String layer = model.getFileName().toString().replaceFirst("_.*", "");
        Map<String, Tensor> recorded = Npz.read(model.resolveSibling(layer + ".npz"), name -> true);
        Tensor x = Objects.requireNonNull(recorded.get("x"));
        Tensor y = Objects.requireNonNull(recorded.get("y"));

        OnnxLayer read = OnnxFile.read(model);

        assertThat(read)
                .extracting(OnnxLayer::form, OnnxLayer::batch, OnnxLayer::producer)
                .containsExactly(OnnxForm.GROUPED, OptionalInt.of(x.dim(0)), "pytorch");
        OnnxFileTest.requireSameParameters(
                read.parameters(), Parameters.of(read.parameters().config(), recorded));
        try (var dynamic = DYConv2d.of(read.parameters())) {
            assertThat(Errors.relativeL2(doubles(y), dynamic.forward(x))).isLessThanOrEqualTo(2e-6);
            requireBatchTwice(dynamic, x, y);
        }
    }

    /** The model is for one batch, the layer is not. */
    private static void requireBatchTwice(DYConv2d dynamic, Tensor x, Tensor y) {
        Tensor both = Tensor.zeros(2 * x.dim(0), x.dim(1), x.dim(2), x.dim(3));
        both.segment().asSlice(0, x.segment().byteSize()).copyFrom(x.segment());
        both.segment().asSlice(x.segment().byteSize()).copyFrom(x.segment());
        Tensor result = dynamic.forward(both);
        Tensor second = Tensor.zeros(y.shape());
        second.segment().copyFrom(result.segment().asSlice(y.segment().byteSize()));
        assertThat(Errors.relativeL2(doubles(y), second)).isLessThanOrEqualTo(2e-6);
    }

    static double[] doubles(Tensor tensor) {
        float[] values = tensor.toArray();
        double[] doubles = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            doubles[i] = values[i];
        }
        return doubles;
    }
}
