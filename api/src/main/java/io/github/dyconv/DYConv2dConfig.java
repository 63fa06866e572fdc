package io.github.dyconv;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Everything that fixes a dynamic convolution but its parameters.
 *
 * @param geometry the convolution that each of the K kernels describes
 * @param ratio width of the attention's hidden layer relative to the input channels, finite and at least 0
 * @param kernels number of kernels K, at least 1
 */
public record DYConv2dConfig(Conv2dGeometry geometry, double ratio, int kernels) {
    /** The state_dict name of the attention's first layer, {@code [hidden, C, 1, 1]}. */
    public static final String FC1_WEIGHT = "attention.fc1.weight";

    /** The state_dict name of the attention's second layer, {@code [K, hidden, 1, 1]}. */
    public static final String FC2_WEIGHT = "attention.fc2.weight";

    /** The state_dict name of the second layer's bias, {@code [K]}. */
    public static final String FC2_BIAS = "attention.fc2.bias";

    /** The state_dict name of the kernel bank, {@code [K, O, C/G, kh, kw]}. */
    public static final String WEIGHT = "weight";

    /** The state_dict name of the bias bank, {@code [K, O]}; absent without bias. */
    public static final String BIAS = "bias";

    /** The name under which the softmax temperature is stored with the parameters, {@code [1]}. */
    public static final String TEMPERATURE = "temperature";

    /** The ratio of the PyTorch module unless another is given. */
    public static final double DEFAULT_RATIO = 0.25;

    /**
     * Checks every value.
     *
     * @throws IllegalArgumentException if one is out of its range, or a parameter would not fit one tensor
     */
    public DYConv2dConfig {
        if (kernels < 1) {
            throw new IllegalArgumentException("K: must be at least 1, got " + kernels);
        }
        if (!(ratio >= 0 && ratio <= Integer.MAX_VALUE)) {
            throw new IllegalArgumentException("ratio: must be a finite number of at least 0, got " + ratio);
        }
        if (geometry.inPlanes() * ratio >= Tensor.MAX_ELEMENTS) {
            throw new IllegalArgumentException(
                    "ratio: " + ratio + " of " + geometry.inPlanes() + " channels is too wide a hidden layer");
        }
        shapes(geometry, hiddenPlanes(geometry.inPlanes(), ratio, kernels), kernels)
                .forEach((name, shape) -> Shapes.elements(name, shape));
    }

    private static int hiddenPlanes(int inPlanes, double ratio, int kernels) {
        // In double, as Python computes it: 100 * 0.29 is 28.999999999999996, so 28, while float gives 29.
        return inPlanes == 3 ? kernels : (int) (inPlanes * ratio) + 1;
    }

    /**
     * Width of the attention's hidden layer: K for three input channels, else {@code int(C · ratio) + 1}.
     *
     * @return the number
     */
    public int hiddenPlanes() {
        return hiddenPlanes(geometry.inPlanes(), ratio, kernels);
    }

    /**
     * A ratio of a layer of which only the width of the attention's hidden layer is known: many give the same width, and so the
     * same outputs.
     *
     * @param inPlanes input channels C, at least 1
     * @param hidden width of the hidden layer, at least 1
     * @return {@link #DEFAULT_RATIO} if that gives this width, or for three channels, where the ratio does not matter; else one
     *     with few digits that does
     */
    public static double ratioFor(int inPlanes, int hidden) {
        if (inPlanes == 3 || hiddenPlanes(inPlanes, DEFAULT_RATIO, 1) == hidden) {
            return DEFAULT_RATIO;
        }
        for (double scale = 10; scale < 1e16; scale *= 10) {
            double ratio = Math.ceil((hidden - 1.0) / inPlanes * scale) / scale;
            if (hiddenPlanes(inPlanes, ratio, 1) == hidden) {
                return ratio;
            }
        }
        return (hidden - 0.5) / inPlanes;
    }

    /**
     * The shape of every parameter under its state_dict name, in PyTorch's order; the temperature is not among them.
     *
     * @return an unmodifiable ordered map
     */
    public Map<String, int[]> parameterShapes() {
        return Collections.unmodifiableMap(shapes(geometry, hiddenPlanes(), kernels));
    }

    private static Map<String, int[]> shapes(Conv2dGeometry geometry, int hidden, int kernels) {
        Map<String, int[]> shapes = new LinkedHashMap<>();
        shapes.put(WEIGHT, new int[] {
            kernels,
            geometry.outPlanes(),
            geometry.inPlanesPerGroup(),
            geometry.kernelSize().height(),
            geometry.kernelSize().width()
        });
        if (geometry.bias()) {
            shapes.put(BIAS, new int[] {kernels, geometry.outPlanes()});
        }
        shapes.put(FC1_WEIGHT, new int[] {hidden, geometry.inPlanes(), 1, 1});
        shapes.put(FC2_WEIGHT, new int[] {kernels, hidden, 1, 1});
        shapes.put(FC2_BIAS, new int[] {kernels});
        return shapes;
    }
}
