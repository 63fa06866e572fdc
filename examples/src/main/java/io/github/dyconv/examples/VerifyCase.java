package io.github.dyconv.examples;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import java.io.IOException;

/**
 * Something that every device must compute right.
 *
 * @param name for people
 * @param loader makes or reads it, when its turn comes
 */
record VerifyCase(String name, Loader loader) {
    /** Brings a case into memory. */
    interface Loader {
        /**
         * Loads the case.
         *
         * @return the same at every call
         * @throws IOException if a file can't be read
         */
        Loaded load() throws IOException;
    }

    /** Tells how far a result is from the truth. */
    interface Check {
        /**
         * The error of a result.
         *
         * @param y {@code [N, O, H', W']}
         * @param attention {@code [N, K]}
         * @return relative L2 error; not a number if the result holds one
         */
        double error(Tensor y, Tensor attention);
    }

    /**
     * A case in memory.
     *
     * @param parameters the layer
     * @param x its input
     * @param check of its result
     */
    record Loaded(Parameters parameters, Tensor x, Check check) {
        /** Operations of the convolution alone, two per multiply-add. */
        double flops() {
            return 2.0 * parameters.config().geometry().multiplyAdds(x.dim(2), x.dim(3)) * x.dim(0);
        }
    }

    /** A named layer, checked at some outputs against the definition in float64. */
    static VerifyCase named(LayerCase layer) {
        return new VerifyCase(layer.toString(), () -> {
            Tensor x = layer.input();
            try (DYConv2d built = layer.build()) {
                Parameters parameters = built.parameters();
                return new Loaded(parameters, x, (y, attention) -> SpotCheck.relativeError(parameters, x, y));
            }
        });
    }
}
