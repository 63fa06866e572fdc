package io.github.dyconv.nn;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Size2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A network in training, in float64 and as plainly as its operations' formulas: the measure of gradients. */
final class Float64Network {
    private final Network network;
    private final Map<String, double[]> parameters = new HashMap<>();
    private final double temperature;
    private final int batch;

    Float64Network(Model model, int batch) {
        this.network = model.network();
        this.temperature = model.temperature();
        this.batch = batch;
        model.parameters().forEach((name, tensor) -> parameters.put(name, doubles(tensor.toArray())));
    }

    static double[] doubles(float[] values) {
        double[] doubles = new double[values.length];
        Arrays.setAll(doubles, i -> values[i]);
        return doubles;
    }

    /** A parameter, live. */
    double[] parameter(String name) {
        return parameters.get(name);
    }

    /** All values for an input. */
    List<double[]> forward(double[] input) {
        List<double[]> values = new ArrayList<>(List.of(input));
        for (Operation operation : network.operations()) {
            double[] x = values.get(operation.inputs().getFirst());
            Shape in = network.shape(operation.inputs().getFirst());
            Shape out = network.shape(values.size());
            values.add(
                    switch (operation) {
                        case Operation.Convolution c -> convolution(c, x, in, out);
                        case Operation.BatchNorm2d b -> batchNorm(b, x, in);
                        case Operation.Relu r ->
                            Arrays.stream(x)
                                    .map(v -> Math.min(Math.max(v, 0), r.ceiling()))
                                    .toArray();
                        case Operation.MaxPool2d p -> pool(x, in, out, p.kernelSize(), p.stride(), p.padding(), true);
                        case Operation.AvgPool2d p -> pool(x, in, out, p.kernelSize(), p.stride(), p.padding(), false);
                        case Operation.GlobalAvgPool p ->
                            pool(x, in, out, new Size2D(in.height(), in.width()), Size2D.of(1), Size2D.of(0), false);
                        case Operation.Add a -> {
                            double[] right = values.get(a.right());
                            double[] sum = new double[x.length];
                            Arrays.setAll(sum, i -> x[i] + right[i]);
                            yield sum;
                        }
                        case Operation.Linear l -> linear(l, x);
                    });
        }
        return values;
    }

    private double[] of(Operation operation, String name) {
        return parameters.get(operation.name() + "." + name);
    }

    private double[] linear(Operation.Linear linear, double[] x) {
        double[] y = new double[batch * linear.outFeatures()];
        for (int n = 0; n < batch; n++) {
            for (int o = 0; o < linear.outFeatures(); o++) {
                double sum = of(linear, "bias")[o];
                for (int i = 0; i < linear.inFeatures(); i++) {
                    sum += of(linear, "weight")[o * linear.inFeatures() + i] * x[n * linear.inFeatures() + i];
                }
                y[n * linear.outFeatures() + o] = sum;
            }
        }
        return y;
    }

    private double[] batchNorm(Operation.BatchNorm2d norm, double[] x, Shape in) {
        double[] y = new double[x.length];
        int count = batch * in.plane();
        for (int c = 0; c < in.channels(); c++) {
            double mean = 0;
            double variance = 0;
            for (int i = 0; i < count; i++) {
                mean += x[index(i, c, in)] / count;
            }
            for (int i = 0; i < count; i++) {
                variance += Math.pow(x[index(i, c, in)] - mean, 2) / count;
            }
            for (int i = 0; i < count; i++) {
                y[index(i, c, in)] =
                        (x[index(i, c, in)] - mean) / Math.sqrt(variance + norm.epsilon()) * of(norm, "weight")[c]
                                + of(norm, "bias")[c];
            }
        }
        return y;
    }

    /** The place of the i-th element of a channel. */
    private static int index(int i, int c, Shape in) {
        return (i / in.plane() * in.channels() + c) * in.plane() + i % in.plane();
    }

