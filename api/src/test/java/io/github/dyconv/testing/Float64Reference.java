package io.github.dyconv.testing;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import java.util.Arrays;

/** The layer in float64 with plain loops, as its definition reads. Shares no code with any device. */
public final class Float64Reference {
    private final Parameters parameters;
    private final Conv2dGeometry geometry;
    private final int batch;
    private final int height;
    private final int width;
    private final double[] x;

    private Float64Reference(Parameters parameters, Tensor input) {
        this.parameters = parameters;
        this.geometry = parameters.config().geometry();
        this.batch = input.dim(0);
        this.height = input.dim(2);
        this.width = input.dim(3);
        this.x = doubles(input);
    }

    /**
     * What the layer gives.
     *
     * @param y {@code [N, O, H', W']}
     * @param attention {@code [N, K]}
     * @param scale the norm that y would have if the products that make it up had random signs; errors of a y in which
     *     they happen to cancel are measured against this
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Result(double[] y, double[] attention, double scale) {}

    /**
     * Runs the layer.
     *
     * @param parameters the layer
     * @param input {@code [N, C, H, W]}
     * @return its output and attention
     */
    public static Result forward(Parameters parameters, Tensor input) {
        Float64Reference reference = new Float64Reference(parameters, input);
        return reference.convolve(reference.attention());
    }

    /**
     * Runs a plain convolution with the only kernel of a K = 1 layer.
     *
     * @param parameters the layer
     * @param input {@code [N, C, H, W]}
     * @return its output, and an attention of ones
     */
    public static Result plainConvolution(Parameters parameters, Tensor input) {
        double[] ones = new double[input.dim(0)];
        Arrays.fill(ones, 1);
        return new Float64Reference(parameters, input).convolve(ones);
    }

    private static double[] doubles(Tensor tensor) {
        float[] floats = tensor.toArray();
        double[] doubles = new double[floats.length];
        for (int i = 0; i < floats.length; i++) {
            doubles[i] = floats[i];
        }
        return doubles;
    }

    private double[] attention() {
        int channels = geometry.inPlanes();
        int kernels = parameters.config().kernels();
        double[] attention = new double[batch * kernels];
        for (int n = 0; n < batch; n++) {
            double[] pooled = new double[channels];
            for (int c = 0; c < channels; c++) {
                int plane = (n * channels + c) * height * width;
                for (int i = 0; i < height * width; i++) {
                    pooled[c] += x[plane + i];
                }
                pooled[c] /= (double) height * width;
            }
            double[] hidden = product(parameters.fc1Weight(), pooled);
            for (int h = 0; h < hidden.length; h++) {
                hidden[h] = Math.max(hidden[h], 0); // NaN stays NaN
            }
            double[] logits = product(parameters.fc2Weight(), hidden);
            double[] bias = doubles(parameters.fc2Bias());
            for (int k = 0; k < kernels; k++) {
                logits[k] = (logits[k] + bias[k]) / parameters.temperature();
            }
            double most = Arrays.stream(logits).max().orElseThrow();
            double sum = 0;
            for (int k = 0; k < kernels; k++) {
                attention[n * kernels + k] = Math.exp(logits[k] - most);
                sum += attention[n * kernels + k];
            }
            for (int k = 0; k < kernels; k++) {
                attention[n * kernels + k] /= sum;
            }
        }
        return attention;
    }

    /** A matrix {@code [rows, columns, 1, 1]} times a vector. */
    private static double[] product(Tensor matrix, double[] vector) {
        double[] elements = doubles(matrix);
        double[] result = new double[matrix.dim(0)];
        for (int row = 0; row < result.length; row++) {
            for (int column = 0; column < vector.length; column++) {
                result[row] += elements[row * vector.length + column] * vector[column];
            }
        }
        return result;
    }

    /** {@code Σ_k attention[n, k] · bank[k, …]}. */
    private static double[] aggregated(Tensor bank, double[] attention, int n) {
        int kernels = bank.dim(0);
        double[] elements = doubles(bank);
        double[] sum = new double[elements.length / kernels];
        for (int k = 0; k < kernels; k++) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += attention[n * kernels + k] * elements[k * sum.length + i];
            }
        }
        return sum;
    }

    private Result convolve(double[] attention) {
        int outHeight = geometry.outHeight(height);
        int outWidth = geometry.outWidth(width);
        int outPlanes = geometry.outPlanes();
        int inPerGroup = geometry.inPlanesPerGroup();
        int kernelHeight = geometry.kernelSize().height();
        int kernelWidth = geometry.kernelSize().width();
        double[] y = new double[batch * outPlanes * outHeight * outWidth];
        double squares = 0;
        for (int n = 0; n < batch; n++) {
            double[] weight = aggregated(parameters.weight(), attention, n);
            double[] bias = parameters.bias().isPresent()
                    ? aggregated(parameters.bias().get(), attention, n)
                    : new double[outPlanes];
            for (int oc = 0; oc < outPlanes; oc++) {
                int out = (n * outPlanes + oc) * outHeight * outWidth;
                Arrays.fill(y, out, out + outHeight * outWidth, bias[oc]);
                squares += bias[oc] * bias[oc] * outHeight * outWidth;
                int firstChannel = oc / geometry.outPlanesPerGroup() * inPerGroup;
                for (int i = 0; i < inPerGroup * kernelHeight * kernelWidth; i++) {
                    int ic = i / (kernelHeight * kernelWidth);
                    int kh = i / kernelWidth % kernelHeight;
                    int kw = i % kernelWidth;
                    double w = weight[oc * inPerGroup * kernelHeight * kernelWidth + i];
                    int in = (n * geometry.inPlanes() + firstChannel + ic) * height * width;
                    squares += addTap(y, out, outHeight, outWidth, in, kh, kw, w);
                }
            }
        }
        return new Result(y, attention, Math.sqrt(squares));
    }

    /** Adds what one tap contributes to one output plane; returns the sum of the products' squares. */
    private double addTap(double[] y, int out, int outHeight, int outWidth, int in, int kh, int kw, double w) {
        double squares = 0;
        for (int oh = 0; oh < outHeight; oh++) {
            int ih = oh * geometry.stride().height()
                    - geometry.padding().height()
                    + kh * geometry.dilation().height();
            if (ih < 0 || ih >= height) {
                continue;
            }
            int stride = geometry.stride().width();
            int left = kw * geometry.dilation().width() - geometry.padding().width();
            for (int ow = 0; ow < outWidth; ow++) {
                int iw = ow * stride + left;
                if (iw >= 0 && iw < width) {
                    double product = w * x[in + ih * width + iw];
                    y[out + oh * outWidth + ow] += product;
                    squares += product * product;
                }
            }
        }
        return squares;
    }
}
