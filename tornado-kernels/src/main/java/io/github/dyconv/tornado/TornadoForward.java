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
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** One layer in one task graph: the input goes in, the output and the attention come out, nothing else crosses. */
final class TornadoForward implements PreparedForward {
    static final String GRAPH = "forward";
    static final String LAYER = "dyconv";

    private final TornadoLayer layer;
    private final TornadoPlan plan;
    private final FloatArray in;
    private final FloatArray out;
    private @Nullable Parameters parameters;

    TornadoForward(TornadoDevice device, ForwardProblem problem, ScheduleChoice choice) {
        layer = new TornadoLayer(LAYER, device, problem, this::current, choice);
        in = layer.newInput();
        out = layer.newOutput();
        plan = new TornadoPlan(device, layer.newGraph(GRAPH, in, out), layer);
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
    public void run(Parameters now, Tensor input, Tensor output, Tensor attention) {
        parameters = now;
        in.getSegment().copyFrom(input.segment());
        plan.execute();
        output.segment().copyFrom(out.getSegment());
        attention.segment().copyFrom(layer.attention().getSegment());
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
