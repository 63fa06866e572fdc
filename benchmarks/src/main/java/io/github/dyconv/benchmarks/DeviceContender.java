package io.github.dyconv.benchmarks;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Tensor;
import io.github.dyconv.benchmarks.ContenderProvider.Loaded;
import io.github.dyconv.examples.LayerCase;
import java.util.Optional;
import java.util.OptionalLong;

/** The dynamic layer on a device of ours, from and to the plan's own tensors. */
final class DeviceContender implements Contender {
    private final DYConv2d layer;
    private final ForwardPlan plan;

    private DeviceContender(DYConv2d layer, Device device, ForwardOptions options, Tensor input) {
        this.layer = layer;
        plan = layer.plan(device, options, input.shape());
        plan.input().copyFrom(input);
    }

    static Loaded load(LayerCase timed, Device device, ForwardOptions options) {
        DYConv2d layer = timed.build();
        Tensor input = timed.input();
        return new Loaded(
                device.name() + " (" + device.description() + ")",
                () -> new DeviceContender(layer, device, options, input));
    }

    @Override
    public void run() {
        plan.forward();
    }

    @Override
    public Optional<Tensor> output() {
        return Optional.of(plan.output());
    }

    @Override
    public String algorithm() {
        return plan.algorithm();
    }

    @Override
    public OptionalLong scratchBytes() {
        return OptionalLong.of(plan.scratchBytes());
    }

    @Override
    public void close() {
        plan.close();
        layer.close();
    }
}
