package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/**
 * FP16 weights and input, FP32 sums, on tensor cores: {@link PoolKernels#averageByGroup} and {@link HalfKernels}. The only
 * schedule for half precision, and for nothing else.
 *
 * @param computeUnits for how many to cut the convolution, or empty for as many as the device has
 * @param tile one of {@link HalfTile#SIZES}, or empty for the one that suits the layer
 */
record HalfSchedule(OptionalInt computeUnits, Optional<TileSize> tile) implements Schedule {
    /** Half of what one matrix instruction computes: with fewer, FP32 units are the better choice. */
    static final int FEWEST_CHANNELS = HalfTile.ROWS / 2;

    HalfSchedule() {
        this(OptionalInt.empty());
    }

    HalfSchedule(OptionalInt computeUnits) {
        this(computeUnits, Optional.empty());
    }

    @Override
    public String term() {
        return "half";
    }

    @Override
    public boolean half() {
        return true;
    }

    @Override
    public Optional<Schedule> withTile(String text) {
        return TileSize.parse(text, HalfTile.SIZES).map(size -> new HalfSchedule(computeUnits, Optional.of(size)));
    }

    @Override
    public List<Schedule> variants(TornadoDevice device, ForwardProblem problem) {
        TileSize byRule = HalfTile.sizeFor(ConvolutionShape.of(problem));
        return TileSize.tried(HalfTile.SIZES, byRule, problem, this);
    }

    @Override
    public Optional<String> unsupported(TornadoDevice device, ForwardProblem problem) {
        int outPlanes = problem.geometry().outPlanesPerGroup();
        return TensorCores.missing(device)
                .or(() -> outPlanes < FEWEST_CHANNELS
                        ? Optional.of("needs at least " + FEWEST_CHANNELS + " output channels per group, the layer has "
                                + outPlanes)
                        : Optional.empty())
                .or(() -> GroupTasks.unsupported(device, problem, HalfTile.LOCAL_BYTES, HalfTile.GROUP))
                .or(() -> WorkerGrids.tilesUnsupported(problem));
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
                        new HalfConvolution(prefix, cut(shape, units), kernels, parameters, biases));
    }

    private HalfTile cut(ConvolutionShape shape, int units) {
        return tile.map(size -> HalfTile.of(shape, size, units)).orElseGet(() -> HalfTile.of(shape, units));
    }
}
