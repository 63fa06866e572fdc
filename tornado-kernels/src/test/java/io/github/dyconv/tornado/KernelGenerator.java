package io.github.dyconv.tornado;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Gradients;
import io.github.dyconv.Precision;
import io.github.dyconv.Tensor;
import io.github.dyconv.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Runs the named layers forward and backward, and forward in half precision, on a device, so that TornadoVM generates their
 * kernels; the proofs in {@code build-tools} call it with a stand-in for the device's driver, which keeps the code and runs
 * nothing. Before the launches of each layer, which the stand-in writes down, it writes its schedule and name.
 */
final class KernelGenerator {
    private KernelGenerator() {}

    /**
     * Generates.
     *
     * @param arguments the device, and the schedules; {@code half} is the one for half precision
     */
    public static void main(String[] arguments) throws IOException {
        Path launches = Path.of(System.getenv("PROOF_DIR"), "launches");
        Device device = Devices.select(arguments[0]);
        for (String schedule : Arrays.asList(arguments).subList(1, arguments.length)) {
            for (ProofLayer layer : ProofLayer.ALL) {
                announce(launches, schedule, layer);
                if (schedule.equals("half")) {
                    generateHalf(device, layer);
                } else {
                    generate(device.withAlgorithm(schedule), layer);
                }
            }
        }
    }

    private static void announce(Path launches, String schedule, ProofLayer layer) throws IOException {
        Files.writeString(
                launches,
                "# %s %s%n".formatted(schedule, layer.label()),
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /** The forward pass in half precision, unless the device has no tensor cores or the layer too few channels for them. */
    private static void generateHalf(Device device, ProofLayer layer) {
        ForwardOptions half = ForwardOptions.DEFAULT.withPrecision(Precision.HALF);
        try (ForwardPlan plan = layer.build().plan(device, half, layer.inputShape())) {
            plan.forward(Tensor.zeros(layer.inputShape()));
        } catch (DeviceException e) {
            if (!e.isRefusal()) {
                throw e;
            }
        }
    }

    private static void generate(Device device, ProofLayer layer) {
        DYConv2d dyconv = layer.build();
        int[] shape = layer.inputShape();
        try (TrainingPlan plan = dyconv.trainingPlan(device, ForwardOptions.DEFAULT, shape)) {
            Tensor output = Tensor.zeros(plan.outputShape());
            plan.forward(Tensor.zeros(shape), output);
            plan.backward(output, Tensor.zeros(shape), new Gradients(dyconv.config()));
        }
    }
}
