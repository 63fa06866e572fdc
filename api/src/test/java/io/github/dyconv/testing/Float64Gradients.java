package io.github.dyconv.testing;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The gradients of {@code Σ yGradient · y} in float64 with plain loops, by the chain rule as it reads. Shares no code with any
 * device; finite differences of {@link Float64Reference} check it.
 *
 * <p>Beside each gradient stands its scale, the norm it would have if the products that make it up had random signs: errors of a
 * gradient whose products happen to cancel are measured against this.
 */
public final class Float64Gradients {
    /** The key of the input's gradient. */
    public static final String X = "x";

    /**
     * A gradient.
     *
     * @param values of the parameter's elements
     * @param scale for its errors
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Gradient(double[] values, double scale) {
        /**
         * The L2 error relative to the gradient's norm, or to its scale where that is larger.
         *
         * @param actual of as many elements
         * @return the error
         */
        public double error(Tensor actual) {
            return Errors.relativeL2(new Float64Reference.Result(values, values, scale), actual);
        }
    }

    private final Parameters parameters;
    private final Conv2dGeometry geometry;
    private final int batch;
    private final int height;
    private final int width;
    private final int kernels;
    private final double[] attention;
    private final double[] x;
    private final double[] yGradient;
    private final double[] bank;
    private final double @Nullable [] biasBank;

    private Float64Gradients(Parameters parameters, Tensor input, Tensor yGradient, boolean dynamic) {
        this.parameters = parameters;
        this.geometry = parameters.config().geometry();
        this.batch = input.dim(0);
        this.height = input.dim(2);
        this.width = input.dim(3);
        this.kernels = parameters.config().kernels();
        this.attention = dynamic
                ? Float64Reference.forward(parameters, input).attention()
                : Float64Reference.plainConvolution(parameters, input).attention();
        this.x = doubles(input);
        this.yGradient = doubles(yGradient);
        this.bank = doubles(parameters.weight());
        this.biasBank = parameters.bias().map(Float64Gradients::doubles).orElse(null);
    }

    /**
     * Computes them.
     *
     * @param parameters the layer
     * @param input {@code [N, C, H, W]}
     * @param yGradient {@code [N, O, H', W']}
     * @return by {@link #X} and the parameters' state_dict names
     */
    public static Map<String, Gradient> of(Parameters parameters, Tensor input, Tensor yGradient) {
        return new Float64Gradients(parameters, input, yGradient, true).all(true);
    }

    /**
     * Those of a plain convolution with the only kernel of a K = 1 layer.
     *
     * @param parameters the layer
     * @param input {@code [N, C, H, W]}
     * @param yGradient {@code [N, O, H', W']}
     * @return by {@link #X} and the parameters' state_dict names; of the attention's parameters zeros
     */
    public static Map<String, Gradient> ofPlain(Parameters parameters, Tensor input, Tensor yGradient) {
        return new Float64Gradients(parameters, input, yGradient, false).all(false);
    }

    private static double[] doubles(Tensor tensor) {
        float[] floats = tensor.toArray();
        double[] doubles = new double[floats.length];
        for (int i = 0; i < floats.length; i++) {
            doubles[i] = floats[i];
        }
        return doubles;
    }

    /** Sums, and the same of squares: what random signs would leave of the sum. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Sums(double[] values, double[] squares) {
        Sums(int size) {
            this(new double[size], new double[size]);
        }

        void add(int at, double value) {
            values[at] += value;
            squares[at] += value * value;
        }

        /** Adds a factor times another's sum, whose squares it carries on. */
        void add(int at, double factor, Sums other, int from) {
            values[at] += factor * other.values[from];
            squares[at] += factor * factor * other.squares[from];
        }

        Gradient gradient() {
            double sum = 0;
            for (double square : squares) {
                sum += square;
            }
            return new Gradient(values, Math.sqrt(sum));
        }
    }

    private Map<String, Gradient> all(boolean dynamic) {
        Sums xSums = new Sums(x.length);
        Sums bankSums = new Sums(bank.length);
        Sums biasSums = new Sums(kernels * geometry.outPlanes());
        Sums attentionSums = new Sums(attention.length);
        for (int n = 0; n < batch; n++) {
            for (int oc = 0; oc < geometry.outPlanes(); oc++) {
                bias(n, oc, biasSums, attentionSums);
                for (int i = 0; i < geometry.inPlanesPerGroup() * geometry.taps(); i++) {
                    tap(n, oc, i, xSums, bankSums, attentionSums);
                }
            }
        }
        Map<String, Gradient> gradients = new LinkedHashMap<>();
        Map<String, Gradient> ofAttention = attention(attentionSums, xSums, dynamic);
        gradients.put(X, xSums.gradient());
        gradients.put(DYConv2dConfig.WEIGHT, bankSums.gradient());
        if (biasBank != null) {
            gradients.put(DYConv2dConfig.BIAS, biasSums.gradient());
        }
        gradients.putAll(ofAttention);
        return gradients;
    }

    private void bias(int n, int oc, Sums biasSums, Sums attentionSums) {
        if (biasBank == null) {
            return;
        }
        int pixels = yGradient.length / batch / geometry.outPlanes();
        Sums total = new Sums(1);
        for (int p = 0; p < pixels; p++) {
            total.add(0, yGradient[(n * geometry.outPlanes() + oc) * pixels + p]);
        }
        for (int k = 0; k < kernels; k++) {
            biasSums.add(k * geometry.outPlanes() + oc, attention[n * kernels + k], total, 0);
            attentionSums.add(n * kernels + k, biasBank[k * geometry.outPlanes() + oc], total, 0);
        }
    }

    /** What one weight of one sample's kernel has to do with its output plane. */
    private void tap(int n, int oc, int i, Sums xSums, Sums bankSums, Sums attentionSums) {
        int perChannel = geometry.inPlanesPerGroup() * geometry.taps();
        int perKernel = geometry.outPlanes() * perChannel;
        int element = oc * perChannel + i;
        double weight = 0;
        for (int k = 0; k < kernels; k++) {
            weight += attention[n * kernels + k] * bank[k * perKernel + element];
        }
        int ic = oc / geometry.outPlanesPerGroup() * geometry.inPlanesPerGroup() + i / geometry.taps();
        int kh = i % geometry.taps() / geometry.kernelSize().width();
        int kw = i % geometry.kernelSize().width();
        int outHeight = geometry.outHeight(height);
        int outWidth = geometry.outWidth(width);
        Sums total = new Sums(1);
        for (int oh = 0; oh < outHeight; oh++) {
            int ih = oh * geometry.stride().height()
                    - geometry.padding().height()
                    + kh * geometry.dilation().height();
            for (int ow = 0; ow < outWidth; ow++) {
                int iw = ow * geometry.stride().width()
                        - geometry.padding().width()
                        + kw * geometry.dilation().width();
                if (ih >= 0 && ih < height && iw >= 0 && iw < width) {
                    int in = ((n * geometry.inPlanes() + ic) * height + ih) * width + iw;
                    double dy = yGradient[((n * geometry.outPlanes() + oc) * outHeight + oh) * outWidth + ow];
                    xSums.add(in, weight * dy);
                    total.add(0, x[in] * dy);
                }
            }
        }
        for (int k = 0; k < kernels; k++) {
            bankSums.add(k * perKernel + element, attention[n * kernels + k], total, 0);
            attentionSums.add(n * kernels + k, bank[k * perKernel + element], total, 0);
        }
    }

    /** From the attention's gradient through softmax and both layers to their parameters and to the input. */
    private Map<String, Gradient> attention(Sums attentionSums, Sums xSums, boolean dynamic) {
        int hiddenPlanes = parameters.config().hiddenPlanes();
        int inPlanes = geometry.inPlanes();
        int pixels = height * width;
        double[] fc1 = doubles(parameters.fc1Weight());
        double[] fc2 = doubles(parameters.fc2Weight());
        Sums fc1Sums = new Sums(fc1.length);
        Sums fc2Sums = new Sums(fc2.length);
        Sums fc2BiasSums = new Sums(kernels);
        for (int n = 0; n < batch && dynamic; n++) {
            double[] pooled = pooled(n);
            Sums logits = new Sums(kernels);
            for (int k = 0; k < kernels; k++) {
                for (int j = 0; j < kernels; j++) {
                    double slope = attention[n * kernels + k]
                            * ((j == k ? 1 : 0) - attention[n * kernels + j])
                            / parameters.temperature();
                    logits.add(k, slope, attentionSums, n * kernels + j);
                }
                fc2BiasSums.add(k, 1, logits, k);
            }
            Sums pooledSums = new Sums(inPlanes);
            for (int h = 0; h < hiddenPlanes; h++) {
                double hidden = 0;
                for (int c = 0; c < inPlanes; c++) {
                    hidden += fc1[h * inPlanes + c] * pooled[c];
                }
                if (hidden <= 0) {
                    continue;
                }
                Sums hiddenSums = new Sums(1);
                for (int k = 0; k < kernels; k++) {
                    fc2Sums.add(k * hiddenPlanes + h, hidden, logits, k);
                    hiddenSums.add(0, fc2[k * hiddenPlanes + h], logits, k);
                }
                for (int c = 0; c < inPlanes; c++) {
                    fc1Sums.add(h * inPlanes + c, pooled[c], hiddenSums, 0);
                    pooledSums.add(c, fc1[h * inPlanes + c], hiddenSums, 0);
                }
            }
            for (int i = 0; i < inPlanes * pixels; i++) {
                xSums.add(n * inPlanes * pixels + i, 1.0 / pixels, pooledSums, i / pixels);
            }
        }
        return Map.of(
                DYConv2dConfig.FC1_WEIGHT, fc1Sums.gradient(),
                DYConv2dConfig.FC2_WEIGHT, fc2Sums.gradient(),
                DYConv2dConfig.FC2_BIAS, fc2BiasSums.gradient());
    }

    private double[] pooled(int n) {
        double[] pooled = new double[geometry.inPlanes()];
        int pixels = height * width;
        for (int i = 0; i < pooled.length * pixels; i++) {
            pooled[i / pixels] += x[n * pooled.length * pixels + i] / pixels;
        }
        return pooled;
    }
}
