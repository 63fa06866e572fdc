package io.github.dyconv.nn;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;

/**
 * Whether a network's convolutions are dynamic. The first one stays plain, as in the paper (section 5.1): it sees the bare
 * picture, whose channels' means say little.
 *
 * @param dynamic false for plain ones throughout
 * @param kernels number of kernels K of each dynamic one
 * @param ratio width of its attention's hidden layer relative to its input channels
 */
public record Convolutions(boolean dynamic, int kernels, double ratio) {
    /** Plain convolutions: the static version of a network. */
    public static final Convolutions STATIC = new Convolutions(false, 1, DYConv2dConfig.DEFAULT_RATIO);

    /** Dynamic ones with the paper's K = 4 and ratio 1/4. */
    public static final Convolutions DYNAMIC = new Convolutions(true, 4, DYConv2dConfig.DEFAULT_RATIO);

    /** The convolution of this geometry; the one that takes value 0 is the first. */
    Operation.Convolution of(String name, int input, Conv2dGeometry geometry) {
        return dynamic && input > 0
                ? new Operation.Convolution(name, input, new DYConv2dConfig(geometry, ratio, kernels), true)
                : Operation.Convolution.plain(name, input, geometry);
    }
}
