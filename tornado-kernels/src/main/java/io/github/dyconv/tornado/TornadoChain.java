package io.github.dyconv.tornado;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.Tensor;
import io.github.dyconv.Timings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Several layers one after another in one task graph: the first one's input goes to the device, the last one's output comes
 * back, and what passes between them never leaves it.
 *
 * <p>Not thread-safe.
 */
public final class TornadoChain implements AutoCloseable {
    private final int[] inputShape;
    private final int[] outputShape;
    private final FloatArray in;
    private final FloatArray out;
    private final TornadoPlan plan;

    private TornadoChain(Device device, List<DYConv2d> layers, int[] inputShape) {
        TaskGraph graph = new TaskGraph("chain");
        List<TornadoLayer> tasks = new ArrayList<>();
        int[] shape = inputShape;
        FloatArray first = null;
        FloatArray current = null;
        for (DYConv2d layer : layers) {
            int[] next = layer.outputShape(shape);
            TornadoLayer task = TornadoLayer.of("layer" + tasks.size(), layer, device, shape[0], shape[2], shape[3]);
            if (current == null) {
                first = task.newInput();
                current = first;
                graph.transferToDevice(DataTransferMode.EVERY_EXECUTION, first);
            }
            FloatArray output = task.newOutput();
            task.appendTo(graph, current, output);
            tasks.add(task);
            current = output;
            shape = next;
        }
        if (first == null || current == null) {
            throw new IllegalArgumentException("layers: a chain needs at least one");
        }
        graph.transferToHost(DataTransferMode.EVERY_EXECUTION, current);
        this.inputShape = inputShape;
        this.outputShape = shape;
        this.in = first;
        this.out = current;
        this.plan = TornadoPlan.of(device, graph, tasks.toArray(TornadoLayer[]::new));
    }

    /**
     * A chain.
     *
     * @param device where it runs: one of TornadoVM's, or the simulator
     * @param layers at least one, each taking what the one before it gives
     * @param inputShape of the first, {@code [N, C, H, W]}
     * @return the chain
     * @throws IllegalArgumentException if a layer does not fit the one before it, or there is none
     * @throws DeviceException if the device is another
     */
    public static TornadoChain of(Device device, List<DYConv2d> layers, int... inputShape) {
        return new TornadoChain(device, layers, inputShape.clone());
    }

    /**
     * Runs all layers.
     *
     * @param input {@code [N, C, H, W]} of the chain's shape; not modified
     * @return the last one's output
     * @throws IllegalArgumentException if the shape is another
     * @throws DeviceException if the device fails
     */
    public Tensor forward(Tensor input) {
        if (!input.hasShape(inputShape)) {
            throw new IllegalArgumentException(
                    "input: expected " + Arrays.toString(inputShape) + ", got " + Arrays.toString(input.shape()));
        }
        in.getSegment().copyFrom(input.segment());
        plan.execute();
        Tensor output = Tensor.zeros(outputShape);
        output.segment().copyFrom(out.getSegment());
        return output;
    }

    /**
     * Measures every run from now on, for {@link #timings()}; this slows them down.
     *
     * @return this
     */
    public TornadoChain withProfiler() {
        plan.withProfiler();
        return this;
    }

    /**
     * What was measured of the last run, without the parameters that were sent before it.
     *
     * @return empty before the first one, and without {@link #withProfiler()}
     */
    public Optional<Timings> timings() {
        return plan.timings();
    }

    /** Frees the device's memory. */
    @Override
    public void close() {
        plan.close();
    }
}
