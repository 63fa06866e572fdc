package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.List;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The backward pass of {@link LayerAttention} as tasks, the same for all schedules. */
final class AttentionGradient {
    private final String name;
    private final ForwardProblem problem;
    private final LayerParameters parameters;
    private final LayerAttention attention;
    private final FloatArray weights;
    private final FloatArray logits;
    private final FloatArray hidden;
    private final FloatArray planes;
    private final FloatArray fc1;
    private final FloatArray fc2;
    private final FloatArray fc2Bias;

    AttentionGradient(String name, ForwardProblem problem, LayerParameters parameters, LayerAttention attention) {
        this.name = name;
        this.problem = problem;
        this.parameters = parameters;
        this.attention = attention;
        weights = FloatArrays.zeros(attention.weights().getSize());
        logits = FloatArrays.zeros(attention.weights().getSize());
        hidden = FloatArrays.zeros("hidden", problem.batch(), problem.config().hiddenPlanes());
        planes = FloatArrays.zeros(
                "pooled input", problem.batch(), problem.geometry().inPlanes());
        fc1 = FloatArrays.zeros(parameters.fc1().getSize());
        fc2 = FloatArrays.zeros(parameters.fc2().getSize());
        fc2Bias = FloatArrays.zeros(parameters.fc2Bias().getSize());
    }

    /** What the attention adds to the gradient of each pixel of an input plane, {@code [N, C]}; of a plain convolution, zeros. */
    FloatArray planes() {
        return planes;
    }

    /** Gradient of the first layer's weights, {@code [hidden, C]}. */
    FloatArray fc1() {
        return fc1;
    }

    /** Gradient of the second layer's weights, {@code [K, hidden]}. */
    FloatArray fc2() {
        return fc2;
    }

    /** Gradient of the second layer's bias, {@code [K]}. */
    FloatArray fc2Bias() {
        return fc2Bias;
    }

    /** The arrays that the tasks write and read, without the gradients, and that never leave the device. */
    List<FloatArray> deviceOnly() {
        return List.of(weights, logits, hidden, planes);
    }

    /**
     * Adds the tasks.
     *
     * @param graph where to
     * @param partial scalar products of each sample's gradient with each kernel, {@code [N, K, parts]}
     * @param means of the output's gradient, {@code [N, O]}; not read for a layer without bias
     */
    void appendTo(TaskGraph graph, FloatArray partial, FloatArray means) {
        int batch = problem.batch();
        int inPlanes = problem.geometry().inPlanes();
        int hiddenPlanes = problem.config().hiddenPlanes();
        int kernels = problem.config().kernels();
        int sums = weights.getSize();
        graph.task(
                name + "SumParts",
                AttentionGradientKernels::sumParts,
                partial,
                weights,
                sums,
                partial.getSize() / sums);
        if (problem.geometry().bias()) {
            graph.task(
                    name + "AddBiases",
                    AttentionGradientKernels::addBiases,
                    means,
                    parameters.biasBank(),
                    weights,
                    batch,
                    kernels,
                    problem.geometry().outPlanes(),
                    problem.outHeight() * problem.outWidth());
        }
        graph.task(
                        name + "SoftmaxGradient",
                        AttentionGradientKernels::softmaxAndHidden,
                        attention.weights(),
                        weights,
                        parameters.fc2(),
                        parameters.temperature(),
                        attention.hidden(),
                        logits,
                        hidden,
                        batch,
                        hiddenPlanes,
                        kernels)
                .task(
                        name + "Planes",
                        AttentionGradientKernels::planes,
                        hidden,
                        parameters.fc1(),
                        planes,
                        batch,
                        hiddenPlanes,
                        inPlanes,
                        problem.height() * problem.width())
                .task(
                        name + "Fc1Gradient",
                        AttentionGradientKernels::outerProducts,
                        hidden,
                        attention.pooled(),
                        fc1,
                        batch,
                        hiddenPlanes,
                        inPlanes,
                        1)
                .task(
                        name + "Fc2Gradient",
                        AttentionGradientKernels::outerProducts,
                        logits,
                        attention.hidden(),
                        fc2,
                        batch,
                        kernels,
                        hiddenPlanes,
                        1)
                .task(name + "Fc2BiasGradient", AttentionGradientKernels::sumSamples, logits, fc2Bias, batch, kernels);
    }
}
