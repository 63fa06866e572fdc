package io.github.dyconv.nn;

import io.github.dyconv.Size2D;
import io.github.dyconv.Tensor;
import org.jspecify.annotations.Nullable;

/** Average pooling, global too, whose window is the whole plane; one task per plane. */
final class AvgPoolStep implements Step {
    private final Size2D kernelSize;
    private final Size2D stride;
    private final Size2D padding;
    private final Tensor input;
    private final Tensor output;
    private final Parallel parallel;

    AvgPoolStep(Size2D kernelSize, Size2D stride, Size2D padding, Tensor input, Tensor output, Parallel parallel) {
        this.kernelSize = kernelSize;
        this.stride = stride;
        this.padding = padding;
        this.input = input;
        this.output = output;
        this.parallel = parallel;
    }

    /** A window's rows and columns that are within the input. */
    private record Window(int top, int bottom, int left, int right) {}

    private Window window(int o) {
        int top = o / output.dim(3) * stride.height() - padding.height();
        int left = o % output.dim(3) * stride.width() - padding.width();
        return new Window(
                Math.max(0, top),
                Math.min(input.dim(2), top + kernelSize.height()),
                Math.max(0, left),
                Math.min(input.dim(3), left + kernelSize.width()));
    }

    @Override
    public void forward() {
        int inPlane = input.dim(2) * input.dim(3);
        int outPlane = output.dim(2) * output.dim(3);
        double taps = (double) kernelSize.height() * kernelSize.width();
        parallel.run(input.dim(0) * input.dim(1), plane -> {
            float[] x = Floats.read(input, plane * inPlane, inPlane);
            float[] y = new float[outPlane];
            for (int o = 0; o < outPlane; o++) {
                Window window = window(o);
                double sum = 0;
                for (int h = window.top(); h < window.bottom(); h++) {
                    for (int w = window.left(); w < window.right(); w++) {
                        sum += x[h * input.dim(3) + w];
                    }
                }
                y[o] = (float) (sum / taps);
            }
            Floats.write(y, output, plane * outPlane, outPlane);
        });
    }

    @Override
    public void backward(Tensor outputGradient, @Nullable Tensor[] inputGradients) {
        Tensor inputGradient = inputGradients[0];
        if (inputGradient == null) {
            return;
        }
        int inPlane = input.dim(2) * input.dim(3);
        int outPlane = output.dim(2) * output.dim(3);
        float taps = (float) kernelSize.height() * kernelSize.width();
        parallel.run(input.dim(0) * input.dim(1), plane -> {
            float[] g = Floats.read(outputGradient, plane * outPlane, outPlane);
            float[] dx = new float[inPlane];
            for (int o = 0; o < outPlane; o++) {
                Window window = window(o);
                for (int h = window.top(); h < window.bottom(); h++) {
                    for (int w = window.left(); w < window.right(); w++) {
                        dx[h * input.dim(3) + w] += g[o] / taps;
                    }
                }
            }
            Floats.write(dx, inputGradient, plane * inPlane, inPlane);
        });
    }
}
