package io.github.dyconv.onnx;

import io.github.dyconv.Size2D;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How to write a layer as an ONNX model. Immutable.
 *
 * @param form the operators to use
 * @param batch samples N of every input; present for {@link OnnxForm#GROUPED} alone
 * @param inputSize rows and columns of every input; empty for any
 */
public record OnnxExport(OnnxForm form, OptionalInt batch, Optional<Size2D> inputSize) {
    /** For inputs of any batch and any size. */
    public static final OnnxExport PORTABLE = new OnnxExport(OnnxForm.PORTABLE, OptionalInt.empty(), Optional.empty());

    /**
     * Checks that the values go together.
     *
     * @throws IllegalArgumentException if they don't, or one is not positive
     */
    public OnnxExport {
        if (batch.isPresent() != (form == OnnxForm.GROUPED)) {
            throw new IllegalArgumentException(
                    form == OnnxForm.GROUPED
                            ? "batch: the grouped form is for one batch, which must be given"
                            : "batch: the portable form takes any, got " + batch.getAsInt()
                                    + "; the grouped form is for one");
        }
        requirePositive("batch", batch.orElse(1));
        inputSize.ifPresent(size -> {
            requirePositive("input_size along H", size.height());
            requirePositive("input_size along W", size.width());
        });
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": must be at least 1, got " + value);
        }
    }

    /**
     * For inputs of one batch and any size.
     *
     * @param batch samples N, at least 1
     * @return the options
     * @throws IllegalArgumentException if it is not positive
     */
    public static OnnxExport grouped(int batch) {
        return new OnnxExport(OnnxForm.GROUPED, OptionalInt.of(batch), Optional.empty());
    }

    /**
     * The same for inputs of one size, for runtimes that want it fixed.
     *
     * @param height input rows H, at least 1
     * @param width input columns W, at least 1
     * @return the options
     * @throws IllegalArgumentException if one is not positive
     */
    public OnnxExport withInputSize(int height, int width) {
        return new OnnxExport(form, batch, Optional.of(new Size2D(height, width)));
    }
}
