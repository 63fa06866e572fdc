package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.Optional;
import java.util.OptionalInt;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;

/**
 * Work-groups with local memory: {@link PoolKernels#averageByGroup}, {@link AttentionKernels#attentionByGroup} and {@link
 * ImplicitGemmKernels#implicitGemm}.
 *
 * @param computeUnits for how many to cut the convolution, or empty for as many as the device has
 */
record TiledSchedule(OptionalInt computeUnits) implements Schedule {
    /** With fewer output channels per group, most of a tile would compute nothing. */
    private static final int FEWEST_CHANNELS = ImplicitGemmKernels.ROWS / 2;

    @Override
    public String term() {
        return "tiled";
    }

    @Override
    public Optional<String> unsupported(TornadoDevice device, ForwardProblem problem) {
        return GroupTasks.unsupported(
                device, problem, (long) ImplicitGemmKernels.LOCAL * Float.BYTES, ImplicitGemmKernels.GROUP);
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
        return new GroupTasks(
                name,
                problem,
                (prefix, shape, kernels, parameters, biases) ->
                        new TiledConvolution(prefix, ConvolutionTile.of(shape, units), kernels, parameters, biases));
    }
}
