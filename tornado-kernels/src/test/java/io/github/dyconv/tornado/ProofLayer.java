package io.github.dyconv.tornado;

import io.github.dyconv.DYConv2d;
import java.util.List;

/**
 * A named layer and a batch, of which GPU code is proven: the article's demo; the stages of a ResNet; stride, pointwise,
 * depthwise, groups, dilation.
 *
 * @param name as on the command line
 * @param size rows and columns of the input
 * @param batch N
 */
record ProofLayer(
        String name,
        int inPlanes,
        int outPlanes,
        int kernel,
        int stride,
        int dilation,
        int groups,
        int size,
        int batch) {
    static final List<ProofLayer> ALL = List.of(
            new ProofLayer("D", 3, 16, 3, 1, 1, 1, 256, 1),
            new ProofLayer("R1", 64, 64, 3, 1, 1, 1, 56, 1),
            new ProofLayer("R1", 64, 64, 3, 1, 1, 1, 56, 8),
            new ProofLayer("R2", 128, 128, 3, 1, 1, 1, 28, 1),
            new ProofLayer("R2", 128, 128, 3, 1, 1, 1, 28, 8),
            new ProofLayer("R3", 256, 256, 3, 1, 1, 1, 14, 1),
            new ProofLayer("R3", 256, 256, 3, 1, 1, 1, 14, 8),
            new ProofLayer("R4", 512, 512, 3, 1, 1, 1, 7, 1),
            new ProofLayer("R4", 512, 512, 3, 1, 1, 1, 7, 8),
            new ProofLayer("S", 64, 128, 3, 2, 1, 1, 56, 8),
            new ProofLayer("P", 96, 24, 1, 1, 1, 1, 56, 8),
            new ProofLayer("W", 96, 96, 3, 1, 1, 96, 56, 8),
            new ProofLayer("G", 64, 64, 3, 1, 1, 4, 56, 8),
            new ProofLayer("L", 64, 64, 3, 1, 2, 1, 56, 8));

    ProofLayer withBatch(int other) {
        return new ProofLayer(name, inPlanes, outPlanes, kernel, stride, dilation, groups, size, other);
    }

    String label() {
        return name + ":" + batch;
    }

    DYConv2d build() {
        return builder().build();
    }

    /** The plain convolution. */
    DYConv2d buildPlain() {
        return builder().kernels(1).build();
    }

    private DYConv2d.Builder builder() {
        return DYConv2d.builder(inPlanes, outPlanes, kernel)
                .stride(stride)
                .dilation(dilation)
                .padding(kernel / 2 * dilation)
                .groups(groups);
    }

    int[] inputShape() {
        return new int[] {batch, inPlanes, size, size};
    }

    /** K. */
    int kernels() {
        return build().config().kernels();
    }

    long inputBytes() {
        return (long) Float.BYTES * batch * inPlanes * size * size;
    }

    /** Of one of the K kernels. */
    long weightBytes() {
        return (long) Float.BYTES * outPlanes * inPlanes / groups * kernel * kernel;
    }

    /** Of one forward pass without the attention. */
    long multiplyAdds() {
        int outSize = (size - 1) / stride + 1;
        return (long) batch * outPlanes * outSize * outSize * inPlanes / groups * kernel * kernel;
    }
}
