package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** {@link ConvolutionKernels#direct}. */
final class DirectConvolution extends SeparateConvolution {
    DirectConvolution(String name, ConvolutionShape shape, int kernels, LayerParameters parameters, FloatArray biases) {
        super(name, shape, kernels, weightBank(shape, kernels, parameters), true, biases);
    }

    private static FloatArray weightBank(ConvolutionShape shape, int kernels, LayerParameters parameters) {
        if (shape.exchanged() == 0) {
            return parameters.weightBank();
        }
        return parameters.weightBank(new BankLayout(
                parameters.weightBank().getSize(),
                (graph, task, bank, packed) ->
                        graph.task(task, PackingKernels::packPlain, bank, packed, kernels, shape)));
    }

    @Override
    void appendConvolution(
            TaskGraph graph,
            FloatArray in,
            FloatArray attention,
            FloatArray aggregatedWeight,
            FloatArray aggregatedBias,
            FloatArray out) {
        graph.task(name + "Convolve", ConvolutionKernels::direct, in, aggregatedWeight, aggregatedBias, out, shape);
    }

    @Override
    public void addGrids(GridScheduler grids, String graph) {}
}
