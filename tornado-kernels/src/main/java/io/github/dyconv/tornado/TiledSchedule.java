package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;

/**
 * Work-groups with local memory: {@link PoolKernels#averageByGroup}, {@link AttentionKernels#attentionByGroup} and {@link
 * ImplicitGemmKernels#implicitGemm}.
 *
 * @param computeUnits for how many to cut the convolution, or empty for as many as the device has
 * @param tile one of {@link ConvolutionTile#SIZES}, or empty for the one that suits the layer
 */
record TiledSchedule(OptionalInt computeUnits, Optional<TileSize> tile) implements Schedule {
    /** With fewer output channels per group, most of a tile would compute nothing. */
    private static final int FEWEST_CHANNELS = ImplicitGemmKernels.ROWS / 2;

    TiledSchedule() {
        this(OptionalInt.empty());
    }

    TiledSchedule(OptionalInt computeUnits) {
        this(computeUnits, Optional.empty());
    }

    @Override
    public String term() {
        return "tiled";
    }

    @Override
    public Optional<Schedule> withTile(String text) {
        return TileSize.parse(text, ConvolutionTile.SIZES)
                .map(size -> new TiledSchedule(computeUnits, Optional.of(size)));
    }

    @Override
    public List<Schedule> variants(TornadoDevice device, ForwardProblem problem) {
        TileSize byRule = ConvolutionTile.sizeFor(ConvolutionShape.of(problem));
        return TileSize.tried(ConvolutionTile.SIZES, byRule, problem, this);
    }

    @Override
    public Optional<String> unsupported(TornadoDevice device, ForwardProblem problem) {
        return GroupTasks.unsupported(
                        device, problem, (long) ImplicitGemmKernels.LOCAL * Float.BYTES, ImplicitGemmKernels.GROUP)
                .or(() -> WorkerGrids.tilesUnsupported(problem));
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
                        new TiledConvolution(prefix, cut(shape, units).ofBank(kernels), kernels, parameters, biases));
    }

    private ConvolutionTile cut(ConvolutionShape shape, int units) {
        return tile.map(size -> ConvolutionTile.of(shape, size, units))
                .orElseGet(() -> ConvolutionTile.of(shape, units));
    }
}
