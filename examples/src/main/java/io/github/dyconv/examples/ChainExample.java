package io.github.dyconv.examples;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Tensor;
import io.github.dyconv.Timings;
import io.github.dyconv.tornado.TornadoChain;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * Three dynamic convolutions one after another on a device, with no round trip through the host: the photograph goes in, the
 * last layer's output comes back. The same layers, one by one on the JVM, must give the same.
 *
 * <pre>{@code
 * java @$TORNADOVM_HOME/tornado-argfile --add-modules jdk.incubator.vector \
 *     -cp examples/target/dyconv/dyconv.jar io.github.dyconv.examples.ChainExample
 * }</pre>
 *
 * <p>Without the first argument it runs in the simulator. The name of a device may follow.
 */
public final class ChainExample {
    private ChainExample() {}

    /**
     * Runs the example.
     *
     * @param args the name of a device of TornadoVM's, or nothing
     * @throws IOException if the photograph can't be read
     */
    public static void main(String[] args) throws IOException {
        Device device = TaskGraphExamples.device(args);
        Tensor x = TaskGraphExamples.picture(device);
        List<DYConv2d> layers = List.of(
                DYConv2d.builder(3, 16, 3).stride(2).padding(1).seed(1).build(),
                DYConv2d.builder(16, 32, 3).stride(2).padding(1).seed(2).build(),
                DYConv2d.builder(32, 8, 1).seed(3).build());
        System.out.println("device       " + device.name() + ": " + device.description());

        try (TornadoChain chain = TornadoChain.of(device, layers, x.shape()).withProfiler()) {
            chain.forward(x); // compiles the kernels and sends the parameters
            Tensor y = chain.forward(x); // sends the input only
            Timings timings = chain.timings().orElseThrow();
            System.out.println("input        " + Arrays.toString(x.shape()) + ", " + bytes(x) + " bytes");
            System.out.println("to device    " + timings.bytesIn() + " bytes");
            System.out.println("to host      " + timings.bytesOut() + " bytes");
            System.out.println("output       " + Arrays.toString(y.shape()) + ", " + bytes(y) + " bytes");
            compare(layers, x, y);
        } finally {
            layers.forEach(DYConv2d::close);
        }
    }

    /** Runs the layers one by one on the JVM. */
    private static void compare(List<DYConv2d> layers, Tensor x, Tensor y) {
        Device jvm = Devices.select("jvm");
        long between = 0;
        Tensor expected = x;
        for (DYConv2d layer : layers) {
            try (ForwardPlan plan = layer.plan(jvm, ForwardOptions.DEFAULT, expected.shape())) {
                expected = plan.forward(expected);
                between += 2 * bytes(expected);
            }
        }
        between -= 2 * bytes(expected);
        System.out.println("kept there   " + between + " bytes, what layer by layer would have crossed besides");
        System.out.println("difference   " + TaskGraphExamples.distance(expected, y) + " from the JVM, layer by layer");
    }

    private static long bytes(Tensor tensor) {
        return (long) Float.BYTES * tensor.size();
    }
}
