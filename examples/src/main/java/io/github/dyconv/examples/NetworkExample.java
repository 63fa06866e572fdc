package io.github.dyconv.examples;

import io.github.dyconv.Device;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Tensor;
import io.github.dyconv.nn.Convolutions;
import io.github.dyconv.nn.Model;
import io.github.dyconv.nn.Network;
import io.github.dyconv.nn.NetworkPlan;
import io.github.dyconv.nn.ResNet;
import io.github.dyconv.nn.Shape;
import java.io.IOException;
import java.util.Arrays;

/**
 * A whole network on a device: the photograph goes in, one number for each class comes back, and nothing else crosses. The JVM
 * must give the same.
 *
 * <pre>{@code
 * java @$TORNADOVM_HOME/tornado-argfile -Dtornado.recover.bailout=False --add-modules jdk.incubator.vector \
 *     -cp examples/target/dyconv/dyconv.jar io.github.dyconv.examples.NetworkExample
 * }</pre>
 *
 * <p>Without the first argument it runs in the simulator. The name of a device may follow.
 */
public final class NetworkExample {
    private static final int FACTOR = 16;

    private NetworkExample() {}

    /**
     * Runs the example.
     *
     * @param args the name of a device, or nothing
     * @throws IOException if the photograph can't be read
     */
    public static void main(String[] args) throws IOException {
        Device device = TaskGraphExamples.device(args);
        Tensor picture = Photograph.reduced(FACTOR);
        System.out.println("device       " + device.name() + ": " + device.description());

        // tag::network
        Shape shape = new Shape(3, picture.dim(2), picture.dim(3));
        Network network = ResNet.resNet10(shape, 10, 8, ResNet.Stem.SMALL, Convolutions.DYNAMIC);
        Model model = Model.initial(network, 0);
        ForwardOptions measured = ForwardOptions.DEFAULT.withProfiling(true);
        Tensor logits = Tensor.zeros(network.output().batch(1));
        try (NetworkPlan plan = NetworkPlan.evaluation(model, device, measured, 1)) {
            plan.input().copyFrom(picture);
            plan.forward(); // compiles the kernels and sends the parameters
            logits.copyFrom(plan.forward()); // sends the picture and fetches the logits, nothing else
            System.out.println(plan.timings()); // bytes that crossed, time of kernels
        }
        // end::network

        System.out.println("input        " + Arrays.toString(picture.shape()) + ", " + bytes(picture) + " bytes");
        System.out.println("output       " + Arrays.toString(logits.toArray()) + ", " + bytes(logits) + " bytes");
        System.out.println(
                "difference   " + TaskGraphExamples.distance(onJvm(model, picture), logits) + " from the JVM");
    }

    private static Tensor onJvm(Model model, Tensor picture) {
        try (NetworkPlan plan = NetworkPlan.evaluation(model, Devices.select("jvm"), ForwardOptions.DEFAULT, 1)) {
            plan.input().copyFrom(picture);
            return plan.forward().copy();
        }
    }

    private static long bytes(Tensor tensor) {
        return (long) Float.BYTES * tensor.size();
    }
}
