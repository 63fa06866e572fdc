package io.github.dyconv.tornado;

import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.nn.Model;
import io.github.dyconv.nn.Operation;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * What operations of a network in evaluation take besides the convolutions' parameters, in one array: for each batch normalization a factor
 * and a summand per channel, for each linear operation weight and bias. These are few, and change without notice (running
 * statistics move in training), so what was sent is compared with what there is.
 */
final class SmallParameters {
    private final Model model;
    private final Map<Operation, Integer> offsets = new LinkedHashMap<>();
    private final FloatArray array;
    private boolean sent;

    /**
     * The array, zeros.
     *
     * @param operations those that it is for
     * @throws IllegalArgumentException if it would be too large
     */
    SmallParameters(Model model, List<Operation> operations) {
        this.model = model;
        int size = 0;
        for (Operation operation : operations) {
            int length = switch (operation) {
                case Operation.BatchNorm2d norm -> 2 * norm.channels();
                case Operation.Linear linear ->
                    FloatArrays.size("linear", linear.outFeatures(), linear.inFeatures() + 1L);
                default -> 0;
            };
            if (length > 0) {
                offsets.put(operation, size);
                size = FloatArrays.size("normalizations and linear operations", 1, (long) size + length);
            }
        }
        array = FloatArrays.zeros(size);
    }

    /** All of it; empty if there is no such operation. */
    FloatArray array() {
        return array;
    }

    /** Where an operation's numbers begin: {@code [2, C]} or {@code [O, I]} and {@code [O]}. */
    int offset(Operation operation) {
        return Objects.requireNonNull(offsets.get(operation));
    }

    /**
     * Fills the array anew.
     *
     * @return whether it has changed since the last call
     */
    boolean refresh() {
        boolean changed = !sent;
        for (Map.Entry<Operation, Integer> entry : offsets.entrySet()) {
            int offset = entry.getValue();
            switch (entry.getKey()) {
                case Operation.BatchNorm2d norm -> changed |= write(MemorySegment.ofArray(affine(norm)), offset);
                case Operation.Linear linear -> {
                    changed |= write(segment(linear, DYConv2dConfig.WEIGHT), offset);
                    changed |= write(
                            segment(linear, DYConv2dConfig.BIAS), offset + linear.outFeatures() * linear.inFeatures());
                }
                default -> throw new IllegalStateException(entry.getKey() + " has no numbers here");
            }
        }
        sent = true;
        return changed;
    }

    /** Makes the next {@link #refresh} report a change: after a failed upload. */
    void forget() {
        sent = false;
    }

    private MemorySegment segment(Operation operation, String name) {
        return model.parameter(operation, name).segment();
    }

    /** {@code (x − mean) / √(variance + epsilon) · weight + bias} as {@code x · factor + summand}. */
    private float[] affine(Operation.BatchNorm2d norm) {
        int channels = norm.channels();
        float[] weight = model.parameter(norm, DYConv2dConfig.WEIGHT).toArray();
        float[] bias = model.parameter(norm, DYConv2dConfig.BIAS).toArray();
        float[] mean = model.parameter(norm, Operation.BatchNorm2d.RUNNING_MEAN).toArray();
        float[] variance =
                model.parameter(norm, Operation.BatchNorm2d.RUNNING_VAR).toArray();
        float[] affine = new float[2 * channels];
        for (int c = 0; c < channels; c++) {
            double factor = weight[c] / Math.sqrt(variance[c] + norm.epsilon());
            affine[c] = (float) factor;
            affine[channels + c] = (float) (bias[c] - mean[c] * factor);
        }
        return affine;
    }

    private boolean write(MemorySegment values, int offset) {
        MemorySegment place = array.getSegment().asSlice((long) offset * Float.BYTES, values.byteSize());
        boolean changed = place.mismatch(values) >= 0;
        if (changed) {
            place.copyFrom(values);
        }
        return changed;
    }
}
