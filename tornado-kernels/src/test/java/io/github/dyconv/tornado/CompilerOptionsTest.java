package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompilerOptionsTest {
    /** Its square is not a float: a part of 2^-24 gets lost. */
    private static final float FACTOR = 1 + 0x1p-12f;

    @Test
    void onlyPoclIsAskedForMore() {
        for (TornadoVmDevice device : TestDevices.all()) {
            boolean pocl = device.description().contains("Portable Computing Language");

            assertThat(CompilerOptions.of(device.tornado()).isPresent())
                    .as(device.name())
                    .isEqualTo(pocl);
        }
    }

    /** The difference of two equal products is 0, or, where one of them is not rounded before it is added, what got lost. */
    @Test
    void vectorsAreMultipliedAndAddedInOneStep() {
        List<TornadoVmDevice> devices = TestDevices.all().stream()
                .filter(device -> CompilerOptions.of(device.tornado()).isPresent())
                .toList();
        assumeTrue(!devices.isEmpty(), "no device of PoCL's");
        try (DYConv2d layer = DYConv2d.builder(2, 16, 1).kernels(1).bias(false).build()) {
            Tensor weight = layer.parameter("weight").copy();
            Tensor flat = weight.reshape(weight.size());
            for (int i = 0; i < flat.size(); i++) {
                flat.set(i % 2 == 0 ? FACTOR : -FACTOR, i);
            }
            layer.setParameter("weight", weight);
            float[] values = new float[2 * 14];
            Arrays.fill(values, FACTOR);
            Tensor x = Tensor.of(values, 1, 2, 1, 14);
            for (Device device : devices) {
                Device vector = device.withAlgorithm("vector");
                try (ForwardPlan plan = layer.plan(vector, ForwardOptions.DEFAULT, x.shape())) {
                    for (float y : plan.forward(x).toArray()) {
                        assertThat(Math.abs(y)).as(device.name()).isEqualTo(0x1p-24f);
                    }
                }
            }
        }
    }
}
