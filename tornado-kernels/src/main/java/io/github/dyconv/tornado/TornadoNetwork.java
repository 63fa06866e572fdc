package io.github.dyconv.tornado;

import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Tensor;
import io.github.dyconv.Timings;
import io.github.dyconv.nn.Model;
import io.github.dyconv.nn.Operation;
import io.github.dyconv.nn.spi.PreparedNetwork;
import java.util.List;
import java.util.Optional;

/** A network on a device: the input goes in, the output comes out, nothing else crosses. Attentions do when asked for. */
final class TornadoNetwork implements PreparedNetwork {
    private final List<NetworkPart> parts;
    private final TornadoPlan plan;

    TornadoNetwork(TornadoVmDevice device, Model model, ForwardOptions options, Tensor input, Tensor output) {
        NetworkGraphs graphs = new NetworkGraphs(
                device, model, options, input.dim(0), TornadoLayer.arrayOf(input), TornadoLayer.arrayOf(output));
        parts = graphs.parts();
        plan = new TornadoPlan(device.tornado(), graphs.graphs());
        if (options.profiling()) {
            plan.withProfiler();
        }
    }

    @Override
    public void run() {
        plan.execute();
    }

    @Override
    public Tensor attention(Operation.Convolution convolution) {
        for (NetworkPart part : parts) {
            TornadoLayer layer = part.layers().get(convolution);
            if (layer != null) {
                return layer.fetchAttention(plan, part);
            }
        }
        throw new IllegalArgumentException("convolution: " + convolution + " is not of this network");
    }

    /** The plan within, for tests and reports. */
    TornadoPlan plan() {
        return plan;
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
