package io.github.dyconv.examples;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Parameters;
import io.github.dyconv.Precision;
import io.github.dyconv.Tensor;
import java.util.Random;

/**
 * Checks a forward pass against the definition in float64, at some outputs only, so that even a large layer is checked in a
 * moment: a benchmark must not time wrong results.
 */
public final class SpotCheck {
    private static final int OUTPUTS = 256;
    private static final long SEED = 1;

    private final Conv2dGeometry geometry;
    private final int kernels;
    private final int hiddenPlanes;
    private final double temperature;
    private final float[] weight;
    private final float[] bias;
    private final float[] fc1Weight;
    private final float[] fc2Weight;
    private final float[] fc2Bias;

    private SpotCheck(Parameters parameters) {
        geometry = parameters.config().geometry();
        kernels = parameters.config().kernels();
        hiddenPlanes = parameters.config().hiddenPlanes();
        temperature = parameters.temperature();
        weight = parameters.weight().toArray();
        bias = parameters.bias().map(Tensor::toArray).orElseGet(() -> new float[kernels * geometry.outPlanes()]);
        fc1Weight = parameters.fc1Weight().toArray();
        fc2Weight = parameters.fc2Weight().toArray();
        fc2Bias = parameters.fc2Bias().toArray();
    }

    /**
     * The error of a forward pass: relative L2 over the outputs that are looked at, the first and the last among them.
     *
     * @param parameters the layer; with K = 1 the check is that of a plain convolution, for the softmax of one is 1
     * @param input {@code [N, C, H, W]}
     * @param output {@code [N, O, H', W']}, what is to be checked
     * @return 0 for equality; NaN if the output holds one where it should not
     */
    public static double relativeError(Parameters parameters, Tensor input, Tensor output) {
        return new SpotCheck(parameters).error(input, output);
    }

    /**
     * The error that a precision allows on standard normal data.
     *
     * @param precision what was asked for
     * @param device the device's name: compilers of TornadoVM's devices use fast maths
     * @return relative L2
     */
    public static double tolerance(Precision precision, String device) {
        return switch (precision) {
            case DEFAULT -> 1e-5;
            case STRICT -> device.startsWith("tornado") ? 5e-6 : 2e-6;
            case HALF -> 2e-3;
        };
    }

    private double error(Tensor input, Tensor output) {
        int batch = input.dim(0);
        double[][] attention = new double[batch][];
        Random random = new Random(SEED);
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < OUTPUTS; i++) {
            int[] at = new int[4];
            for (int axis = 0; axis < 4; axis++) {
                int last = output.dim(axis) - 1;
                at[axis] = i == 0 ? 0 : i == 1 ? last : random.nextInt(last + 1);
            }
            if (attention[at[0]] == null) {
                attention[at[0]] = attention(input, at[0]);
            }
            double expected = output(attention[at[0]], input, at[0], at[1], at[2], at[3]);
            double off = output.get(at) - expected;
            difference += off * off;
            norm += expected * expected;
        }
        return Math.sqrt(difference / norm);
    }

    private double[] attention(Tensor input, int n) {
        double[] pooled = new double[geometry.inPlanes()];
        for (int ic = 0; ic < pooled.length; ic++) {
            for (int h = 0; h < input.dim(2); h++) {
                for (int w = 0; w < input.dim(3); w++) {
                    pooled[ic] += input.get(n, ic, h, w);
                }
            }
            pooled[ic] /= (double) input.dim(2) * input.dim(3);
        }
        double[] logits = new double[kernels];
        for (int k = 0; k < kernels; k++) {
            logits[k] = fc2Bias[k];
        }
        for (int j = 0; j < hiddenPlanes; j++) {
            double hidden = 0;
            for (int ic = 0; ic < pooled.length; ic++) {
                hidden += pooled[ic] * fc1Weight[j * pooled.length + ic];
            }
            for (int k = 0; k < kernels; k++) {
                logits[k] += Math.max(hidden, 0) * fc2Weight[k * hiddenPlanes + j];
            }
        }
        return softmax(logits);
    }

    private double[] softmax(double[] logits) {
        double largest = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        double[] attention = new double[kernels];
        for (int k = 0; k < kernels; k++) {
            attention[k] = Math.exp((logits[k] - largest) / temperature);
            sum += attention[k];
        }
        for (int k = 0; k < kernels; k++) {
            attention[k] /= sum;
        }
        return attention;
    }

    private double output(double[] attention, Tensor input, int n, int oc, int oh, int ow) {
        double sum = 0;
        for (int k = 0; k < kernels; k++) {
            double plain = bias[k * geometry.outPlanes() + oc];
            for (int ic = 0; ic < geometry.inPlanesPerGroup(); ic++) {
                plain += plane(input, n, oc, ic, oh, ow, k);
            }
            sum += attention[k] * plain;
        }
        return sum;
    }

    /** What one input channel adds to one output under kernel k. */
    private double plane(Tensor input, int n, int oc, int ic, int oh, int ow, int k) {
        int kernelHeight = geometry.kernelSize().height();
        int kernelWidth = geometry.kernelSize().width();
        int channel = oc / geometry.outPlanesPerGroup() * geometry.inPlanesPerGroup() + ic;
        int taps = ((k * geometry.outPlanes() + oc) * geometry.inPlanesPerGroup() + ic) * kernelHeight * kernelWidth;
        double sum = 0;
        for (int kh = 0; kh < kernelHeight; kh++) {
            int h = oh * geometry.stride().height()
                    - geometry.padding().height()
                    + kh * geometry.dilation().height();
            for (int kw = 0; kw < kernelWidth; kw++) {
                int w = ow * geometry.stride().width()
                        - geometry.padding().width()
                        + kw * geometry.dilation().width();
                if (h >= 0 && h < input.dim(2) && w >= 0 && w < input.dim(3)) {
                    sum += (double) input.get(n, channel, h, w) * weight[taps + kh * kernelWidth + kw];
                }
            }
        }
        return sum;
    }
}
