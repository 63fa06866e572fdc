package io.github.dyconv.nn;

import io.github.dyconv.Tensor;
import org.jspecify.annotations.Nullable;

/** Max pooling; one task per plane, which remembers where each maximum was. */
final class MaxPoolStep implements Step {
    private final Operation.MaxPool2d operation;
    private final Tensor input;
    private final Tensor output;
    private final Parallel parallel;
    private final int[] places;

    MaxPoolStep(Operation.MaxPool2d operation, Tensor input, Tensor output, Parallel parallel) {
        this.operation = operation;
        this.input = input;
        this.output = output;
        this.parallel = parallel;
        this.places = new int[output.size()];
    }

    private int inPlane() {
        return input.dim(2) * input.dim(3);
    }

    private int outPlane() {
        return output.dim(2) * output.dim(3);
    }

    @Override
    public void forward() {
        int outWidth = output.dim(3);
        parallel.run(input.dim(0) * input.dim(1), plane -> {
            float[] x = Floats.read(input, plane * inPlane(), inPlane());
            float[] y = new float[outPlane()];
            for (int o = 0; o < y.length; o++) {
                int place = maximum(x, o / outWidth, o % outWidth);
                places[plane * outPlane() + o] = place;
                y[o] = x[place];
            }
            Floats.write(y, output, plane * outPlane(), y.length);
        });
    }

    /** The place of the first maximum of a window; of the first NaN if there is one. */
    private int maximum(float[] x, int oh, int ow) {
        int top = oh * operation.stride().height() - operation.padding().height();
        int left = ow * operation.stride().width() - operation.padding().width();
        int bottom = Math.min(input.dim(2), top + operation.kernelSize().height());
        int right = Math.min(input.dim(3), left + operation.kernelSize().width());
        int place = Math.max(0, top) * input.dim(3) + Math.max(0, left);
        for (int h = Math.max(0, top); h < bottom; h++) {
            for (int w = Math.max(0, left); w < right; w++) {
                int candidate = h * input.dim(3) + w;
                if (x[candidate] > x[place] || (Float.isNaN(x[candidate]) && !Float.isNaN(x[place]))) {
                    place = candidate;
                }
            }
        }
        return place;
    }

    @Override
    public void backward(Tensor outputGradient, @Nullable Tensor[] inputGradients) {
        Tensor inputGradient = inputGradients[0];
        if (inputGradient == null) {
            return;
        }
        parallel.run(input.dim(0) * input.dim(1), plane -> {
            float[] g = Floats.read(outputGradient, plane * outPlane(), outPlane());
            float[] dx = new float[inPlane()];
            for (int o = 0; o < g.length; o++) {
                dx[places[plane * outPlane() + o]] += g[o];
            }
            Floats.write(dx, inputGradient, plane * inPlane(), dx.length);
        });
    }
}
