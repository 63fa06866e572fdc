package io.github.dyconv.tornado;

import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.Timings;
import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedForward;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/**
 * One layer in one task graph: the input goes in, the output comes out, nothing else crosses, but the attention when it is asked
 * for. A graph's arrays are fixed when it is built, so tensors other than those that are its arrays are copied.
 */
final class TornadoForward implements PreparedForward {
    static final String GRAPH = "forward";
    static final String LAYER = "dyconv";

    private final TornadoLayer layer;
    private final TornadoPlan plan;
    private final Tensor in;
    private final Tensor out;
    private @Nullable Parameters parameters;

    TornadoForward(TornadoDevice device, ForwardProblem problem, ScheduleChoice choice) {
        layer = new TornadoLayer(LAYER, device, problem, this::current, choice);
        in = Tensor.zeros(problem.batch(), problem.geometry().inPlanes(), problem.height(), problem.width());
        out = Tensor.zeros(problem.batch(), problem.geometry().outPlanes(), problem.outHeight(), problem.outWidth());
        TaskGraph graph = layer.newGraph(GRAPH, TornadoLayer.arrayOf(in), TornadoLayer.arrayOf(out));
        plan = new TornadoPlan(device, graph, layer);
        if (problem.options().profiling()) {
            plan.withProfiler();
        }
    }

    private Parameters current() {
        if (parameters == null) {
            throw new IllegalStateException("no run is under way");
        }
        return parameters;
    }

    @Override
    public void run(Parameters now, Tensor input, Tensor output) {
        parameters = now;
        if (input != in) {
            in.copyFrom(input);
        }
        plan.execute();
        if (output != out) {
            output.copyFrom(out);
        }
    }

    @Override
    public Tensor attention() {
        return layer.fetchAttention(plan, layer);
    }

    @Override
    public Optional<Tensor> ownInput() {
        return Optional.of(in);
    }

    @Override
    public Optional<Tensor> ownOutput() {
        return Optional.of(out);
    }

    /** The plan within, for tests and reports. */
    TornadoPlan plan() {
        return plan;
    }

    @Override
    public List<AlgorithmChoice> algorithms() {
        return layer.schedules();
    }

    @Override
    public long scratchBytes() {
        return layer.deviceBytes();
    }

    @Override
    public Optional<Timings> timings() {
        return plan.timings();
    }

    @Override
    public void close() {
        plan.close();
    }
}
