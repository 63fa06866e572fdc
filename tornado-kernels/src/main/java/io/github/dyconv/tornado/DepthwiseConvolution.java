package io.github.dyconv.tornado;

import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** {@link DepthwiseKernels}: aggregation and convolution in one task, of an input as it stands. */
final class DepthwiseConvolution implements ConvolutionTasks {
    private final String name;
    private final DepthwiseShape shape;
    private final KernelContext context = new KernelContext();
    private final FloatArray weightBank;
    private final FloatArray biases;
    private final FloatArray weight;
    private final FloatArray inputs;
    private final FloatArray sums;

    DepthwiseConvolution(String name, DepthwiseShape shape, LayerParameters parameters, FloatArray biases) {
        this.name = name;
        this.shape = shape;
        this.biases = biases;
        weightBank = parameters.weightBank(shape.layout());
        weight = vectors("aggregated weight of each work-item", shape.aggregated());
        inputs = vectors("inputs of each work-item", shape.inputs());
        sums = vectors("sums of each work-item", shape.columns());
    }

    private FloatArray vectors(String what, int perItem) {
        return FloatArrays.zeros(what, shape.items(), (long) perItem * DepthwiseShape.LANES);
    }

    @Override
    public List<TornadoNativeArray> deviceOnly() {
        return List.of(weight, inputs, sums);
    }

    @Override
    public void appendTo(TaskGraph graph, FloatArray in, FloatArray attention, FloatArray out) {
        graph.task(
                name + "Convolve",
                DepthwiseKernels::aggregateAndConvolve,
                context,
                in,
                attention,
                weightBank,
                biases,
                weight,
                inputs,
                sums,
                out,
                shape);
    }

    @Override
    public void addGrids(GridScheduler grids, String graph) {
        grids.addWorkerGrid(graph + "." + name + "Convolve", WorkerGrids.oneItemPerGroup(shape.items()));
    }
}
