package io.github.dyconv.tornado;

import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * How a convolution wants a bank of K kernels on the device. Aggregation is linear, so whatever is linear can be done to the
 * bank beforehand, once for every change.
 *
 * @param size elements of the array
 * @param packing adds the task that does it
 */
record BankLayout(int size, Packing packing) {
    /** Adds a task that writes the bank in this layout. */
    @FunctionalInterface
    interface Packing {
        /**
         * Adds it.
         *
         * @param graph where to
         * @param task its name
         * @param bank {@code [K, O, C/G, kh, kw]} of the layer
         * @param packed overwritten
         */
        void appendTo(TaskGraph graph, String task, FloatArray bank, FloatArray packed);
    }
}
