package io.github.dyconv.benchmarks.peers;

import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.benchmarks.ContenderProvider;
import io.github.dyconv.examples.LayerCase;
import java.util.Optional;

/** What TornadoVM's schedule for processors would be in OpenCL C, to tell what TornadoVM's code costs. */
public final class OpenClByHand implements ContenderProvider {
    /** With fewer output channels of a group, TornadoVM's device runs another schedule. */
    private static final int FEWEST_CHANNELS = 4;

    /** For {@link java.util.ServiceLoader}. */
    public OpenClByHand() {}

    @Override
    public String name() {
        return "opencl";
    }

    @Override
    public Role role() {
        return Role.DYNAMIC;
    }

    @Override
    public Optional<String> missing() {
        var found = OpenClDevice.first();
        if (found.device().isEmpty()) {
            return Optional.of(found.reason());
        }
        OpenClDevice device = found.device().get();
        return device.cpu()
                ? Optional.empty()
                : Optional.of("is written for processors, and the first OpenCL device is another: " + device.name());
    }

    @Override
    public Optional<String> refusal(LayerCase timed, int threads) {
        int units = OpenClDevice.first().device().orElseThrow().computeUnits();
        if (threads != units) {
            return Optional.of("it uses all " + units + " processors");
        }
        int channels = timed.layer().config().geometry().outPlanesPerGroup();
        return channels < FEWEST_CHANNELS
                ? Optional.of("TornadoVM runs schedule parallel for " + channels + " output channels per group")
                : Optional.empty();
    }

    @Override
    public Loaded load(LayerCase timed, int threads) {
        OpenClDevice device = OpenClDevice.first().device().orElseThrow();
        Tensor input = timed.input();
        try (var layer = timed.build()) {
            Parameters parameters = layer.parameters();
            return new Loaded(
                    device.name() + " (" + device.version() + ")",
                    () -> new OpenClContender(device, timed, parameters, input));
        }
    }
}