    private double[] pool(double[] x, Shape in, Shape out, Size2D kernel, Size2D stride, Size2D padding, boolean max) {
        double[] y = new double[batch * out.size()];
        for (int i = 0; i < y.length; i++) {
            int plane = i / out.plane();
            int oh = i % out.plane() / out.width();
            int ow = i % out.width();
            double most = Double.NEGATIVE_INFINITY;
            double sum = 0;
            for (int kh = 0; kh < kernel.height(); kh++) {
                for (int kw = 0; kw < kernel.width(); kw++) {
                    int h = oh * stride.height() - padding.height() + kh;
                    int w = ow * stride.width() - padding.width() + kw;
                    if (h >= 0 && h < in.height() && w >= 0 && w < in.width()) {
                        double value = x[(plane * in.height() + h) * in.width() + w];
                        most = Math.max(most, value);
                        sum += value;
                    }
                }
            }
            y[i] = max ? most : sum / (kernel.height() * kernel.width());
        }
        return y;
    }

    private double[] convolution(Operation.Convolution convolution, double[] x, Shape in, Shape out) {
        Conv2dGeometry g = convolution.layer().geometry();
        double[] y = new double[batch * out.size()];
        int filter = g.inPlanesPerGroup() * g.taps();
        for (int n = 0; n < batch; n++) {
            double[] attention = convolution.dynamic() ? attention(convolution, x, in, n) : new double[] {1};
            for (int i = 0; i < out.size(); i++) {
                int oc = i / out.plane();
                double sum = 0;
                for (int k = 0; k < attention.length; k++) {
                    if (g.bias()) {
                        sum += attention[k] * of(convolution, DYConv2dConfig.BIAS)[k * out.channels() + oc];
                    }
                    for (int f = 0; f < filter; f++) {
                        int ic = oc / g.outPlanesPerGroup() * g.inPlanesPerGroup() + f / g.taps();
                        int h = i % out.plane() / out.width() * g.stride().height()
                                - g.padding().height()
                                + f
                                        % g.taps()
                                        / g.kernelSize().width()
                                        * g.dilation().height();
                        int w = i % out.width() * g.stride().width()
                                - g.padding().width()
                                + f % g.kernelSize().width() * g.dilation().width();
                        if (h >= 0 && h < in.height() && w >= 0 && w < in.width()) {
                            sum += attention[k]
                                    * of(convolution, DYConv2dConfig.WEIGHT)[(k * out.channels() + oc) * filter + f]
                                    * x[((n * in.channels() + ic) * in.height() + h) * in.width() + w];
                        }
                    }
                }
                y[n * out.size() + i] = sum;
            }
        }
        return y;
    }

    private double[] attention(Operation.Convolution convolution, double[] x, Shape in, int n) {
        int hiddenPlanes = convolution.layer().hiddenPlanes();
        double[] pooled = new double[in.channels()];
        for (int i = 0; i < in.size(); i++) {
            pooled[i / in.plane()] += x[n * in.size() + i] / in.plane();
        }
        double[] hidden = product(of(convolution, DYConv2dConfig.FC1_WEIGHT), pooled, hiddenPlanes);
        Arrays.setAll(hidden, i -> Math.max(hidden[i], 0));
        int kernels = convolution.layer().kernels();
        double[] logits = product(of(convolution, DYConv2dConfig.FC2_WEIGHT), hidden, kernels);
        double sum = 0;
        for (int k = 0; k < kernels; k++) {
            logits[k] = Math.exp((logits[k] + of(convolution, DYConv2dConfig.FC2_BIAS)[k]) / temperature);
            sum += logits[k];
        }
        for (int k = 0; k < kernels; k++) {
            logits[k] /= sum;
        }
        return logits;
    }

    private static double[] product(double[] matrix, double[] vector, int rows) {
        double[] result = new double[rows];
        for (int i = 0; i < rows * vector.length; i++) {
            result[i / vector.length] += matrix[i] * vector[i % vector.length];
        }
        return result;
    }
}
