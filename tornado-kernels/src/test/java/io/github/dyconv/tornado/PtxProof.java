package io.github.dyconv.tornado;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Gradients;
import io.github.dyconv.Tensor;
import io.github.dyconv.TrainingPlan;
import java.util.List;

/**
 * Runs the named layers forward and backward with the schedules for GPUs on the first PTX device, so that TornadoVM generates their kernels; {@code
 * build-tools/ptx-proof.sh} calls it with a stand-in for the driver, which keeps the code and runs nothing.
 */
final class PtxProof {
    /** In and out channels, kernel, stride, dilation, groups, input size, batch. */
    private static final int[][] LAYERS = {
        {3, 16, 3, 1, 1, 1, 256, 1}, // D
        {64, 64, 3, 1, 1, 1, 56, 1}, // R1
        {64, 64, 3, 1, 1, 1, 56, 8},
        {128, 128, 3, 1, 1, 1, 28, 1}, // R2
        {128, 128, 3, 1, 1, 1, 28, 8},
        {256, 256, 3, 1, 1, 1, 14, 1}, // R3
        {256, 256, 3, 1, 1, 1, 14, 8},
        {512, 512, 3, 1, 1, 1, 7, 1}, // R4
        {512, 512, 3, 1, 1, 1, 7, 8},
        {64, 128, 3, 2, 1, 1, 56, 8}, // S
        {96, 24, 1, 1, 1, 1, 56, 8}, // P
        {96, 96, 3, 1, 1, 96, 56, 8}, // W
        {64, 64, 3, 1, 1, 4, 56, 8}, // G
        {64, 64, 3, 1, 2, 1, 56, 8}, // L
    };

    private PtxProof() {}

    public static void main(String[] arguments) {
        Device device = Devices.select("tornado:PTX:0");
        for (String schedule : List.of("tiled", "parallel")) { // the others are for CPUs: they need more registers
            for (int[] layer : LAYERS) {
                generate(device.withAlgorithm(schedule), layer);
            }
        }
    }

    private static void generate(Device device, int[] layer) {
        DYConv2d dyconv = DYConv2d.builder(layer[0], layer[1], layer[2])
                .stride(layer[3])
                .dilation(layer[4])
                .padding(layer[2] / 2 * layer[4])
                .groups(layer[5])
                .build();
        int[] shape = {layer[7], layer[0], layer[6], layer[6]};
        try (TrainingPlan plan = dyconv.trainingPlan(device, ForwardOptions.DEFAULT, shape)) {
            Tensor output = Tensor.zeros(plan.outputShape());
            plan.forward(Tensor.zeros(shape), output);
            plan.backward(output, Tensor.zeros(shape), new Gradients(dyconv.config()));
        }
    }
}
