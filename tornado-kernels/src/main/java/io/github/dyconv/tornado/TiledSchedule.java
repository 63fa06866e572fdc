package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.Optional;
import java.util.OptionalInt;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Work-groups with local memory: {@link PoolKernels#averageByGroup}, {@link AttentionKernels#attentionByGroup} and {@link
 * ImplicitGemmKernels#implicitGemm}.
 *
 * @param computeUnits for how many to cut the convolution, or empty for as many as the device has
 */
record TiledSchedule(OptionalInt computeUnits) implements Schedule {
    /** CUDA's limit for a grid's third dimension. */
    private static final int MOST_GROUPS_ALONG_Z = 65_535;

    /** With fewer output channels per group, most of a tile would compute nothing. */
    private static final int FEWEST_CHANNELS = ImplicitGemmKernels.ROWS / 2;

    private static final int LARGEST_GROUP =
            Math.max(AttentionKernels.GROUP, Math.max(PoolKernels.GROUP, ImplicitGemmKernels.GROUP));

    @Override
    public String term() {
        return "tiled";
    }

    @Override
    public Optional<String> unsupported(TornadoDevice device, ForwardProblem problem) {
        long localBytes = (long) ImplicitGemmKernels.LOCAL * Float.BYTES;
        if (device.getDeviceLocalMemorySize() < localBytes) {
            return Optional.of("needs " + localBytes + " bytes of local memory, the device has "
                    + device.getDeviceLocalMemorySize());
        }
        long largestGroup = Schedule.largestGroup(device);
        if (largestGroup < LARGEST_GROUP) {
            return Optional.of("needs work-groups of " + LARGEST_GROUP + ", the device takes at most " + largestGroup);
        }
        long groups = (long) problem.batch() * problem.geometry().groups();
        if (groups > MOST_GROUPS_ALONG_Z) {
            return Optional.of("batch times groups is " + groups + ", a launch takes at most " + MOST_GROUPS_ALONG_Z);
        }
        return (long) problem.batch() * problem.geometry().inPlanes() * PoolKernels.GROUP > Integer.MAX_VALUE
                ? Optional.of("too many input planes for one launch")
                : Optional.empty();
    }

    @Override
    public Optional<String> unsuitable(TornadoDevice device, ForwardProblem problem) {
        if (device.getDeviceType() != TornadoDeviceType.GPU) {
            return Optional.of("local memory and barriers cost more than they bring on a " + device.getDeviceType());
        }
        int outPlanes = problem.geometry().outPlanesPerGroup();
        return outPlanes < FEWEST_CHANNELS
                ? Optional.of("only " + outPlanes + " output channels per group, most of a tile would be idle")
                : Optional.empty();
    }

    @Override
    public LayerTasks layOut(String name, TornadoDevice device, ForwardProblem problem) {
        int units = computeUnits.orElseGet(() -> device.getPhysicalDevice().getDeviceMaxComputeUnits());
        return new Tasks(name, problem, units);
    }

    private static final class Tasks extends SeparateTasks {
        private final KernelContext context = new KernelContext();

        Tasks(String name, ForwardProblem problem, int units) {
            super(
                    name,
                    problem,
                    (prefix, shape, kernels, parameters, biases) -> new TiledConvolution(
                            prefix, ConvolutionTile.of(shape, units), kernels, parameters, biases));
        }

        @Override
        void appendAttention(TaskGraph graph, FloatArray in) {
            int pixels = problem.height() * problem.width();
            graph.task(
                    name + "Pool",
                    PoolKernels::averageByGroup,
                    context,
                    in,
                    attention().pooled(),
                    pixels);
            attention().appendByGroupTo(graph, name, context);
        }

        @Override
        void addAttentionGrids(GridScheduler grids, String graph) {
            int planes = problem.batch() * problem.geometry().inPlanes();
            grids.addWorkerGrid(graph + "." + name + "Pool", WorkerGrids.groups(planes, PoolKernels.GROUP));
            attention().addGridByGroup(grids, graph, name);
        }
    }
}
