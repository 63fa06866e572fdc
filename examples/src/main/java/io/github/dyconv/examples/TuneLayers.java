package io.github.dyconv.examples;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.io.Hyperparameters;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which layers to tune: named ones, or one of the user's own. */
final class TuneLayers {
    /**
     * Samples, rows and columns of an input.
     *
     * @param batch N
     * @param height H
     * @param width W
     */
    record Size(int batch, int height, int width) {}

    @Option(
            names = "--layers",
            paramLabel = "LAYER:BATCH,...",
            converter = LayersOption.Converter.class,
            description = "Named layers (default, without --config: as 'dyconv bench').")
    private Optional<LayersOption.LayerList> layers = Optional.empty();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "A layer of your own: its hyper-parameters, as JSON (see 'dyconv forward --help').")
    private Optional<Path> config = Optional.empty();

    @Option(
            names = "--size",
            paramLabel = "NxHxW",
            converter = SizeConverter.class,
            description = "Its input: samples, rows and columns, such as 8x56x56.")
    private Optional<Size> size = Optional.empty();

    /** For picocli. */
    TuneLayers() {}

    /**
     * The layers.
     *
     * @throws UsageException if the options contradict each other, or the input does not fit the layer
     * @throws IOException if the file can't be read
     */
    List<LayerShape> layers() throws IOException {
        if (config.isPresent() != size.isPresent()) {
            throw new UsageException("--config, --size: a layer of your own needs both");
        }
        if (config.isEmpty()) {
            return layers.map(LayersOption.LayerList::cases).orElse(LayerCase.DEFAULT).stream()
                    .map(LayerCase::shape)
                    .toList();
        }
        if (layers.isPresent()) {
            throw new UsageException("--layers, --config: one of the two, got both");
        }
        Path file = config.get();
        DYConv2dConfig own = Problems.ofFile(
                file, () -> Hyperparameters.readComplete(file).withDefaults().config());
        Size in = size.orElseThrow();
        LayerShape layer = new LayerShape(String.valueOf(file.getFileName()), own, in.batch(), in.height(), in.width());
        try (DYConv2d built = layer.build()) {
            Problems.ofFile(
                    file, () -> built.outputShape(in.batch(), own.geometry().inPlanes(), in.height(), in.width()));
        }
        return List.of(layer);
    }

    /** Three positive integers. */
    static final class SizeConverter implements ITypeConverter<Size> {
        private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,8})x([1-9][0-9]{0,8})x([1-9][0-9]{0,8})");

        /** For picocli. */
        SizeConverter() {}

        @Override
        public Size convert(String value) {
            Matcher sizes = SIZE.matcher(value);
            if (!sizes.matches()) {
                throw new TypeConversionException("expected NxHxW, such as 8x56x56, got '" + value + "'");
            }
            return new Size(
                    Integer.parseInt(sizes.group(1)),
                    Integer.parseInt(sizes.group(2)),
                    Integer.parseInt(sizes.group(3)));
        }
    }
}
