package io.github.dyconv.nn;

/**
 * MobileNetV2 (Sandler et al., arXiv 1801.04381) with torchvision's names, without its dropout. From one description come
 * the static network and the dynamic one.
 */
public final class MobileNetV2 {
    private static final int STEM = 32;
    private static final int LAST = 1280;
    private static final int DIVISOR = 8;

    /** A stage: expansion, channels, number of blocks, stride of the first. */
    private record Stage(int expansion, int channels, int blocks, int stride) {}

    private static final Stage[] STAGES = {
        new Stage(1, 16, 1, 1),
        new Stage(6, 24, 2, 2),
        new Stage(6, 32, 3, 2),
        new Stage(6, 64, 4, 2),
        new Stage(6, 96, 3, 1),
        new Stage(6, 160, 3, 2),
        new Stage(6, 320, 1, 1)
    };

    private MobileNetV2() {}

    /**
     * The network of the paper, or a thinner one.
     *
     * @param input the shape of one sample
     * @param classes elements of the output
     * @param width multiplies all channels, which are then rounded to multiples of 8; 1 for the paper's
     * @param stem how strides are set: for small pictures the first two are 1
     * @param convolutions whether they are dynamic
     * @return the network
     * @throws IllegalArgumentException if the width is not positive
     */
    public static Network of(Shape input, int classes, double width, ResNet.Stem stem, Convolutions convolutions) {
        if (!(width > 0 && width <= 64)) {
            throw new IllegalArgumentException("width: must be above 0 and at most 64, got " + width);
        }
        boolean small = stem == ResNet.Stem.SMALL;
        NetworkBuilder network = new NetworkBuilder(input, convolutions);
        int value = unit(network, "features.0", 0, rounded(STEM * width), 3, small ? 1 : 2, 1);
        int index = 1;
        for (int stage = 0; stage < STAGES.length; stage++) {
            Stage shape = STAGES[stage];
            for (int block = 0; block < shape.blocks(); block++) {
                int stride = block > 0 || (small && stage == 1) ? 1 : shape.stride();
                String name = "features." + index++;
                value = block(network, name, value, shape.expansion(), rounded(shape.channels() * width), stride);
            }
        }
        value = unit(network, "features." + index, value, rounded(LAST * Math.max(1, width)), 1, 1, 1);
        network.linear("classifier.1", network.globalAvgPool(value), classes);
        return network.build();
    }

    /** torchvision's rounding: to the nearest multiple, but not by more than a tenth down. */
    private static int rounded(double channels) {
        int nearest = Math.max(DIVISOR, (int) (channels + DIVISOR / 2.0) / DIVISOR * DIVISOR);
        return nearest < 0.9 * channels ? nearest + DIVISOR : nearest;
    }

    /** Convolution, batch normalization, ReLU6. */
    private static int unit(
            NetworkBuilder network, String name, int value, int planes, int kernel, int stride, int groups) {
        int convolved = network.convolution(name + ".0", value, planes, kernel, stride, groups);
        return network.relu6(network.batchNorm(name + ".1", convolved));
    }

    private static int block(NetworkBuilder network, String name, int value, int expansion, int planes, int stride) {
        int in = network.channels(value);
        int hidden = in * expansion;
        int part = 0;
        int inner = value;
        if (expansion > 1) {
            inner = unit(network, name + ".conv." + part++, inner, hidden, 1, 1, 1);
        }
        inner = unit(network, name + ".conv." + part++, inner, hidden, 3, stride, hidden);
        inner = network.convolution(name + ".conv." + part++, inner, planes, 1, 1, 1);
        inner = network.batchNorm(name + ".conv." + part, inner);
        return stride == 1 && in == planes ? network.add(inner, value) : inner;
    }
}
