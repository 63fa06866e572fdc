package io.github.dyconv.tornado;

import io.github.dyconv.Gradients;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * The backward pass of a layer, in two parts that go into graphs of their own: the parameters' gradients, and then, where
 * somebody needs it, the input's. That is a convolution of the output's gradient, in which what the attention adds takes the
 * place of the bias.
 */
final class GradientTasks {
    private final String name;
    private final ForwardProblem problem;
    private final LayerAttention attention;
    private final AttentionGradient attentionGradient;
    private final FilterGradientTasks filter;
    private final SpreadShape spreadShape;
    private final FloatArray spread;
    private final ConvolutionTasks convolution;
    private final FloatArray means;
    private final FloatArray bias;

    /**
     * Makes its arrays.
     *
     * @param name what the names of tasks begin with
     * @param filter how to compute the bank's gradient
     * @param spreadShape how the convolution wants the output's gradient
     * @param convolution how to make it, given its biases {@code [N, C]}
     * @throws IllegalArgumentException if an array would be too large
     */
    GradientTasks(
            String name,
            ForwardProblem problem,
            LayerParameters parameters,
            LayerAttention attention,
            FilterGradientTasks filter,
            SpreadShape spreadShape,
            Function<FloatArray, ConvolutionTasks> convolution) {
        this.name = name;
        this.problem = problem;
        this.attention = attention;
        this.filter = filter;
        this.spreadShape = spreadShape;
        attentionGradient = new AttentionGradient(name, problem, parameters, attention);
        spread = spreadShape.isIdentity()
                ? FloatArrays.zeros(1)
                : FloatArrays.zeros(
                        "output's gradient, spread",
                        spreadShape.planes(),
                        (long) spreadShape.spreadHeight() * spreadShape.spreadWidth());
        this.convolution = convolution.apply(attentionGradient.planes());
        means = FloatArrays.zeros(
                "means of the output's gradient",
                problem.batch(),
                problem.geometry().outPlanes());
        bias = FloatArrays.zeros(parameters.biasBank().getSize());
    }

    /** How it computes, in one line for people. */
    AlgorithmChoice algorithm() {
        return new AlgorithmChoice("filter gradient: " + filter.term(), true, "of the same schedule");
    }

    /** What of the forward pass both parts need, given its input: for the graph that runs it to leave on the device. */
    List<FloatArray> kept(FloatArray in) {
        List<FloatArray> arrays = new ArrayList<>(filter.kept(in));
        arrays.addAll(attention.arrays());
        return List.copyOf(arrays);
    }

    /** What the second part needs of the first besides that, given the output's gradient. */
    List<FloatArray> shared(FloatArray outGradient) {
        return problem.dynamic() ? List.of(outGradient, attentionGradient.planes()) : List.of(outGradient);
    }

    /** The gradients of the parameters that the first part computes. */
    List<FloatArray> gradients() {
        List<FloatArray> arrays = new ArrayList<>(List.of(filter.gradient()));
        if (problem.geometry().bias()) {
            arrays.add(bias);
        }
        if (problem.dynamic()) {
            arrays.addAll(List.of(attentionGradient.fc1(), attentionGradient.fc2(), attentionGradient.fc2Bias()));
        }
        return List.copyOf(arrays);
    }

    /** Copies them from the host's arrays; of a plain convolution, those of the attention's parameters are zeros. */
    void copyTo(Gradients to) {
        copy(filter.gradient(), to.weight());
        to.bias().ifPresent(tensor -> copy(bias, tensor));
        copy(attentionGradient.fc1(), to.fc1Weight());
        copy(attentionGradient.fc2(), to.fc2Weight());
        copy(attentionGradient.fc2Bias(), to.fc2Bias());
    }

    private static void copy(FloatArray from, Tensor to) {
        to.segment().copyFrom(from.getSegment());
    }

    /** The arrays that the tasks write and read, and that never leave the device. */
    List<TornadoNativeArray> deviceOnly() {
        List<TornadoNativeArray> arrays = new ArrayList<>(List.of(spread, means));
        arrays.addAll(filter.deviceOnly());
        arrays.addAll(attentionGradient.deviceOnly());
        arrays.addAll(convolution.deviceOnly());
        return List.copyOf(arrays);
    }

    /**
     * Adds the first part.
     *
     * @param graph where to
     * @param in the layer's input {@code [N, C, H, W]}
     * @param outGradient {@code [N, O, H', W']}
     */
    void appendParameterGradients(TaskGraph graph, FloatArray in, FloatArray outGradient) {
        if (!problem.dynamic()) {
            graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, attention.weights());
        }
        filter.appendTo(graph, in, attention.weights(), outGradient, means);
        if (problem.geometry().bias()) {
            appendBiasGradient(graph);
        }
        if (problem.dynamic()) {
            attentionGradient.appendTo(graph, filter.partial(), means);
        }
    }

    private void appendBiasGradient(TaskGraph graph) {
        graph.task(
                name + "BiasGradient",
                AttentionGradientKernels::outerProducts,
                attention.weights(),
                means,
                bias,
                problem.batch(),
                problem.config().kernels(),
                problem.geometry().outPlanes(),
                problem.outHeight() * problem.outWidth());
    }

    /**
     * Adds the second part.
     *
     * @param graph where to
     * @param outGradient {@code [N, O, H', W']}
     * @param inGradient {@code [N, C, H, W]}
     */
    void appendInputGradient(TaskGraph graph, FloatArray outGradient, FloatArray inGradient) {
        if (!problem.dynamic()) {
            graph.transferToDevice(DataTransferMode.FIRST_EXECUTION, attention.weights(), attentionGradient.planes());
        }
        if (!spreadShape.isIdentity()) {
            graph.task(name + "Spread", SpreadKernels::spread, outGradient, spread, spreadShape);
        }
        convolution.appendTo(graph, spreadShape.isIdentity() ? outGradient : spread, attention.weights(), inGradient);
    }

    /** What the plan does for the first part. */
    GraphPart parameterPart() {
        return part(filter::addGrids);
    }

    /** What the plan does for the second part. */
    GraphPart inputPart() {
        return part(convolution::addGrids);
    }

    private static GraphPart part(BiConsumer<GridScheduler, String> adding) {
        return new GraphPart() {
            @Override
            void addGrids(GridScheduler grids, String graph) {
                adding.accept(grids, graph);
            }
        };
    }
}
