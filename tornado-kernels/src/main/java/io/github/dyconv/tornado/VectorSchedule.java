package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.Optional;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;

/**
 * Vectors along output channels, few large work-items, no local memory: three tasks, {@link PoolKernels#averageAndPad},
 * {@link AttentionKernels#attention} and {@link VectorConvolutionKernels#aggregateAndConvolve}.
 */
final class VectorSchedule implements Schedule {
    /** With fewer output channels per group, most lanes would compute nothing. */
    private static final int FEWEST_CHANNELS = PanelShape.LANES / 4;

    @Override
    public String term() {
        return "vector";
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
        int outPlanes = problem.geometry().outPlanesPerGroup();
        return outPlanes < FEWEST_CHANNELS
                ? Optional.of("only " + outPlanes + " output channels per group, most lanes would be idle")
                : Optional.empty();
    }

    @Override
    public LayerTasks layOut(String name, TornadoDevice device, ForwardProblem problem) {
        return new VectorTasks(name, problem, device.getPhysicalDevice().getDeviceMaxComputeUnits());
    }
}
