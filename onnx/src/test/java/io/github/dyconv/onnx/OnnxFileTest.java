package io.github.dyconv.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.github.dyconv.DYConv2d;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Parameters;
import io.github.dyconv.io.Place;
import io.github.dyconv.io.ReadLimits;
import io.github.dyconv.testing.AwkwardLayers;
import io.github.dyconv.testing.LayerCase;
import io.github.dyconv.testing.RandomLayers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A layer that is written and read back is the same, to the last bit. */
class OnnxFileTest {
    private static final int RANDOM_LAYERS = 300;
    private static final int BATCH = 3;

    @TempDir
    Path folder;

    static Stream<LayerCase> layers() {
        return Stream.concat(
                AwkwardLayers.all().stream(),
                LongStream.range(1000, 1000 + RANDOM_LAYERS).mapToObj(RandomLayers::of));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void layersComeBack(LayerCase layer) throws IOException {
        Parameters parameters = layer.parameters();
        for (OnnxExport export : exports(layer)) {
            OnnxLayer back = read(OnnxFile.bytes(parameters, export));
            assertThat(back.parameters().config()).isEqualTo(parameters.config());
            requireSameParameters(back.parameters(), parameters);
            assertThat(back)
                    .extracting(OnnxLayer::form, OnnxLayer::batch, OnnxLayer::producer, OnnxLayer::operatorSet)
                    .containsExactly(export.form(), export.batch(), "dyconv", 17L);
        }
    }

    /** As after a tool that drops metadata; all but the ratio is in the graph, and of that its effect. */
    @ParameterizedTest
    @MethodSource("layers")
    void layersComeBackWithoutMetadata(LayerCase layer) throws IOException {
        Parameters parameters = layer.parameters();
        for (OnnxExport export : exports(layer)) {
            ModelProto model = ModelProto.parseFrom(OnnxFile.bytes(parameters, export)).toBuilder()
                    .clearMetadataProps()
                    .clearProducerName()
                    .build();
            OnnxLayer back = read(model.toByteArray());
            DYConv2dConfig config = back.parameters().config();
            assertThat(config.geometry()).isEqualTo(parameters.config().geometry());
            assertThat(config.hiddenPlanes()).isEqualTo(parameters.config().hiddenPlanes());
            requireSameParameters(back.parameters(), parameters);
        }
    }

    private static OnnxLayer read(byte[] model) throws IOException {
        return OnnxFile.read(Place.of(Path.of("layer.onnx")), model, ReadLimits.DEFAULT);
    }

    private static List<OnnxExport> exports(LayerCase layer) {
        OnnxExport grouped = OnnxExport.grouped(BATCH);
        return List.of(
                OnnxExport.PORTABLE,
                OnnxExport.PORTABLE.withInputSize(layer.height(), layer.width()),
                grouped,
                grouped.withInputSize(layer.height(), layer.width()));
    }

    static void requireSameParameters(Parameters actual, Parameters expected) {
        assertThat(actual.stateDict().keySet()).isEqualTo(expected.stateDict().keySet());
        expected.stateDict().forEach((name, tensor) -> {
            assertThat(actual.get(name).shape()).as(name).isEqualTo(tensor.shape());
            assertThat(actual.get(name).toArray()).as(name).isEqualTo(tensor.toArray());
        });
    }

    @Test
    void filesHoldTheSameBytes() throws IOException {
        Path file = folder.resolve("layer.onnx");
        try (var layer = DYConv2d.builder(4, 6, 3).build()) {
            OnnxFile.write(file, layer.parameters(), OnnxExport.PORTABLE);
            assertThat(file).hasBinaryContent(OnnxFile.bytes(layer.parameters(), OnnxExport.PORTABLE));
            requireSameParameters(OnnxFile.read(file).parameters(), layer.parameters());
        }
    }

    @Test
    void theUsualRatioIsGuessed() throws IOException {
        for (int channels : new int[] {1, 2, 3, 7, 64, 4096}) {
            try (var layer = DYConv2d.builder(channels, 2, 1).build()) {
                ModelProto model =
                        ModelProto.parseFrom(OnnxFile.bytes(layer.parameters(), OnnxExport.PORTABLE)).toBuilder()
                                .clearMetadataProps()
                                .build();
                assertThat(read(model.toByteArray()).parameters().config()).isEqualTo(layer.config());
            }
        }
    }

    @Test
    void metadataNamesTheLayer() throws IOException {
        try (var layer = DYConv2d.builder(4, 6, 3, 5).padding(1, 2).build()) {
            ModelProto model = ModelProto.parseFrom(OnnxFile.bytes(layer.parameters(), OnnxExport.grouped(2)));
            assertThat(model.getProducerName()).isEqualTo("dyconv");
            assertThat(model.getModelVersion()).isEqualTo(1);
            assertThat(model.getDocString()).contains("4 to 6 channels, 3x5, K = 4; grouped form");
            assertThat(Metadata.of(model))
                    .containsEntry("dyconv.kernel_size", "[3, 5]")
                    .containsEntry("dyconv.ratio", "0.25")
                    .containsEntry("dyconv.temperature", "34.0")
                    .hasSize(11);
        }
    }

    @Test
    void optionsThatDoNotFitAreRefused() {
        try (var layer = DYConv2d.builder(4, 6, 3).build()) {
            assertThatThrownBy(() -> OnnxFile.bytes(layer.parameters(), OnnxExport.PORTABLE.withInputSize(5, 2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("spans 3 pixels of width");
        }
        assertThatThrownBy(() -> OnnxExport.grouped(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch: must be at least 1, got 0");
        assertThatThrownBy(() -> OnnxExport.grouped(1).withInputSize(3, 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("input_size along W: must be at least 1, got 0");
        assertThatThrownBy(() -> new OnnxExport(OnnxForm.GROUPED, OptionalInt.empty(), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch: the grouped form is for one batch, which must be given");
        assertThatThrownBy(() -> new OnnxExport(OnnxForm.PORTABLE, OptionalInt.of(3), Optional.empty()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("batch: the portable form takes any, got 3; the grouped form is for one");
    }

    @Test
    void aFailedWriteLeavesTheOlderFile() throws IOException {
        Path file = folder.resolve("layer.onnx");
        Files.writeString(file, "older");
        try (var layer = DYConv2d.builder(4, 6, 3).build()) {
            assertThatThrownBy(() -> OnnxFile.write(file, layer.parameters(), OnnxExport.PORTABLE.withInputSize(1, 1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(file).hasContent("older");
        assertThat(folder).isDirectoryContaining(path -> path.equals(file));
    }
}
