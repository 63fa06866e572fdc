package io.github.dyconv.examples;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.DYConv2dConfig;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A layer that benchmarks and tests call by name. All have K = 4, a bias, ratio 0.25 and temperature 34.
 *
 * @param name a short name, as on the command line
 * @param config the layer
 * @param size rows and columns of its input
 */
public record NamedLayer(String name, DYConv2dConfig config, int size) {
    /** The temperature of all named layers. */
    public static final double TEMPERATURE = 34;

    /** The article's demo; the stages of a ResNet; stride, pointwise, depthwise, groups, dilation. */
    public static final List<NamedLayer> ALL = List.of(
            layer("D", 256, DYConv2d.builder(3, 16, 3).padding(1)),
            layer("R1", 56, DYConv2d.builder(64, 64, 3).padding(1)),
            layer("R2", 28, DYConv2d.builder(128, 128, 3).padding(1)),
            layer("R3", 14, DYConv2d.builder(256, 256, 3).padding(1)),
            layer("R4", 7, DYConv2d.builder(512, 512, 3).padding(1)),
            layer("S", 56, DYConv2d.builder(64, 128, 3).stride(2).padding(1)),
            layer("P", 56, DYConv2d.builder(96, 24, 1)),
            layer("W", 56, DYConv2d.builder(96, 96, 3).padding(1).groups(96)),
            layer("G", 56, DYConv2d.builder(64, 64, 3).padding(1).groups(4)),
            layer("L", 56, DYConv2d.builder(64, 64, 3).padding(2).dilation(2)));

    private static NamedLayer layer(String name, int size, DYConv2d.Builder builder) {
        return new NamedLayer(name, builder.config(), size);
    }

    /**
     * The layer of a name.
     *
     * @param name such as {@code R1}
     * @return the layer, or empty if there is none
     */
    public static Optional<NamedLayer> find(String name) {
        return ALL.stream().filter(layer -> layer.name.equals(name)).findFirst();
    }

    /**
     * All names, for messages.
     *
     * @return joined by commas
     */
    public static String names() {
        return ALL.stream().map(NamedLayer::name).collect(Collectors.joining(", "));
    }
}
