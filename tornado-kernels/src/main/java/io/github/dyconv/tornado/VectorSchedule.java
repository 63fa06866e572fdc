package io.github.dyconv.tornado;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.spi.ForwardProblem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;

/**
 * Explicit vectors, few large work-items, no local memory: three tasks. Lanes are output channels ({@link VectorTasks}): {@link
 * PoolKernels#averageAndPad}, {@link AttentionKernels#attention} and {@link VectorConvolutionKernels#aggregateAndConvolve}. Where
 * a group has few of them, lanes are groups ({@link PlaneTasks}): {@link PoolKernels#averageOfVectors}, the same attention, and {@link
 * DepthwiseKernels#aggregateAndConvolve}. The first two are one task ({@link AttentionKernels#attentionFromInputAndPad}, {@link
 * AttentionKernels#attentionFromInput}) where {@link LayerAttention#bySample} pays, and all three where {@link ForwardShape#whole}
 * does.
 *
 * @param tile what a work-item computes at a time, with output channels in the lanes; or empty for what suits the layer
 */
record VectorSchedule(Optional<PanelSize> tile) implements Schedule {
    /** With fewer output channels per group, or groups, most lanes would compute nothing. */
    private static final int FEWEST_CHANNELS = PanelShape.LANES / 4;

    VectorSchedule() {
        this(Optional.empty());
    }

    @Override
    public String term() {
        return "vector";
    }

    @Override
    public Optional<Schedule> withTile(String text) {
        return PanelSize.parse(text).map(size -> new VectorSchedule(Optional.of(size)));
    }

    @Override
    public List<Schedule> variants(TornadoDevice device, ForwardProblem problem) {
        if (depthwise(problem)) {
            return List.of(this);
        }
        ConvolutionShape shape = ConvolutionShape.of(problem);
        int units = device.getPhysicalDevice().getDeviceMaxComputeUnits();
        Map<PanelShape, Schedule> distinct = new LinkedHashMap<>(); // sizes often come to the same
        distinct.put(panels(shape, problem, units), this);
        for (PanelSize size : PanelShape.sizes(shape)) {
            VectorSchedule tried = new VectorSchedule(Optional.of(size));
            distinct.putIfAbsent(tried.panels(shape, problem, units), tried);
        }
        return List.copyOf(distinct.values());
    }

    private PanelShape panels(ConvolutionShape shape, ForwardProblem problem, int units) {
        int kernels = problem.config().kernels();
        return tile.map(size -> PanelShape.of(shape, kernels, size, units))
                .orElseGet(() -> PanelShape.of(shape, kernels, units));
    }

    @Override
    public Optional<String> unsupported(TornadoDevice device, ForwardProblem problem) {
        return Optional.empty();
    }

    @Override
    public Optional<String> unsuitable(TornadoDevice device, ForwardProblem problem) {
        if (device.getDeviceType() != TornadoDeviceType.CPU) {
            return Optional.of("explicit vectors in few work-items are for CPUs, this is a " + device.getDeviceType());
        }
        Conv2dGeometry geometry = problem.geometry();
        return geometry.outPlanesPerGroup() < FEWEST_CHANNELS && geometry.groups() < FEWEST_CHANNELS
                ? Optional.of("only " + geometry.outPlanesPerGroup() + " output channels per group in "
                        + geometry.groups() + " groups, most lanes would be idle")
                : Optional.empty();
    }

    @Override
    public LayerTasks layOut(String name, TornadoDevice device, ForwardProblem problem) {
        int units = device.getPhysicalDevice().getDeviceMaxComputeUnits();
        return depthwise(problem)
                ? new PlaneTasks(
                        name,
                        problem,
                        OptionalInt.of(units),
                        (task, shape, kernels, parameters, biases) -> new DepthwiseConvolution(
                                task, DepthwiseShape.of(shape, kernels, units), parameters, biases))
                : new VectorTasks(name, problem, units, shape -> panels(shape, problem, units));
    }

    /** Whether lanes are groups. */
    private boolean depthwise(ForwardProblem problem) {
        Conv2dGeometry geometry = problem.geometry();
        return tile.isEmpty()
                && geometry.outPlanesPerGroup() < FEWEST_CHANNELS
                && geometry.groups() > geometry.outPlanesPerGroup();
    }
}
