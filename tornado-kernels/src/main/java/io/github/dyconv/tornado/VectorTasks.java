package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** A layer as {@link VectorSchedule} runs it. */
final class VectorTasks implements LayerTasks {
    private static final String POOL = "Pool";

    private final String name;
    private final ForwardProblem problem;
    private final int computeUnits;
    private final Function<ConvolutionShape, PanelShape> panels;
    private final PanelShape shape;
    private final boolean whole;
    private final LayerParameters parameters;
    private final LayerAttention attention;
    private final FloatArray weightBank;
    private final FloatArray padded;
    private final ConvolutionTasks convolution;
    private final boolean bySample;

    /**
     * Makes the layer's arrays.
     *
     * @param name what the names of tasks begin with
     * @param computeUnits of the device
     * @param panels how to divide its convolutions
     * @throws IllegalArgumentException if one would be too large
     */
    VectorTasks(String name, ForwardProblem problem, int computeUnits, Function<ConvolutionShape, PanelShape> panels) {
        this.name = name;
        this.problem = problem;
        this.computeUnits = computeUnits;
        this.panels = panels;
        shape = panels.apply(ConvolutionShape.of(problem));
        whole = ForwardShape.whole(problem, shape, computeUnits);
        bySample = !whole && LayerAttention.bySample(problem, computeUnits);
        ForwardShape layer = ForwardShape.layer(problem, shape, computeUnits);
        int copies = whole ? layer.items() : 1;
        parameters = new LayerParameters(problem);
        attention = new LayerAttention(problem, parameters, copies);
        weightBank = parameters.weightBank(shape.layout());
        padded = whole || !shape.unpadded() ? shape.padded(copies) : FloatArrays.zeros(1);
        convolution = whole
                ? VectorConvolution.layer(name, layer, parameters, attention, weightBank, padded)
                : VectorConvolution.convolution(name, shape, parameters, attention, weightBank, parameters.biasBank());
    }

    @Override
    public LayerParameters parameters() {
        return parameters;
    }

    @Override
    public LayerAttention attention() {
        return attention;
    }

    @Override
    public List<TornadoNativeArray> deviceOnly() {
        List<TornadoNativeArray> arrays = new ArrayList<>(attention.arrays());
        arrays.add(padded);
        arrays.addAll(convolution.deviceOnly());
        return List.copyOf(arrays);
    }

    @Override
    public void appendTo(TaskGraph graph, FloatArray in, FloatArray out) {
        if (!whole) {
            appendAttention(graph, in);
        }
        convolution.appendTo(graph, whole || shape.unpadded() ? in : padded, attention.weights(), out);
    }

    private void appendAttention(TaskGraph graph, FloatArray in) {
        if (bySample && shape.unpadded()) {
            attention.appendBySampleTo(graph, name, in);
        } else if (bySample) {
            attention.appendBySampleTo(graph, name, in, padded, shape);
        } else {
            appendPool(graph, in);
            if (problem.dynamic()) {
                attention.appendTo(graph, name);
            } else {
                attention.appendOnes(graph);
            }
        }
    }

    private void appendPool(TaskGraph graph, FloatArray in) {
        FloatArray pooled = attention.pooled();
        if (!shape.unpadded()) {
            graph.task(name + POOL, PoolKernels::averageAndPad, in, pooled, padded, shape);
        } else if (problem.dynamic()) {
            PlaneShape planeShape = new PlaneShape(planes(), problem.height() * problem.width());
            graph.task(name + POOL, PoolKernels::averageOfVectors, in, pooled, planeShape);
        }
    }

    @Override
    public void addGrids(GridScheduler grids, String graph) {
        if (!whole) {
            addAttentionGrids(grids, graph);
        }
        convolution.addGrids(grids, graph);
    }

    private void addAttentionGrids(GridScheduler grids, String graph) {
        if (!bySample && (problem.dynamic() || !shape.unpadded())) {
            grids.addWorkerGrid(graph + "." + name + POOL, WorkerGrids.shared(planes(), computeUnits));
        }
        if (problem.dynamic()) {
            attention.addGrid(grids, graph, name, computeUnits);
        }
    }

    private int planes() {
        return problem.batch() * problem.geometry().inPlanes();
    }

    @Override
    public GradientTasks newGradients() {
        PanelShape exchanged = panels.apply(ConvolutionShape.exchanged(problem));
        return new GradientTasks(
                name,
                problem,
                parameters,
                attention,
                new VectorFilterGradient(name, shape, weightBank, padded),
                SpreadShape.padded(problem, exchanged),
                planes -> VectorConvolution.convolution(
                        name + "Input",
                        exchanged,
                        parameters,
                        attention,
                        parameters.weightBank(exchanged.layout()),
                        planes));
    }
}
