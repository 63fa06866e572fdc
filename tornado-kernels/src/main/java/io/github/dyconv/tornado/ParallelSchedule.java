package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.Optional;
import java.util.OptionalInt;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/** Flat loops without local memory, one output per work-item: {@link PoolKernels#average} and {@link ConvolutionKernels#direct}. */
final class ParallelSchedule implements Schedule {
    @Override
    public String term() {
        return "parallel";
    }

    @Override
    public Optional<String> unsupported(TornadoDevice device, ForwardProblem problem) {
        return DirectConvolution.unsupported(device, problem);
    }

    @Override
    public Optional<String> unsuitable(TornadoDevice device, ForwardProblem problem) {
        return Optional.empty();
    }

    @Override
    public LayerTasks layOut(String name, TornadoDevice device, ForwardProblem problem) {
        return new PlaneTasks(name, problem, OptionalInt.empty(), DirectConvolution::new);
    }
}
