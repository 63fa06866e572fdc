package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.Optional;
import java.util.stream.LongStream;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** {@link ConvolutionKernels#direct}. */
final class DirectConvolution extends SeparateConvolution {
    /** Planes of a group, if this divides their number; else the largest divisor below it. TornadoVM may take more. */
    private static final int PLANES_OF_GROUP = 4;

    DirectConvolution(String name, ConvolutionShape shape, int kernels, LayerParameters parameters, FloatArray biases) {
        super(name, shape, kernels, weightBank(shape, kernels, parameters), true, biases);
    }

    /**
     * Why a device can't launch the loops, in one plain line, or empty if it can. Planes are along the third dimension of a grid,
     * where CUDA takes {@value WorkerGrids#MOST_GROUPS_ALONG_Z} groups. TornadoVM's PTX back end launches no more, and the
     * work-items go on with the planes that are left; its CUDA back end tries, and goes on without the results.
     */
    static Optional<String> unsupported(TornadoDevice device, ForwardProblem problem) {
        if (!device.getTornadoVMBackend().name().equals("CUDA")) {
            return Optional.empty();
        }
        return LongStream.of(problem.geometry().outPlanes(), problem.geometry().inPlanes()) // forward, and backward
                .map(planes -> planes * problem.batch())
                .filter(planes -> groups(planes) > WorkerGrids.MOST_GROUPS_ALONG_Z)
                .mapToObj(planes ->
                        "batch times planes is " + planes + ", a launch of TornadoVM's CUDA back end takes at most "
                                + WorkerGrids.MOST_GROUPS_ALONG_Z + " groups of them")
                .findFirst();
    }

    private static long groups(long planes) {
        int each = PLANES_OF_GROUP;
        while (planes % each != 0) {
            each--;
        }
        return planes / each;
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
