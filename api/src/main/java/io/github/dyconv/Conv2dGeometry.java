package io.github.dyconv;

/**
 * The geometry of a two-dimensional grouped convolution, with PyTorch's meanings: dilation 1 means none, padding is zeros
 * on both sides.
 *
 * <p>{@code y[n, oc, oh, ow] = bias[oc] + Σ_{ic, kh, kw} x[n, g·C/G + ic, oh·sh − ph + kh·dh, ow·sw − pw + kw·dw] ·
 * weight[oc, ic, kh, kw]}, where g is the group of oc.
 *
 * @param inPlanes input channels C, a multiple of {@code groups}
 * @param outPlanes output channels O, a multiple of {@code groups}
 * @param kernelSize taps along each axis, each at least 1
 * @param stride step along each axis, each at least 1
 * @param padding zeros added on both sides of each axis, at least 0
 * @param dilation distance between taps along each axis, each at least 1
 * @param groups number of groups G
 * @param bias whether a bias is added
 */
public record Conv2dGeometry(
        int inPlanes,
        int outPlanes,
        Size2D kernelSize,
        Size2D stride,
        Size2D padding,
        Size2D dilation,
        int groups,
        boolean bias) {

    /**
     * Checks every value.
     *
     * @throws IllegalArgumentException if one is out of its range, groups don't divide the channels, or the kernel's extent
     *     passes an int
     */
    public Conv2dGeometry {
        requireAtLeast(1, "in_planes", inPlanes);
        requireAtLeast(1, "out_planes", outPlanes);
        requireAtLeast(1, "groups", groups);
        requireAtLeast(1, "kernel_size", kernelSize);
        requireAtLeast(1, "stride", stride);
        requireAtLeast(0, "padding", padding);
        requireAtLeast(1, "dilation", dilation);
        if (inPlanes % groups != 0 || outPlanes % groups != 0) {
            throw new IllegalArgumentException("groups: " + groups + " must divide in_planes (" + inPlanes
                    + ") and out_planes (" + outPlanes + ")");
        }
        Shapes.elements("weight", outPlanes, inPlanes / groups, kernelSize.height(), kernelSize.width());
        requireExtent("kernel_size along H", extent(kernelSize.height(), dilation.height()));
        requireExtent("kernel_size along W", extent(kernelSize.width(), dilation.width()));
    }

    private static void requireAtLeast(int least, String name, int value) {
        if (value < least) {
            throw new IllegalArgumentException(name + ": must be at least " + least + ", got " + value);
        }
    }

    private static void requireAtLeast(int least, String name, Size2D size) {
        if (size.height() < least || size.width() < least) {
            throw new IllegalArgumentException(name + ": must be at least " + least + ", got " + size);
        }
    }

    private static void requireExtent(String name, long extent) {
        if (extent > Tensor.MAX_ELEMENTS) {
            throw new IllegalArgumentException(name + ": with its dilation it spans " + extent + " pixels");
        }
    }

    private static long extent(int kernel, int dilation) {
        return (kernel - 1L) * dilation + 1;
    }

    /**
     * Input channels that one output channel sees, C / G.
     *
     * @return the number
     */
    public int inPlanesPerGroup() {
        return inPlanes / groups;
    }

    /**
     * Output channels of one group, O / G.
     *
     * @return the number
     */
    public int outPlanesPerGroup() {
        return outPlanes / groups;
    }

    /**
     * Taps of the kernel, kh · kw.
     *
     * @return the number
     */
    public int taps() {
        return kernelSize.height() * kernelSize.width();
    }

    /**
     * Output rows for an input of this many rows: {@code (height + 2 · padding − dilation · (kernel − 1) − 1) / stride + 1}.
     *
     * @param height input rows H
     * @return output rows
     * @throws IllegalArgumentException if the kernel is larger than the padded input, or the result passes an int
     */
    public int outHeight(int height) {
        return outSize("height", height, kernelSize.height(), stride.height(), padding.height(), dilation.height());
    }

    /**
     * Output columns for an input of this many columns, as {@link #outHeight}.
     *
     * @param width input columns W
     * @return output columns
     * @throws IllegalArgumentException if the kernel is larger than the padded input, or the result passes an int
     */
    public int outWidth(int width) {
        return outSize("width", width, kernelSize.width(), stride.width(), padding.width(), dilation.width());
    }

    private static int outSize(String axis, int in, int kernel, int stride, int padding, int dilation) {
        requireAtLeast(1, axis, in);
        long padded = in + 2L * padding;
        long extent = extent(kernel, dilation);
        if (extent > padded) {
            throw new IllegalArgumentException("kernel_size: spans " + extent + " pixels of " + axis + " (kernel "
                    + kernel + ", dilation " + dilation + "), more than the padded input's " + padded);
        }
        long out = (padded - extent) / stride + 1;
        if (out > Tensor.MAX_ELEMENTS) {
            throw new IllegalArgumentException("padding: gives " + out + " pixels of output " + axis
                    + ", more than one tensor holds (" + Tensor.MAX_ELEMENTS + ")");
        }
        return (int) out;
    }

    /**
     * Multiply-adds of the convolution for one sample.
     *
     * @param height input rows H
     * @param width input columns W
     * @return outputs times inputs per output; padding counts as work
     */
    public long multiplyAdds(int height, int width) {
        return (long) outPlanes * outHeight(height) * outWidth(width) * inPlanesPerGroup() * taps();
    }
}
