package io.github.dyconv.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.dyconv.Tensor;
import io.github.dyconv.io.FormatException;
import io.github.dyconv.io.Npz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names and shapes are torchvision's, parameter counts those that it documents. */
class NetworksTest {
    private static final Shape IMAGENET = new Shape(3, 224, 224);
    private static final Network RESNET_18 =
            ResNet.resNet18(IMAGENET, 1000, ResNet.WIDTH, ResNet.Stem.IMAGENET, Convolutions.STATIC);
    private static final Network MOBILENET_V2 =
            MobileNetV2.of(IMAGENET, 1000, 1, ResNet.Stem.IMAGENET, Convolutions.STATIC);

    @TempDir
    Path folder;

    private static List<String> norm(String name) {
        return List.of(name + ".weight", name + ".bias", name + ".running_mean", name + ".running_var");
    }

    @Test
    void resNet18IsTorchvisions() {
        List<String> names = new ArrayList<>(List.of("conv1.weight"));
        names.addAll(norm("bn1"));
        for (int stage = 1; stage <= 4; stage++) {
            for (int block = 0; block < 2; block++) {
                String prefix = "layer" + stage + "." + block + ".";
                names.add(prefix + "conv1.weight");
                names.addAll(norm(prefix + "bn1"));
                names.add(prefix + "conv2.weight");
                names.addAll(norm(prefix + "bn2"));
                if (stage > 1 && block == 0) {
                    names.add(prefix + "downsample.0.weight");
                    names.addAll(norm(prefix + "downsample.1"));
                }
            }
        }
        names.addAll(List.of("fc.weight", "fc.bias"));
        Map<String, Tensor> state = Model.initial(RESNET_18, 0).stateDict();

        assertThat(state.keySet()).containsExactlyElementsOf(names);
        assertThat(RESNET_18.parameterCount()).isEqualTo(11_689_512);
        assertThat(RESNET_18.multiplyAdds() / 1e9).isCloseTo(1.814, within(0.001));
        assertThat(state.get("conv1.weight").shape()).containsExactly(64, 3, 7, 7);
        assertThat(state.get("layer2.0.downsample.0.weight").shape()).containsExactly(128, 64, 1, 1);
        assertThat(state.get("layer4.1.conv2.weight").shape()).containsExactly(512, 512, 3, 3);
        assertThat(state.get("fc.weight").shape()).containsExactly(1000, 512);
        assertThat(RESNET_18.shape(RESNET_18.operations().size() - 2)).isEqualTo(new Shape(512, 7, 7));
    }

    @Test
    void mobileNetV2IsTorchvisions() {
        Map<String, Tensor> state = Model.initial(MOBILENET_V2, 0).stateDict();

        assertThat(MOBILENET_V2.parameterCount()).isEqualTo(3_504_872);
        assertThat(MOBILENET_V2.parameterShapes()).hasSize(158);
        assertThat(MOBILENET_V2.bufferShapes()).hasSize(104);
        assertThat(MOBILENET_V2.multiplyAdds() / 1e6).isCloseTo(300.8, within(0.1));
        assertThat(state.keySet())
                .startsWith("features.0.0.weight", "features.0.1.weight")
                .contains("features.1.conv.2.running_var", "features.2.conv.1.1.bias", "features.17.conv.3.weight")
                .doesNotContain("features.1.conv.3.weight", "features.17.conv.4.weight")
                .endsWith("classifier.1.weight", "classifier.1.bias");
        assertThat(state.get("features.0.0.weight").shape()).containsExactly(32, 3, 3, 3);
        assertThat(state.get("features.1.conv.0.0.weight").shape()).containsExactly(32, 1, 3, 3);
        assertThat(state.get("features.1.conv.1.weight").shape()).containsExactly(16, 32, 1, 1);
        assertThat(state.get("features.2.conv.0.0.weight").shape()).containsExactly(96, 16, 1, 1);
        assertThat(state.get("features.17.conv.2.weight").shape()).containsExactly(320, 960, 1, 1);
        assertThat(state.get("features.18.0.weight").shape()).containsExactly(1280, 320, 1, 1);
        assertThat(state.get("classifier.1.weight").shape()).containsExactly(1000, 1280);
    }

