package io.github.dyconv.testing;

import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.Gradients;
import io.github.dyconv.Parameters;
import io.github.dyconv.Precision;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedForward;
import io.github.dyconv.spi.PreparedTraining;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@link Float64Reference} as a device: slow and right. For tests of what is around a device. */
public final class ReferenceDevice implements Device {
    @Override
    public String name() {
        return "reference";
    }

    @Override
    public String description() {
        return "plain loops in float64";
    }

    @Override
    public PreparedForward prepare(ForwardProblem problem) {
        if (problem.options().precision() == Precision.HALF) {
            throw new DeviceException("precision: reference has no half precision");
        }
        return new Forward(problem);
    }

    @Override
    public PreparedTraining prepareTraining(ForwardProblem problem) {
        return new Training(prepare(problem), problem.dynamic());
    }

    private static Tensor rounded(double[] values, int... shape) {
        float[] floats = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            floats[i] = (float) values[i];
        }
        return Tensor.of(floats, shape);
    }

    private record Training(PreparedForward forward, boolean dynamic) implements PreparedTraining {
        @Override
        public void forward(Parameters parameters, Tensor input, Tensor output) {
            forward.run(parameters, input, output);
        }

        @Override
        public Tensor attention() {
            return forward.attention();
        }

        @Override
        public void backward(
                Parameters parameters,
                Tensor input,
                Tensor outputGradient,
                @Nullable Tensor inputGradient,
                Gradients gradients) {
            var computed = dynamic
                    ? Float64Gradients.of(parameters, input, outputGradient)
                    : Float64Gradients.ofPlain(parameters, input, outputGradient);
            computed.forEach((name, gradient) -> {
                Tensor to = name.equals(Float64Gradients.X) ? inputGradient : gradients.get(name);
                if (to != null) {
                    to.copyFrom(rounded(gradient.values(), to.shape()));
                }
            });
        }

        @Override
        public List<AlgorithmChoice> algorithms() {
            return forward.algorithms();
        }

        @Override
        public long scratchBytes() {
            return 0;
        }

        @Override
        public void close() {}
    }

    private static final class Forward implements PreparedForward {
        private final boolean dynamic;
        private Tensor attention;

        Forward(ForwardProblem problem) {
            dynamic = problem.dynamic();
            double[] before = new double[problem.batch() * problem.config().kernels()];
            Arrays.fill(before, dynamic ? 0 : 1);
            attention = rounded(before, problem.batch(), problem.config().kernels());
        }

        @Override
        public void run(Parameters parameters, Tensor input, Tensor output) {
            Float64Reference.Result result = dynamic
                    ? Float64Reference.forward(parameters, input)
                    : Float64Reference.plainConvolution(parameters, input);
            output.copyFrom(rounded(result.y(), output.shape()));
            attention = rounded(result.attention(), attention.shape());
        }

        @Override
        public Tensor attention() {
            return attention.copy();
        }

        @Override
        public List<AlgorithmChoice> algorithms() {
            return List.of(new AlgorithmChoice("reference", true, "the only one"));
        }

        @Override
        public long scratchBytes() {
            return 0;
        }

        @Override
        public void close() {}
    }
}
