package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.Optional;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;

/**
 * Work-groups with local memory for the attention, {@link PoolKernels#averageByGroup} and {@link
 * AttentionKernels#attentionByGroup}, and a flat loop for the convolution, {@link ConvolutionKernels#direct}, whose neighbouring
 * work-items read and write neighbouring pixels anyway: for layers with few output channels per group.
 */
final class DirectSchedule implements Schedule {
    @Override
    public String term() {
        return "direct";
    }

    @Override
    public Optional<String> unsupported(TornadoDevice device, ForwardProblem problem) {
        return GroupTasks.unsupported(
                        device, problem, (long) AttentionKernels.GROUP * Float.BYTES, AttentionKernels.GROUP)
                .or(() -> DirectConvolution.unsupported(device, problem));
    }

    @Override
    public Optional<String> unsuitable(TornadoDevice device, ForwardProblem problem) {
        return device.getDeviceType() == TornadoDeviceType.GPU
                ? Optional.empty()
                : Optional.of(
                        "a work-group for each plane and sample is for GPUs, this is a " + device.getDeviceType());
    }

    @Override
    public LayerTasks layOut(String name, TornadoDevice device, ForwardProblem problem) {
        return new GroupTasks(name, problem, DirectConvolution::new);
    }
}
