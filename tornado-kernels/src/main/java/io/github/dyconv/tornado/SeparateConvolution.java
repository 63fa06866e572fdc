package io.github.dyconv.tornado;

import java.util.List;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * One task for the aggregation of the weights, unless the convolution does that, one for that of the biases, then the
 * convolution.
 */
abstract class SeparateConvolution implements ConvolutionTasks {
    final String name;
    final ConvolutionShape shape;
    private final int kernels;
    private final int weightLength;
    private final FloatArray weightBank;
    private final FloatArray biases;
    private final FloatArray weight;
    private final FloatArray bias;

    /**
     * Makes its arrays.
     *
     * @param name what the names of tasks begin with
     * @param kernels K
     * @param weightBank the kernels, each in the layout of the convolution
     * @param aggregatesBefore whether a sample's kernel is aggregated for the convolution
     * @param biases {@code [K, O]}, or, of an exchanged shape, {@code [N, O]}
     */
    SeparateConvolution(
            String name,
            ConvolutionShape shape,
            int kernels,
            FloatArray weightBank,
            boolean aggregatesBefore,
            FloatArray biases) {
        this.name = name;
        this.shape = shape;
        this.kernels = kernels;
        this.weightBank = weightBank;
        this.biases = biases;
        weightLength = weightBank.getSize() / kernels;
        boolean dynamic = shape.kernelsPerSample() == 1;
        weight = dynamic && aggregatesBefore
                ? FloatArrays.zeros("aggregated weight, one kernel for each sample", shape.batch(), weightLength)
                : weightBank;
        bias = dynamic && shape.exchanged() == 0
                ? FloatArrays.zeros("aggregated bias", shape.batch(), shape.outPlanes())
                : biases;
    }

    /**
     * Adds the convolution.
     *
     * @param graph where to
     * @param in {@code [N, C, H, W]}
     * @param attention {@code [N, K]}
     * @param weight one kernel for each sample in the convolution's layout, or, unless these were aggregated before, the bank
     * @param aggregatedBias {@code [N, O]}
     * @param out {@code [N, O, H', W']}
     */
    abstract void appendConvolution(
            TaskGraph graph,
            FloatArray in,
            FloatArray attention,
            FloatArray weight,
            FloatArray aggregatedBias,
            FloatArray out);

    @Override
    public List<TornadoNativeArray> deviceOnly() {
        return Stream.<TornadoNativeArray>of(weight, bias)
                .filter(array -> array != weightBank && array != biases)
                .toList();
    }

    @Override
    public final void appendTo(TaskGraph graph, FloatArray in, FloatArray attention, FloatArray out) {
        if (weight != weightBank) {
            appendAggregation(graph, "AggregateWeight", attention, weightBank, weight, weightLength);
        }
        if (bias != biases) {
            appendAggregation(graph, "AggregateBias", attention, biases, bias, shape.outPlanes());
        }
        appendConvolution(graph, in, attention, weight, bias, out);
    }

    private void appendAggregation(
            TaskGraph graph, String task, FloatArray attention, FloatArray bank, FloatArray sums, int length) {
        AggregationShape sizes = AggregationShape.of(shape.batch(), kernels, length);
        graph.task(name + task, AggregationKernels::aggregate, attention, bank, sums, sizes);
    }
}
