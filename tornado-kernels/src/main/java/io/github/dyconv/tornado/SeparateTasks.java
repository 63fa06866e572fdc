package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.List;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * One task for each step of the definition, on plain layouts: pool, attention, aggregation of weights and of
 * biases, convolution. A schedule adds how to compute the attention and how to convolve.
 */
abstract class SeparateTasks implements LayerTasks {
    final String name;
    final ForwardProblem problem;
    private final Convolutions convolutions;
    private final LayerParameters parameters;
    private final LayerAttention attention;
    private final ConvolutionTasks convolution;

    SeparateTasks(String name, ForwardProblem problem, Convolutions convolutions) {
        this.name = name;
        this.problem = problem;
        this.convolutions = convolutions;
        parameters = new LayerParameters(problem);
        attention = new LayerAttention(problem, parameters);
        convolution = convolutions.of(
                name, ConvolutionShape.of(problem), problem.config().kernels(), parameters, parameters.biasBank());
    }

    /** Adds the tasks that compute the attention from the input. */
    abstract void appendAttention(TaskGraph graph, FloatArray in);

    /** Adds the grids of those that need one. */
    abstract void addAttentionGrids(GridScheduler grids, String graph);

    @Override
    public final LayerParameters parameters() {
        return parameters;
    }

    @Override
    public final LayerAttention attention() {
        return attention;
    }

    @Override
    public final List<TornadoNativeArray> deviceOnly() {
        return Stream.<TornadoNativeArray>concat(attention.arrays().stream(), convolution.deviceOnly().stream())
                .toList();
    }

    @Override
    public final void appendTo(TaskGraph graph, FloatArray in, FloatArray out) {
        if (problem.dynamic()) {
            appendAttention(graph, in);
        } else {
            attention.appendOnes(graph);
        }
        convolution.appendTo(graph, in, attention.weights(), out);
    }

    @Override
    public final void addGrids(GridScheduler grids, String graph) {
        if (problem.dynamic()) {
            addAttentionGrids(grids, graph);
        }
        convolution.addGrids(grids, graph);
    }

    @Override
    public final GradientTasks newGradients() {
        FilterGradientTasks filter = new DirectFilterGradient(name, problem, parameters);
        ConvolutionShape exchanged = ConvolutionShape.exchanged(problem);
        return new GradientTasks(
                name,
                problem,
                parameters,
                attention,
                filter,
                SpreadShape.unpadded(problem, exchanged),
                planes -> convolutions.of(
                        name + "Input", exchanged, problem.config().kernels(), parameters, planes));
    }
}
