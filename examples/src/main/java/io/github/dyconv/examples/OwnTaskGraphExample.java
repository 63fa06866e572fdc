package io.github.dyconv.examples;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Tensor;
import io.github.dyconv.tornado.TornadoLayer;
import io.github.dyconv.tornado.TornadoPlan;
import java.io.IOException;
import java.util.Arrays;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * A dynamic convolution in a task graph of one's own, between two kernels of one's own: the photograph is normalised, goes
 * through the layer, and what is negative becomes zero, all on the device.
 *
 * <pre>{@code
 * java @$TORNADOVM_HOME/tornado-argfile --add-modules jdk.incubator.vector \
 *     -cp examples/target/dyconv/dyconv.jar io.github.dyconv.examples.OwnTaskGraphExample
 * }</pre>
 *
 * <p>Without the first argument it runs in the simulator. The name of a device may follow.
 */
public final class OwnTaskGraphExample {
    /** Of red, green and blue, as networks trained on ImageNet expect it. */
    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};

    private static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

    private OwnTaskGraphExample() {}

    /**
     * Normalises each channel.
     *
     * @param raw {@code [1, C, H, W]}
     * @param mean {@code [C]}
     * @param deviation {@code [C]}
     * @param normalised {@code [1, C, H, W]}, overwritten
     * @param channels C
     * @param pixels H times W
     */
    public static void normalise(
            FloatArray raw, FloatArray mean, FloatArray deviation, FloatArray normalised, int channels, int pixels) {
        for (@Parallel int channel = 0; channel < channels; channel++) {
            for (@Parallel int pixel = 0; pixel < pixels; pixel++) {
                int i = channel * pixels + pixel;
                normalised.set(i, (raw.get(i) - mean.get(channel)) / deviation.get(channel));
            }
        }
    }

    /**
     * Replaces what is negative by zero.
     *
     * @param values modified
     * @param size how many
     */
    public static void relu(FloatArray values, int size) {
        for (@Parallel int i = 0; i < size; i++) {
            float value = values.get(i);
            if (value < 0) {
                values.set(i, 0);
            }
        }
    }

    /**
     * Runs the example.
     *
     * @param args the name of a device of TornadoVM's, or nothing
     * @throws IOException if the photograph can't be read
     */
    public static void main(String[] args) throws IOException {
        Device device = TaskGraphExamples.device(args);
        Tensor picture = TaskGraphExamples.picture(device);
        int pixels = picture.dim(2) * picture.dim(3);
        try (DYConv2d layer = DYConv2d.builder(3, 16, 3).padding(1).seed(1).build()) {
            TornadoLayer tasks = TornadoLayer.of("conv", layer, device, 1, picture.dim(2), picture.dim(3));
            FloatArray raw = tasks.newInput();
            FloatArray normalised = tasks.newInput();
            FloatArray out = tasks.newOutput();
            FloatArray mean = FloatArray.fromArray(MEAN);
            FloatArray deviation = FloatArray.fromArray(DEVIATION);

            TaskGraph graph = new TaskGraph("mine")
                    .transferToDevice(DataTransferMode.FIRST_EXECUTION, mean, deviation)
                    .transferToDevice(DataTransferMode.EVERY_EXECUTION, raw)
                    .task("normalise", OwnTaskGraphExample::normalise, raw, mean, deviation, normalised, 3, pixels);
            tasks.appendTo(graph, normalised, out)
                    .task("relu", OwnTaskGraphExample::relu, out, out.getSize())
                    .transferToHost(DataTransferMode.EVERY_EXECUTION, out);

            try (TornadoPlan plan = TornadoPlan.of(device, graph, tasks)) {
                raw.getSegment().copyFrom(picture.segment());
                plan.execute();
                Tensor y = Tensor.of(out.toHeapArray(), layer.outputShape(picture.shape()));
                System.out.println("device       " + device.name() + ": " + device.description());
                System.out.println("input        " + Arrays.toString(picture.shape()));
                System.out.println("output       " + Arrays.toString(y.shape()));
                System.out.println("difference   " + TaskGraphExamples.distance(onJvm(layer, picture), y)
                        + " from the same on the JVM");
            }
        }
    }

    /** The same without TornadoVM: its arrays and kernels are plain Java too. */
    private static Tensor onJvm(DYConv2d layer, Tensor picture) {
        int pixels = picture.dim(2) * picture.dim(3);
        FloatArray normalised = new FloatArray(picture.size());
        normalise(
                FloatArray.fromArray(picture.toArray()),
                FloatArray.fromArray(MEAN),
                FloatArray.fromArray(DEVIATION),
                normalised,
                3,
                pixels);
        try (ForwardPlan plan = layer.plan(Devices.select("jvm"), ForwardOptions.DEFAULT, picture.shape())) {
            FloatArray y = FloatArray.fromArray(plan.forward(Tensor.of(normalised.toHeapArray(), picture.shape()))
                    .toArray());
            relu(y, y.getSize());
            return Tensor.of(y.toHeapArray(), plan.outputShape());
        }
    }
}
