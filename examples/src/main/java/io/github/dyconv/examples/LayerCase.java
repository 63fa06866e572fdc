package io.github.dyconv.examples;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2d;
import io.github.dyconv.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * A named layer at one batch size: what a benchmark times. Written {@code R1:8}.
 *
 * @param layer the layer
 * @param batch samples N, at least 1
 */
public record LayerCase(NamedLayer layer, int batch) {
    /** Every layer at batch 8, and those at batch 1 whose cost is of another kind there. */
    public static final List<LayerCase> DEFAULT =
            parseAll("D:1,R1:1,R1:8,R2:1,R2:8,R3:1,R3:8,R4:1,R4:8,S:8,P:8,W:8,G:8,L:8");

    /**
     * Checks the batch size.
     *
     * @throws IllegalArgumentException if it is not positive, or such an input fits no tensor
     */
    public LayerCase {
        if (batch < 1) {
            throw new IllegalArgumentException("batch: must be at least 1, got " + batch);
        }
        long largest = (long) batch
                * Math.max(
                        layer.config().geometry().inPlanes(),
                        layer.config().geometry().outPlanes())
                * layer.size()
                * layer.size();
        if (largest > Integer.MAX_VALUE - Tensor.HEADROOM) {
            throw new IllegalArgumentException(
                    "batch: " + batch + " samples of " + layer.name() + " have more elements than one tensor holds");
        }
    }

    /**
     * Reads a list of cases.
     *
     * @param text such as {@code R1:8,R4:1}
     * @return the cases, in this order
     * @throws IllegalArgumentException if an entry has another form, or there is no such layer
     */
    public static List<LayerCase> parseAll(String text) {
        return Arrays.stream(text.split(",", -1)).map(LayerCase::parse).toList();
    }

    /**
     * Reads one case.
     *
     * @param text such as {@code R1:8}
     * @return the case
     * @throws IllegalArgumentException if it has another form, or there is no such layer
     */
    public static LayerCase parse(String text) {
        int colon = text.indexOf(':');
        if (colon < 0 || !text.substring(colon + 1).matches("[0-9]{1,9}")) {
            throw new IllegalArgumentException("expected LAYER:BATCH, such as R1:8, got '" + text + "'");
        }
        String name = text.substring(0, colon);
        NamedLayer layer = NamedLayer.find(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "no layer is named '" + name + "'; there are " + NamedLayer.names()));
        return new LayerCase(layer, Integer.parseInt(text.substring(colon + 1)));
    }

    /**
     * The layer with parameters that are the same at every run.
     *
     * @return a new layer
     */
    public DYConv2d build() {
        return shape().build();
    }

    /**
     * An input of standard normal values that are the same at every run.
     *
     * @return {@code [N, C, H, W]}
     */
    public Tensor input() {
        return shape().input();
    }

    /** The layer and the shape of its input. */
    LayerShape shape() {
        return new LayerShape(toString(), layer.config(), batch, layer.size(), layer.size());
    }

    /**
     * The shape of the output.
     *
     * @return {@code [N, O, H', W']}
     */
    public int[] outputShape() {
        Conv2dGeometry geometry = layer.config().geometry();
        return new int[] {batch, geometry.outPlanes(), geometry.outHeight(layer.size()), geometry.outWidth(layer.size())
        };
    }

    /**
     * Floating-point operations of the convolution alone, two per multiply-add: the attention and the sum of kernels are
     * overhead that a figure in GFLOP/s is to show.
     *
     * @return the number
     */
    public double flops() {
        return 2.0 * layer.config().geometry().multiplyAdds(layer.size(), layer.size()) * batch;
    }

    @Override
    public String toString() {
        return layer.name() + ":" + batch;
    }
}
