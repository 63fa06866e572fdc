package io.github.dyconv.tornado;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Size2D;
import io.github.dyconv.nn.Shape;
import io.github.dyconv.spi.ForwardProblem;
import java.util.Arrays;

/**
 * All sizes of a convolution, as its kernels take them. TornadoVM compiles the fields of a record into the kernel as
 * constants, so every shape has code of its own in which short loops unroll.
 *
 * @param batch N
 * @param inPlanes C
 * @param height H
 * @param width W
 * @param outPlanes O
 * @param outHeight H'
 * @param outWidth W'
 * @param kernelHeight kh
 * @param kernelWidth kw
 * @param strideHeight sh
 * @param strideWidth sw
 * @param paddingHeight ph
 * @param paddingWidth pw
 * @param dilationHeight dh
 * @param dilationWidth dw
 * @param groups G
 * @param kernelsPerSample 1 where each sample has a kernel of its own, 0 where all share the first
 * @param exchanged 1 where the convolution computes the gradient of a layer's input, with its kernels turned and their
 *     channels exchanged, and with biases that are those of each sample, not a bank; else 0
 */
public record ConvolutionShape(
        int batch,
        int inPlanes,
        int height,
        int width,
        int outPlanes,
        int outHeight,
        int outWidth,
        int kernelHeight,
        int kernelWidth,
        int strideHeight,
        int strideWidth,
        int paddingHeight,
        int paddingWidth,
        int dilationHeight,
        int dilationWidth,
        int groups,
        int kernelsPerSample,
        int exchanged) {

    static ConvolutionShape of(ForwardProblem problem) {
        Conv2dGeometry g = problem.geometry();
        return new ConvolutionShape(
                problem.batch(),
                g.inPlanes(),
                problem.height(),
                problem.width(),
                g.outPlanes(),
                problem.outHeight(),
                problem.outWidth(),
                g.kernelSize().height(),
                g.kernelSize().width(),
                g.stride().height(),
                g.stride().width(),
                g.padding().height(),
                g.padding().width(),
                g.dilation().height(),
                g.dilation().width(),
                g.groups(),
                problem.dynamic() ? 1 : 0,
                0);
    }

    /**
     * The convolution of the output's gradient that gives the gradient of the layer's input. At strides above 1, its input
     * has the output's gradients that far apart, and zeros between them ({@link SpreadKernels}). Its padding may be negative:
     * then the outermost are not used.
     */
    static ConvolutionShape exchanged(ForwardProblem problem) {
        ConvolutionShape s = of(problem);
        return new ConvolutionShape(
                s.batch,
                s.outPlanes,
                Math.addExact(Math.multiplyExact(s.outHeight - 1, s.strideHeight), 1),
                Math.addExact(Math.multiplyExact(s.outWidth - 1, s.strideWidth), 1),
                s.inPlanes,
                s.height,
                s.width,
                s.kernelHeight,
                s.kernelWidth,
                1,
                1,
                (s.kernelHeight - 1) * s.dilationHeight - s.paddingHeight,
                (s.kernelWidth - 1) * s.dilationWidth - s.paddingWidth,
                s.dilationHeight,
                s.dilationWidth,
                s.groups,
                s.kernelsPerSample,
                1);
    }

    /** Of a pooling window, which slides as a depthwise convolution's kernel does. */
    static ConvolutionShape window(int batch, Shape in, Shape out, Size2D kernelSize, Size2D stride, Size2D padding) {
        return new ConvolutionShape(
                batch,
                in.channels(),
                in.height(),
                in.width(),
                out.channels(),
                out.height(),
                out.width(),
                kernelSize.height(),
                kernelSize.width(),
                stride.height(),
                stride.width(),
                padding.height(),
                padding.width(),
                1,
                1,
                in.channels(),
                0,
                0);
    }

    /** Never negative: TornadoVM's PTX back end writes it into the kernel's name, where a minus sign is a syntax error. */
    @Override
    public int hashCode() {
        return Arrays.hashCode(new int[] {
                    batch,
                    inPlanes,
                    height,
                    width,
                    outPlanes,
                    outHeight,
                    outWidth,
                    kernelHeight,
                    kernelWidth,
                    strideHeight,
                    strideWidth,
                    paddingHeight,
                    paddingWidth,
                    dilationHeight,
                    dilationWidth,
                    groups,
                    kernelsPerSample,
                    exchanged
                })
                & Integer.MAX_VALUE;
    }
}
