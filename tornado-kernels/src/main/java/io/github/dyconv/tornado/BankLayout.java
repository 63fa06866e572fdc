package io.github.dyconv.tornado;

import io.github.dyconv.Tensor;
import java.util.function.BiConsumer;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * How a schedule wants a bank of K kernels, or of their biases, on the device. Aggregation is linear, so whatever is linear
 * can be done to the bank beforehand, on the host, once for every change.
 *
 * @param size elements of the array
 * @param fill writes the parameter into the array, which is zeros at first, so that padding may be left alone
 */
record BankLayout(int size, BiConsumer<Tensor, FloatArray> fill) {
    /**
     * The parameter as it is.
     *
     * @param what it is, for the message
     * @throws IllegalArgumentException if one array can't hold as much
     */
    static BankLayout plain(String what, int kernels, int length) {
        return new BankLayout(
                FloatArrays.size(what, kernels, length),
                (bank, array) -> array.getSegment().copyFrom(bank.segment()));
    }
}
