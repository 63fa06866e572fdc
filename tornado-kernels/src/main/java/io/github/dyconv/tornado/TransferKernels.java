package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** The task of an upload graph, which only moves parameters: TornadoVM builds no graph without a task. */
final class TransferKernels {
    private TransferKernels() {}

    /**
     * {@code sink[0] = a[0] + b[0]}.
     *
     * <p>One work-item. For all devices.
     *
     * @param a an array to keep on the device
     * @param b another
     * @param sink one element, of no use
     */
    static void receive(FloatArray a, FloatArray b, FloatArray sink) {
        for (@Parallel int i = 0; i < 1; i++) {
            sink.set(i, a.get(i) + b.get(i));
        }
    }
}
