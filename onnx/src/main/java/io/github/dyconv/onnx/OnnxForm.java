package io.github.dyconv.onnx;

import java.util.Locale;

/**
 * How a dynamic convolution is written in ONNX. Its operator {@code Conv} takes one kernel for all samples, and a number of
 * groups that is fixed, so a kernel per sample needs one of these.
 */
public enum OnnxForm {
    /** For any batch: a {@code Scan} over the samples, whose body is one {@code Conv} with the sample's own kernel. */
    PORTABLE,

    /** For one batch N: the samples' channels side by side, in one {@code Conv} of N · G groups, as the article's module. */
    GROUPED;

    /** As the command line takes it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
