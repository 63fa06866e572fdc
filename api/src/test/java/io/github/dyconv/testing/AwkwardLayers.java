package io.github.dyconv.testing;

import io.github.dyconv.DYConv2d;
import java.util.ArrayList;
import java.util.List;

/** Geometry at which kernels go wrong, each case with its name. */
public final class AwkwardLayers {
    /** Around the widths of vectors and of their multiples. */
    private static final int[] LANE_WIDTHS = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 65};

    private final List<LayerCase> cases = new ArrayList<>();

    private AwkwardLayers() {}

    /**
     * All cases.
     *
     * @return each of few multiply-adds
     */
    public static List<LayerCase> all() {
        AwkwardLayers layers = new AwkwardLayers();
        layers.addSizes();
        layers.addKernels();
        layers.addChannels();
        layers.addAttention();
        return List.copyOf(layers.cases);
    }

    private void add(String name, DYConv2d.Builder layer, int batch, int height, int width) {
        add(name, layer, 34, batch, height, width);
    }

    private void add(String name, DYConv2d.Builder layer, double temperature, int batch, int height, int width) {
        cases.add(new LayerCase(name, layer.config(), temperature, batch, height, width, cases.size()));
    }

    private static DYConv2d.Builder layer(int inPlanes, int outPlanes, int kernelSize) {
        return DYConv2d.builder(inPlanes, outPlanes, kernelSize);
    }

    private void addSizes() {
        for (int width : LANE_WIDTHS) {
            add("width " + width, layer(5, 6, 3).padding(1), 2, 3, width);
            add("width " + width + ", pointwise", layer(5, 6, 1), 2, 1, width);
        }
        add("one pixel", layer(4, 5, 1), 1, 1, 1);
        add("one pixel, padded", layer(4, 5, 3).padding(1), 2, 1, 1);
        add("everything 1", layer(1, 1, 1).kernels(1), 1, 1, 1);
        add("one row", layer(4, 5, 3).padding(1), 2, 1, 23);
        add("one column", layer(4, 5, 3).padding(1), 2, 23, 1);
        add("primes", layer(7, 11, 3).padding(1), 3, 13, 17);
        add("batch 33", layer(6, 4, 3).padding(1), 33, 4, 5);
        add("tall", layer(3, 4, 3).padding(1), 1, 67, 2);
        add("large planes", layer(2, 3, 3).padding(1), 1, 61, 59);
    }

    private void addKernels() {
        add("kernel larger than the input", layer(4, 5, 7).padding(3), 2, 3, 4);
        add("kernel fits exactly", layer(4, 5, 5), 2, 5, 5);
        add("padding wider than the kernel", layer(4, 5, 3).padding(5), 2, 4, 6);
        add("padding around a pointwise kernel", layer(4, 5, 1).padding(2), 2, 4, 6);
        add("padding without bias", layer(4, 5, 2).padding(4).bias(false), 2, 3, 3);
        add("even kernel 2", layer(4, 5, 2), 2, 6, 7);
        add("even kernel 4, padded", layer(4, 5, 4).padding(2), 2, 6, 7);
        add("kernel 11", layer(2, 3, 11).padding(5), 1, 12, 13);
        add("row kernel", DYConv2d.builder(4, 5, 1, 7).padding(0, 3), 2, 6, 12);
        add("column kernel", DYConv2d.builder(4, 5, 7, 1).padding(3, 0), 2, 12, 6);
        add("stride larger than the kernel", layer(4, 5, 2).stride(5), 2, 17, 18);
        add("stride larger than the input", layer(4, 5, 3).stride(50).padding(1), 2, 6, 7);
        add("pointwise with stride", layer(12, 20, 1).stride(3), 2, 10, 11);
        add("stride 2, odd", layer(6, 9, 3).stride(2).padding(1), 2, 9, 11);
        add("one tap inside", layer(4, 5, 3).dilation(20).padding(20), 2, 5, 6);
        add("no tap inside at the edges", layer(4, 5, 2).dilation(9).padding(8), 2, 4, 5);
        add("dilation with stride", layer(4, 5, 3).dilation(2).stride(2).padding(3), 2, 11, 12);
        add(
                "every axis different",
                DYConv2d.builder(4, 6, 2, 5)
                        .stride(3, 2)
                        .padding(1, 4)
                        .dilation(2, 1)
                        .groups(2),
                3,
                10,
                9);
    }

    private void addChannels() {
        add("many channels, 67 to 131", layer(67, 131, 3).padding(1), 2, 5, 4);
        add("many outputs, pointwise", layer(8, 130, 1), 2, 3, 5);
        add("many inputs, one output", layer(129, 1, 3).padding(1), 2, 6, 7);
        add("one input, many outputs", layer(1, 37, 3).padding(1), 2, 6, 7);
        add("depthwise", layer(16, 16, 3).groups(16).padding(1), 2, 7, 11);
        add(
                "depthwise, odd channels, stride 2",
                layer(13, 13, 5).groups(13).padding(2).stride(2),
                2,
                9,
                10);
        add("depth multiplier 3", layer(7, 21, 3).groups(7).padding(1), 2, 7, 9);
        add("groups 5 of 15 to 10", layer(15, 10, 3).groups(5).padding(1), 2, 6, 7);
        add("groups 2, pointwise", layer(10, 18, 1).groups(2), 2, 6, 7);
        add("groups with one output each", layer(12, 4, 3).groups(4).padding(1), 2, 6, 7);
    }

    private void addAttention() {
        add("K 1", layer(4, 5, 3).kernels(1), 2, 6, 7);
        add("K 3", layer(4, 5, 3).kernels(3), 2, 6, 7);
        add("K 8", layer(4, 5, 3).kernels(8), 2, 6, 7);
        add("K 17", layer(4, 5, 3).kernels(17), 2, 6, 7);
        add("hidden layer of K", layer(3, 5, 3).kernels(6), 2, 6, 7);
        add("hidden layer of 1", layer(8, 5, 3).ratio(0), 2, 6, 7);
        add("hidden layer wider than the input", layer(8, 5, 3).ratio(4.3), 2, 6, 7);
        add("temperature 0.5", layer(8, 5, 3), 0.5, 3, 6, 7);
        add("temperature 1000", layer(8, 5, 3), 1000, 3, 6, 7);
    }
}
