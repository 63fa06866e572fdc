package io.github.dyconv.tornado;

import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** {@link HalfKernels}, for a layer's input only: training is in FP32. */
final class HalfConvolution implements ConvolutionTasks {
    private final KernelContext context = new KernelContext();
    private final String name;
    private final HalfTile tile;
    private final int kernels;
    private final int aggregations;
    private final FloatArray weightBank;
    private final FloatArray biases;
    private final HalfFloatArray weight;
    private final FloatArray bias;
    private final FloatArray sums;

    /**
     * Makes its arrays.
     *
     * @param name what the names of tasks begin with
     * @param kernels K
     * @param biases {@code [K, O]}
     * @throws IllegalArgumentException if an array would be too large
     */
    HalfConvolution(String name, HalfTile tile, int kernels, LayerParameters parameters, FloatArray biases) {
        this.name = name;
        this.tile = tile;
        this.kernels = kernels;
        this.biases = biases;
        ConvolutionShape shape = tile.shape();
        aggregations = shape.kernelsPerSample() == 1 ? shape.batch() : 1;
        weightBank = parameters.weightBank(tile.layout(kernels));
        weight = new HalfFloatArray(
                FloatArrays.size("aggregated weight, one kernel for each sample", aggregations, tile.kernelLength()));
        bias = FloatArrays.zeros("aggregated bias", aggregations, shape.outPlanes());
        sums = FloatArrays.zeros("sums", (long) tile.splits() * tile.sumRows(), tile.sumColumns());
    }

    @Override
    public List<TornadoNativeArray> deviceOnly() {
        return List.of(weight, bias, sums);
    }

    @Override
    public void appendTo(TaskGraph graph, FloatArray in, FloatArray attention, FloatArray out) {
        graph.task(
                name + "AggregateWeight",
                AggregationKernels::aggregateToHalf,
                attention,
                weightBank,
                weight,
                AggregationShape.of(aggregations, kernels, tile.kernelLength()));
        graph.task(
                name + "AggregateBias",
                AggregationKernels::aggregate,
                attention,
                biases,
                bias,
                AggregationShape.of(aggregations, kernels, tile.shape().outPlanes()));
        graph.task(name + "Convolve", HalfKernels::multiply, context, in, weight, sums, tile);
        graph.task(name + "AddUp", HalfKernels::addUp, sums, bias, out, tile);
    }

    @Override
    public void addGrids(GridScheduler grids, String graph) {
        grids.addWorkerGrid(graph + "." + name + "Convolve", WorkerGrids.tensorCores(tile));
    }
}