    @Test
    void oneDescriptionGivesTheDynamicNetworkToo() {
        Network dynamic = ResNet.resNet10(new Shape(1, 28, 28), 10, 16, ResNet.Stem.SMALL, Convolutions.DYNAMIC);
        Network plain = ResNet.resNet10(new Shape(1, 28, 28), 10, 16, ResNet.Stem.SMALL, Convolutions.STATIC);

        assertThat(dynamic.operations()).hasSameSizeAs(plain.operations());
        assertThat(dynamic.convolutions().getFirst().dynamic()).isFalse();
        assertThat(dynamic.convolutions().stream().skip(1)).allMatch(Operation.Convolution::dynamic);
        // Beside 28x28 pixels and less, aggregating the bank is not free.
        assertThat((double) dynamic.multiplyAdds() / plain.multiplyAdds()).isBetween(1.08, 1.12);
        assertThat(dynamic.parameterShapes().get("layer2.0.conv1.weight")).containsExactly(4, 32, 16, 3, 3);
        assertThat(dynamic.parameterShapes().get("layer2.0.conv1.attention.fc1.weight"))
                .containsExactly(5, 16, 1, 1);
        assertThat(plain.parameterShapes().get("layer2.0.conv1.weight")).containsExactly(32, 16, 3, 3);
        assertThat(plain.output()).isEqualTo(new Shape(10, 1, 1));
    }

    @Test
    void multiplyAddsCountPoolingAttentionAndAggregation() {
        NetworkBuilder network = new NetworkBuilder(new Shape(8, 5, 6), Convolutions.DYNAMIC);
        network.convolution("first", 0, 4, 1, 1, 1); // plain
        network.convolution("second", 1, 6, 3, 2, 2);

        long pooling = 4 * 5 * 6;
        long attention = 4 * 2 + 2 * 4;
        long aggregation = 4 * 6 * 2 * 9;
        assertThat(network.build().multiplyAdds())
                .isEqualTo(8 * 4 * 5 * 6 + 6 * 2 * 9 * 3 * 3 + pooling + attention + aggregation);
    }

    @Test
    void modelsBeginEquallyFromEqualSeeds() {
        Model one = Model.initial(RESNET_18, 5);
        Model same = Model.initial(RESNET_18, 5);
        Model other = Model.initial(RESNET_18, 6);
        float[] weight = one.parameters().get("layer3.0.conv1.weight").toArray();
        assertThat(same.parameters().get("layer3.0.conv1.weight").toArray()).isEqualTo(weight);
        assertThat(other.parameters().get("layer3.0.conv1.weight").toArray()).isNotEqualTo(weight);
        double squares = 0;
        for (float value : weight) {
            squares += value * value;
        }
        assertThat(Math.sqrt(squares / weight.length)).isCloseTo(Math.sqrt(2.0 / (256 * 9)), within(1e-4));
    }

    @Test
    void modelsGoThroughFiles() throws IOException {
        Network network = ResNet.resNet10(new Shape(1, 8, 8), 3, 4, ResNet.Stem.SMALL, Convolutions.DYNAMIC);
        Model model = Model.initial(network, 5);
        model.setTemperature(7.5);
        Path file = folder.resolve("m.safetensors");
        ModelFile.write(file, model, Map.of("note", "a"));
        Model again = ModelFile.read(file, network, OptionalDouble.empty());
        assertThat(again.temperature()).isEqualTo(7.5);
        assertThat(again.layer(network.convolutions().getLast()).temperature()).isEqualTo(7.5f);
        model.stateDict()
                .forEach(
                        (name, tensor) -> assertThat(again.stateDict().get(name).toArray())
                                .as(name)
                                .isEqualTo(tensor.toArray()));

        Path npz = folder.resolve("m.npz");
        Map<String, Tensor> part = new LinkedHashMap<>(model.stateDict());
        Npz.write(npz, part);
        Assertions.assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> ModelFile.read(npz, network, OptionalDouble.empty()))
                .withMessageContaining("does not tell the temperature");
        assertThat(ModelFile.read(npz, network, OptionalDouble.of(2)).temperature())
                .isEqualTo(2);
        part.remove("bn1.running_mean");
        Npz.write(npz, part);
        Assertions.assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> ModelFile.read(npz, network, OptionalDouble.of(2)))
                .withMessageContaining("bn1.running_mean: is not in the file");
        assertThatIllegalArgumentException().isThrownBy(() -> model.setTemperature(0));
    }
}
