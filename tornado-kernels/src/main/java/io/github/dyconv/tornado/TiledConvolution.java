package io.github.dyconv.tornado;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** {@link ImplicitGemmKernels}. */
final class TiledConvolution extends SeparateConvolution {
    private final KernelContext context = new KernelContext();
    private final ConvolutionTile tile;
    private final Optional<FloatArray> partialSums;

    TiledConvolution(String name, ConvolutionTile tile, int kernels, LayerParameters parameters, FloatArray biases) {
        super(name, tile.shape(), kernels, parameters.weightBank(tile.layout(kernels)), tile.bank() == 0, biases);
        this.tile = tile;
        int outputs = shape.batch() * shape.outPlanes() * shape.outHeight() * shape.outWidth();
        partialSums = tile.splits() == 1
                ? Optional.empty()
                : Optional.of(FloatArrays.zeros("partial sums", tile.splits(), outputs));
    }

    @Override
    public List<TornadoNativeArray> deviceOnly() {
        return Stream.<TornadoNativeArray>concat(super.deviceOnly().stream(), partialSums.stream())
                .toList();
    }

    @Override
    void appendConvolution(
            TaskGraph graph,
            FloatArray in,
            FloatArray attention,
            FloatArray weight,
            FloatArray aggregatedBias,
            FloatArray out) {
        FloatArray to = partialSums.orElse(out);
        graph.task(
                name + "Convolve",
                ImplicitGemmKernels::implicitGemm,
                context,
                in,
                weight,
                attention,
                aggregatedBias,
                to,
                tile);
        partialSums.ifPresent(sums ->
                graph.task(name + "SumSplits", ImplicitGemmKernels::sumSplits, sums, aggregatedBias, out, tile));
    }

    @Override
    public void addGrids(GridScheduler grids, String graph) {
        grids.addWorkerGrid(graph + "." + name + "Convolve", WorkerGrids.implicitGemm(tile));
    }
}
