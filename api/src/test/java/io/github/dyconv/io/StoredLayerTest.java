package io.github.dyconv.io;

import static io.github.dyconv.io.Handmade.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2d;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Parameters;
import io.github.dyconv.Size2D;
import io.github.dyconv.Tensor;
import io.github.dyconv.testing.ReferenceDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Layers among the tensors of a file: which, and what is known of them. */
class StoredLayerTest {
    /** What the recorded layer's shapes do not tell. */
    private static final Hyperparameters GEOMETRY = Hyperparameters.NONE
            .with("stride", Size2D.of(2))
            .with("padding", Size2D.of(1))
            .with("dilation", Size2D.of(1));

    @TempDir
    Path folder;

    private static LayerQuery query(String prefix) {
        return new LayerQuery(
                prefix == null ? Optional.empty() : Optional.of(prefix), Optional.of(GEOMETRY), OptionalDouble.of(31));
    }

    private static Hyperparameters told(Path file) throws IOException {
        try (TensorFile open = TensorFile.open(file)) {
            return StoredLayer.find(open).getFirst().hyperparameters(open);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "layer.pt,",
        "views.pt,",
        "parameters.pt,",
        "layer.safetensors,",
        "layer.npz,",
        "layer.pt, ''",
        "model.pt,",
        "model.pt, dynamic",
        "model.safetensors, dynamic.",
        "checkpoint.pt,",
        "checkpoint.pt, dynamic",
        "checkpoint.pt, module.dynamic",
        "checkpoint.pt, state_dict.module.dynamic",
        "two_layers.pt, first",
        "two_layers.pt, model.first"
    })
    void computesWhatPyTorchComputes(String name, String prefix) throws IOException {
        Parameters parameters = ParameterFile.read(TorchFiles.file(name), query(prefix));
        assertThat(parameters.config())
                .isEqualTo(DYConv2d.builder(4, 6, 3)
                        .stride(2)
                        .padding(1)
                        .kernels(2)
                        .config());
        Map<String, Tensor> expected = TorchFiles.expected();
        Tensor x = expected.get("x");
        try (ForwardPlan plan =
                DYConv2d.of(parameters).plan(new ReferenceDevice(), ForwardOptions.DEFAULT, x.shape())) {
            float[] y = plan.forward(x).toArray();
            float[] torch = expected.get("y").toArray();
            assertThat(y).hasSameSizeAs(torch);
            for (int i = 0; i < y.length; i++) {
                assertThat(y[i]).isCloseTo(torch[i], org.assertj.core.data.Offset.offset(1e-4f));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        two_layers.pt |              | holds 2 layers; choose one by its prefix (--prefix): model.first, model.second
        two_layers.pt | third        | holds no layer with the prefix 'third'; there are model.first, model.second
        two_layers.pt | irst         | holds no layer with the prefix 'irst'; there are model.first, model.second
        two_layers.pt | ''           | holds no layer with the prefix ''; there are model.first, model.second
        layer.pt      | conv         | holds no layer with the prefix 'conv'; there are ''
        """)
    void theChoiceOfALayerIsExplained(String name, String prefix, String problem) {
        Path file = TorchFiles.file(name);
        assertThat(refusal(file, () -> ParameterFile.read(file, query(prefix)))).isEqualTo(problem);
    }

    @Test
    void whatIsNotToldIsAskedFor() {
        Path file = TorchFiles.file("model.pt");
        assertThat(refusal(file, () -> ParameterFile.read(file, LayerQuery.ANY)))
                .startsWith("does not tell the layer's stride, padding, dilation: give them in a configuration");
        LayerQuery cold = new LayerQuery(Optional.empty(), Optional.of(GEOMETRY), OptionalDouble.empty());
        assertThat(refusal(file, () -> ParameterFile.read(file, cold)))
                .startsWith("dynamic.temperature: is neither given (--temperature) nor in the file");
        Path without = TorchFiles.file("two_layers.pt");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ParameterFile.read(
                        without, new LayerQuery(Optional.of("first"), Optional.of(GEOMETRY), OptionalDouble.of(0))));
    }

    @Test
    void shapesTellTheHyperparameters() throws IOException {
        Path file = folder.resolve("x.npz");
        for (int inPlanes : new int[] {1, 2, 3, 4, 12, 100, 331}) {
            for (double ratio : new double[] {0, 0.01, 0.0625, 0.1, 0.25, 0.29, 0.5, 1, 1.7}) {
                DYConv2dConfig config = new DYConv2dConfig(
                        new Conv2dGeometry(
                                inPlanes,
                                2 * inPlanes,
                                new Size2D(1, 2),
                                Size2D.of(1),
                                Size2D.of(0),
                                Size2D.of(1),
                                inPlanes,
                                inPlanes % 2 == 0),
                        ratio,
                        5);
                ParameterFile.write(file, Parameters.initial(config, 2.5, true, 1));
                Hyperparameters told = told(file);
                assertThat(told.unknown()).containsExactly("stride", "padding", "dilation");
                assertThat(told.temperature()).hasValue(2.5);
                assertThat(told.config().geometry()).isEqualTo(config.geometry());
                assertThat(told.config().kernels()).isEqualTo(5);
                assertThat(told.config().hiddenPlanes()).isEqualTo(config.hiddenPlanes());
            }
        }
    }

    @Test
    void otherShapesAreExplained() throws IOException {
        Path file = folder.resolve("x.npz");
        Map<String, Tensor> tensors = new LinkedHashMap<>(
                ParameterFile.read(TorchFiles.file("layer.pt"), query(null)).stateDict());
        tensors.put("weight", Tensor.zeros(2, 6, 3, 3, 3));
        Npz.write(file, tensors);
        assertThat(refusal(file, () -> told(file)))
                .isEqualTo("weight: its shape [2, 6, 3, 3, 3] tells 3 input planes per group, which does not divide the"
                        + " 4 of attention.fc1.weight [2, 4, 1, 1]");
        tensors.put("weight", Tensor.zeros(2, 6, 4, 3)); // Dynamic_conv1d
        Npz.write(file, tensors);
        assertThat(refusal(file, () -> told(file)))
                .isEqualTo("weight: expected [K, out_planes, in_planes / groups, height, width], got [2, 6, 4, 3]");
    }

    @Test
    void metadataIsChecked() throws IOException {
        Path file = folder.resolve("x.safetensors");
        Map<String, Tensor> tensors = new LinkedHashMap<>(
                ParameterFile.read(TorchFiles.file("layer.pt"), query(null)).stateDict());
        tensors.remove("temperature");
        Safetensors.write(file, tensors, Map.of("dyconv", "{\"stride\": 0.5, \"temperature\": -1}"));
        assertThat(refusal(file, () -> told(file)))
                .isEqualTo("metadata 'dyconv': stride: expected an integer or [height, width], got 0.5; temperature:"
                        + " must be a positive finite number, got -1");
        Safetensors.write(file, tensors, Map.of("dyconv", "{\"temperature\": 3}", "epoch", "7"));
        assertThat(told(file).unknown()).containsExactly("stride", "padding", "dilation");
        assertThat(told(file).temperature()).hasValue(3);
        assertThat(told(TorchFiles.file("layer.safetensors")).temperature()).isEmpty();
    }
}
