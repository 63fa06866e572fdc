package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.Optional;
import java.util.OptionalInt;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/**
 * FP16 weights and input, FP32 sums, on tensor cores: {@link PoolKernels#averageByGroup} and {@link HalfKernels}. The only
 * schedule for half precision, and for nothing else.
 *
 * @param computeUnits for how many to cut the convolution, or empty for as many as the device has
 */
record HalfSchedule(OptionalInt computeUnits) implements Schedule {
    /** Half of what one matrix instruction computes: with fewer, FP32 units are the better choice. */
    static final int FEWEST_CHANNELS = HalfTile.ROWS / 2;

    @Override
    public String term() {
        return "half";
    }

    @Override
    public Optional<String> unsupported(TornadoDevice device, ForwardProblem problem) {
        int outPlanes = problem.geometry().outPlanesPerGroup();
        return TensorCores.missing(device)
                .or(() -> outPlanes < FEWEST_CHANNELS
                        ? Optional.of("needs at least " + FEWEST_CHANNELS + " output channels per group, the layer has "
                                + outPlanes)
                        : Optional.empty())
                .or(() -> GroupTasks.unsupported(device, problem, HalfTile.LOCAL_BYTES, HalfTile.GROUP));
    }

    @Override
    public Optional<String> unsuitable(TornadoDevice device, ForwardProblem problem) {
        return Optional.empty();
    }

    @Override
    public LayerTasks layOut(String name, TornadoDevice device, ForwardProblem problem) {
        int units = computeUnits.orElseGet(() -> device.getPhysicalDevice().getDeviceMaxComputeUnits());
        return new GroupTasks(
                name,
                problem,
                (prefix, shape, kernels, parameters, biases) ->
                        new HalfConvolution(prefix, HalfTile.of(shape, units), kernels, parameters, biases));
    }
}
