package io.github.dyconv.nn;

import java.util.List;

/**
 * Residual networks of basic blocks (He et al., arXiv 1512.03385) with torchvision's names. From one description come the
 * static network and the dynamic one.
 */
public final class ResNet {
    /** The channels of torchvision's first stage. */
    public static final int WIDTH = 64;

    private static final List<Integer> RESNET_10 = List.of(1, 1, 1, 1);
    private static final List<Integer> RESNET_18 = List.of(2, 2, 2, 2);

    private ResNet() {}

    /** How the network begins. */
    public enum Stem {
        /** 7x7 at stride 2 and max pooling, for pictures of about 224x224. */
        IMAGENET,
        /** 3x3 at stride 1 without pooling, for pictures of about 32x32. */
        SMALL
    }

    /**
     * ResNet-18: two blocks in each of four stages.
     *
     * @param input the shape of one sample
     * @param classes elements of the output
     * @param width channels of the first stage; {@value #WIDTH} is torchvision's
     * @param stem how it begins
     * @param convolutions whether they are dynamic
     * @return the network
     */
    public static Network resNet18(Shape input, int classes, int width, Stem stem, Convolutions convolutions) {
        return of(RESNET_18, input, classes, width, stem, convolutions);
    }

    /**
     * ResNet-10: one block in each of four stages.
     *
     * @param input the shape of one sample
     * @param classes elements of the output
     * @param width channels of the first stage
     * @param stem how it begins
     * @param convolutions whether they are dynamic
     * @return the network
     */
    public static Network resNet10(Shape input, int classes, int width, Stem stem, Convolutions convolutions) {
        return of(RESNET_10, input, classes, width, stem, convolutions);
    }

    private static Network of(
            List<Integer> blocks, Shape input, int classes, int width, Stem stem, Convolutions convolutions) {
        NetworkBuilder network = new NetworkBuilder(input, convolutions);
        boolean small = stem == Stem.SMALL;
        int value = network.convolution("conv1", 0, width, small ? 3 : 7, small ? 1 : 2, 1);
        value = network.relu(network.batchNorm("bn1", value));
        if (!small) {
            value = network.maxPool(value, 3, 2, 1);
        }
        for (int stage = 0; stage < blocks.size(); stage++) {
            for (int block = 0; block < blocks.get(stage); block++) {
                int stride = stage > 0 && block == 0 ? 2 : 1;
                String name = "layer" + (stage + 1) + "." + block;
                value = basicBlock(network, name, value, width << stage, stride);
            }
        }
        network.linear("fc", network.globalAvgPool(value), classes);
        return network.build();
    }

    private static int basicBlock(NetworkBuilder network, String name, int value, int planes, int stride) {
        int inner = network.convolution(name + ".conv1", value, planes, 3, stride, 1);
        inner = network.relu(network.batchNorm(name + ".bn1", inner));
        inner = network.convolution(name + ".conv2", inner, planes, 3, 1, 1);
        inner = network.batchNorm(name + ".bn2", inner);
        int shortcut = value;
        if (stride > 1 || network.channels(value) != planes) {
            shortcut = network.convolution(name + ".downsample.0", value, planes, 1, stride, 1);
            shortcut = network.batchNorm(name + ".downsample.1", shortcut);
        }
        return network.relu(network.add(inner, shortcut));
    }
}
