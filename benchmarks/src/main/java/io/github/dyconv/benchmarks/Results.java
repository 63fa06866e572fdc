package io.github.dyconv.benchmarks;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.benchmarks.ContenderProvider.Role;
import io.github.dyconv.benchmarks.Replies.Check;
import io.github.dyconv.benchmarks.Replies.Mark;
import io.github.dyconv.examples.LayerCase;
import io.github.dyconv.examples.PlainConvolution;
import io.github.dyconv.examples.SpotCheck;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Whether what a contender computed is right: wrong results must not be timed. */
final class Results {
    private static final long SIGNS_SEED = 2;

    private Results() {}

    /**
     * Checks an output against float64. Gradients are only marked, for a comparison with those of other contenders.
     *
     * @param role whether it is that of the dynamic layer or of the plain convolution
     * @param tolerance the relative L2 error that is allowed
     * @throws IllegalStateException if it is wrong
     */
    static Check requireRight(Role role, LayerCase timed, Tensor output, List<Tensor> gradients, double tolerance) {
        double error = SpotCheck.relativeError(parameters(role, timed), timed.input(), output);
        if (!(error <= tolerance)) {
            throw new IllegalStateException("wrong " + role + " result of " + timed + ": relative error " + error
                    + ", allowed are " + tolerance);
        }
        return new Check(
                error,
                Stream.concat(Stream.of(output), gradients.stream())
                        .map(Results::mark)
                        .toList());
    }

    private static Mark mark(Tensor tensor) {
        Random signs = new Random(SIGNS_SEED);
        double squares = 0;
        double projection = 0;
        for (float value : tensor.toArray()) {
            squares += (double) value * value;
            projection += signs.nextBoolean() ? value : -value;
        }
        return new Mark(Math.sqrt(squares), projection);
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
