package io.github.dyconv.tornado;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.spi.ForwardProblem;
import java.util.List;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * One task for each step of the definition, on plain layouts: pool, attention, aggregation of weights and of
 * biases, convolution. A schedule adds how to pool and how to convolve.
 */
abstract class SeparateTasks implements LayerTasks {
    final String name;
    final ForwardProblem problem;
    final ConvolutionShape shape;
    private final LayerParameters parameters;
    private final int weightLength;
    private final FloatArray pooled;
    private final FloatArray hidden;
    private final FloatArray attention;
    private final FloatArray weight;
    private final FloatArray bias;

    /** Tasks on plain layouts. */
    SeparateTasks(String name, ForwardProblem problem) {
        this(name, problem, plainWeights(problem));
    }

    /** Tasks whose convolution takes the kernels in a layout of its own. */
    SeparateTasks(String name, ForwardProblem problem, BankLayout weights) {
        Conv2dGeometry geometry = problem.geometry();
        int batch = problem.batch();
        int kernels = problem.config().kernels();
        this.name = name;
        this.problem = problem;
        weightLength = weights.size() / kernels;
        shape = ConvolutionShape.of(problem);
        parameters = new LayerParameters(problem, weights, BankLayout.plain("bias", kernels, geometry.outPlanes()));
        pooled = FloatArrays.zeros("pooled input", batch, geometry.inPlanes());
        hidden = FloatArrays.zeros("hidden", batch, problem.config().hiddenPlanes());
        attention = FloatArrays.zeros("attention", batch, kernels);
        if (problem.dynamic()) {
            weight = FloatArrays.zeros("aggregated weight, one kernel for each sample", batch, weightLength);
            bias = FloatArrays.zeros("aggregated bias", batch, geometry.outPlanes());
        } else {
            attention.init(1);
            weight = parameters.weightBank();
            bias = parameters.biasBank();
        }
    }

    private static BankLayout plainWeights(ForwardProblem problem) {
        Conv2dGeometry geometry = problem.geometry();
        int length = geometry.outPlanes() * geometry.inPlanesPerGroup() * geometry.taps();
        return BankLayout.plain("weight", problem.config().kernels(), length);
    }

    /** Adds a task that writes the mean of each input plane, {@code [N, C]}. */
    abstract void appendPool(TaskGraph graph, FloatArray in, FloatArray pooled);

    /** Adds a task that convolves with the weights, one kernel for each sample in its layout, and biases {@code [N, O]}. */
    abstract void appendConvolution(TaskGraph graph, FloatArray in, FloatArray weight, FloatArray bias, FloatArray out);

    @Override
    public final LayerParameters parameters() {
        return parameters;
    }

    @Override
    public final FloatArray attention() {
        return attention;
    }

    @Override
    public List<FloatArray> deviceOnly() {
        return problem.dynamic()
                ? Stream.of(pooled, hidden, attention, weight, bias).toList()
                : List.of();
    }

    @Override
    public final void appendTo(TaskGraph graph, FloatArray in, FloatArray out) {
        if (problem.dynamic()) {
            appendPool(graph, in, pooled);
            parameters.appendAttention(graph, name, problem, pooled, hidden, attention);
            appendAggregation(graph);
        }
        appendConvolution(graph, in, weight, bias, out);
    }

    private void appendAggregation(TaskGraph graph) {
        int batch = problem.batch();
        int kernels = problem.config().kernels();
        graph.task(
                        name + "AggregateWeight",
                        AggregationKernels::aggregate,
                        attention,
                        parameters.weightBank(),
                        weight,
                        batch,
                        kernels,
                        weightLength)
                .task(
                        name + "AggregateBias",
                        AggregationKernels::aggregate,
                        attention,
                        parameters.biasBank(),
                        bias,
                        batch,
                        kernels,
                        problem.geometry().outPlanes());
    }
}
