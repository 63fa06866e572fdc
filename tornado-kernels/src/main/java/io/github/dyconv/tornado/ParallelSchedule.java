package io.github.dyconv.tornado;

import io.github.dyconv.spi.ForwardProblem;
import java.util.Optional;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** Flat loops, one output per work-item: {@link PoolKernels#average} and {@link ConvolutionKernels#direct}. */
final class ParallelSchedule implements Schedule {
    @Override
    public String term() {
        return "parallel";
    }

    @Override
    public Optional<String> unsupported(TornadoDevice device, ForwardProblem problem) {
        return Optional.empty();
    }

    @Override
    public Optional<String> unsuitable(TornadoDevice device, ForwardProblem problem) {
        return Optional.empty();
    }

    @Override
    public LayerTasks layOut(String name, TornadoDevice device, ForwardProblem problem) {
        return new Tasks(name, problem);
    }

    private static final class Tasks extends SeparateTasks {
        Tasks(String name, ForwardProblem problem) {
            super(name, problem, DirectConvolution::new);
        }

        @Override
        void appendAttention(TaskGraph graph, FloatArray in) {
            FloatArray pooled = attention().pooled();
            int planes = problem.batch() * problem.geometry().inPlanes();
            PlaneShape planeShape = new PlaneShape(planes, problem.height() * problem.width());
            graph.task(name + "Pool", PoolKernels::average, in, pooled, planeShape);
            attention().appendTo(graph, name);
        }

        @Override
        void addAttentionGrids(GridScheduler grids, String graph) {}
    }
}
