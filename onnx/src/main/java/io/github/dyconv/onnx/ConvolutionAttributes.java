package io.github.dyconv.onnx;

import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import com.google.protobuf.ByteString;
import io.github.dyconv.Size2D;
import io.github.dyconv.io.FormatException;
import java.util.List;
import java.util.Optional;

/**
 * The attributes of a two-dimensional Conv.
 *
 * @param kernelSize empty if only the weight tells it
 * @param groups at least 1
 */
record ConvolutionAttributes(Optional<Size2D> kernelSize, Size2D stride, Size2D padding, Size2D dilation, int groups) {

    /**
     * A node's.
     *
     * @throws FormatException if they are not those of a two-dimensional convolution with equal padding on both sides
     */
    static ConvolutionAttributes of(Node conv) throws FormatException {
        Optional<ByteString> automatic =
                conv.attribute("auto_pad", AttributeType.STRING).map(attribute -> attribute.getS());
        if (automatic.isPresent() && !automatic.get().equals(ByteString.copyFromUtf8("NOTSET"))) {
            throw conv.problem(
                    "expected explicit pads, found auto_pad " + automatic.get().toStringUtf8());
        }
        List<Long> pads = conv.integers("pads", List.of(0L, 0L, 0L, 0L));
        if (pads.size() != 4 || !pads.subList(0, 2).equals(pads.subList(2, 4))) {
            throw conv.problem("expected pads [H, W, H, W], equal on both sides, found " + text(pads));
        }
        List<Long> kernel = conv.integers("kernel_shape", List.of());
        return new ConvolutionAttributes(
                kernel.isEmpty() ? Optional.empty() : Optional.of(pair(conv, "kernel_shape", kernel)),
                pair(conv, "strides", conv.integers("strides", List.of(1L, 1L))),
                pair(conv, "pads", pads.subList(0, 2)),
                pair(conv, "dilations", conv.integers("dilations", List.of(1L, 1L))),
                integer(conv, "group", conv.integer("group", 1)));
    }

    private static Size2D pair(Node conv, String name, List<Long> values) throws FormatException {
        if (values.size() != 2) {
            throw conv.problem("expected " + name + " [H, W], found " + text(values));
        }
        return new Size2D(integer(conv, name, values.get(0)), integer(conv, name, values.get(1)));
    }

    private static int integer(Node conv, String name, long value) throws FormatException {
        if (value < 0 || value > Integer.MAX_VALUE) {
            throw conv.problem(name + " is " + value);
        }
        return (int) value;
    }

    private static String text(List<Long> values) {
        return values.size() <= Constant.MAX_RANK ? values.toString() : values.size() + " numbers";
    }

    /** Whether neither stride nor padding nor groups matter. */
    boolean isPlain() {
        return stride.equals(Size2D.of(1)) && padding.equals(Size2D.of(0)) && groups == 1;
    }
}
