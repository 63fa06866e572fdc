package io.github.dyconv.benchmarks;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.benchmarks.ContenderProvider.Role;
import io.github.dyconv.benchmarks.Replies.Check;
import io.github.dyconv.examples.LayerCase;
import io.github.dyconv.examples.PlainConvolution;
import io.github.dyconv.examples.SpotCheck;
import java.util.Random;

/** Whether what a contender computed is right: wrong results must not be timed. */
final class Results {
    private static final long SIGNS_SEED = 2;

    private Results() {}

    /**
     * Checks a result against float64.
     *
     * @param role whether it is that of the dynamic layer or of the plain convolution
     * @param tolerance the relative L2 error that is allowed
     * @throws IllegalStateException if it is wrong
     */
    static Check requireRight(Role role, LayerCase timed, Tensor output, double tolerance) {
        double error = SpotCheck.relativeError(parameters(role, timed), timed.input(), output);
        if (!(error <= tolerance)) {
            throw new IllegalStateException("wrong " + role + " result of " + timed + ": relative error " + error
                    + ", allowed are " + tolerance);
        }
        Random signs = new Random(SIGNS_SEED);
        double squares = 0;
        double projection = 0;
        for (float value : output.toArray()) {
            squares += (double) value * value;
            projection += signs.nextBoolean() ? value : -value;
        }
        return new Check(error, Math.sqrt(squares), projection);
    }

    private static Parameters parameters(Role role, LayerCase timed) {
        if (role == Role.STATIC) {
            return PlainConvolution.parameters(timed);
        }
        try (DYConv2d layer = timed.build()) {
            return layer.parameters();
        }
    }
}
