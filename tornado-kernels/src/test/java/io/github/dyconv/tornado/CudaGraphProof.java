package io.github.dyconv.tornado;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Gradients;
import io.github.dyconv.Tensor;
import io.github.dyconv.TrainingPlan;

/**
 * Trains a layer three times with a driver that reports what it replays: as it is, with another input, and with another
 * temperature. {@code build-tools/ptx-proof.sh} runs it and checks the reports.
 */
final class CudaGraphProof {
    private CudaGraphProof() {}

    public static void main(String[] arguments) {
        Device device = Devices.select("tornado:PTX:0").withAlgorithm(arguments[0]);
        DYConv2d layer = DYConv2d.builder(32, 48, 3).padding(1).build();
        Tensor x = Tensor.zeros(2, 32, 14, 14);
        Tensor xGradient = Tensor.zeros(x.shape());
        Gradients gradients = new Gradients(layer.config());
        try (TrainingPlan plan = layer.trainingPlan(device, ForwardOptions.DEFAULT, x.shape())) {
            Tensor y = Tensor.zeros(plan.outputShape());
            Tensor yGradient = Tensor.zeros(plan.outputShape());
            for (int run = 0; run < 3; run++) {
                if (run == 1) {
                    x.set(1, 0, 0, 0, 0);
                } else if (run == 2) {
                    layer.setTemperature(3);
                }
                plan.forward(x, y);
                plan.backward(yGradient, xGradient, gradients);
            }
        }
    }
}
