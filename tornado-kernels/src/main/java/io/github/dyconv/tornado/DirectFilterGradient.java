package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** {@link FilterGradientKernels#direct}. */
final class DirectFilterGradient implements FilterGradientTasks {
    private final String name;
    private final FilterBlocks blocks;
    private final FloatArray bank;
    private final FloatArray gradient;
    private final FloatArray partial;

    DirectFilterGradient(String name, ForwardProblem problem, LayerParameters parameters) {
        int kernels = problem.config().kernels();
        this.name = name;
        blocks = FilterBlocks.of(ConvolutionShape.of(problem), kernels);
        bank = parameters.weightBank();
        gradient = FloatArrays.zeros(bank.getSize());
        partial = FloatArrays.zeros(
                "parts of the attention's gradient", (long) problem.batch() * kernels, blocks.items());
    }

    @Override
    public String term() {
        return "flat";
    }

    @Override
    public List<FloatArray> kept(FloatArray in) {
        return List.of(in);
    }

    @Override
    public FloatArray gradient() {
        return gradient;
    }

    @Override
    public FloatArray partial() {
        return partial;
    }

    @Override
    public List<FloatArray> deviceOnly() {
        return List.of(partial);
    }

    @Override
    public void appendTo(
            TaskGraph graph, FloatArray in, FloatArray attention, FloatArray outGradient, FloatArray means) {
        ConvolutionShape s = blocks.convolution();
        graph.task(
                        name + "OutputMeans",
                        PoolKernels::average,
                        outGradient,
                        means,
                        new PlaneShape(s.batch() * s.outPlanes(), s.outHeight() * s.outWidth()))
                .task(
                        name + "FilterGradient",
                        FilterGradientKernels::direct,
                        in,
                        outGradient,
                        attention,
                        bank,
                        gradient,
                        partial,
                        blocks);
    }

    @Override
    public void addGrids(GridScheduler grids, String graph) {}
}
