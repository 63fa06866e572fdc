package io.github.dyconv.tornado;

import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** {@link VectorConvolutionKernels}: aggregation and convolution in one task, of an input that is padded already. */
final class VectorConvolution implements ConvolutionTasks {
    private final String name;
    private final PanelShape shape;
    private final KernelContext context = new KernelContext();
    private final FloatArray weightBank;
    private final FloatArray biases;
    private final FloatArray weight;
    private final FloatArray sums;

    VectorConvolution(String name, PanelShape shape, LayerParameters parameters, FloatArray biases) {
        this.name = name;
        this.shape = shape;
        this.biases = biases;
        weightBank = parameters.weightBank(shape.layout());
        weight = FloatArrays.zeros("aggregated weight, a chunk for each work-item", shape.items(), shape.chunkLength());
        sums = FloatArrays.zeros("sums of each work-item", shape.items(), shape.sumsLength());
    }

    /** The kernels by panels. */
    FloatArray weightBank() {
        return weightBank;
    }

    @Override
    public List<TornadoNativeArray> deviceOnly() {
        return List.of(weight, sums);
    }

    @Override
    public void appendTo(TaskGraph graph, FloatArray in, FloatArray attention, FloatArray out) {
        graph.task(
                name + "Convolve",
                VectorConvolutionKernels::aggregateAndConvolve,
                context,
                in,
                attention,
                weightBank,
                biases,
                weight,
                sums,
                out,
                shape);
    }

    @Override
    public void addGrids(GridScheduler grids, String graph) {
        grids.addWorkerGrid(graph + "." + name + "Convolve", WorkerGrids.oneItemPerGroup(shape.items()));
    }
}
