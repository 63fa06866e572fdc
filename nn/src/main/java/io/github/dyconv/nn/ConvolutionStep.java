package io.github.dyconv.nn;

import io.github.dyconv.Device;
import io.github.dyconv.Gradients;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.Prepared;
import io.github.dyconv.spi.PreparedForward;
import io.github.dyconv.spi.PreparedTraining;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A convolution, dynamic or plain, on a device. */
final class ConvolutionStep implements Step {
    private final Operation.Convolution operation;
    private final Model model;
    private final Prepared prepared;
    private final Tensor input;
    private final Tensor output;
    private final Gradients gradients;
    private Parameters last;

    ConvolutionStep(
            Operation.Convolution operation,
            Model model,
            Device device,
            ForwardProblem problem,
            boolean training,
            Tensor input,
            Tensor output) {
        this.operation = operation;
        this.model = model;
        this.prepared = training ? device.prepareTraining(problem) : device.prepare(problem);
        this.input = input;
        this.output = output;
        this.gradients = new Gradients(operation.layer());
        this.last = model.layer(operation);
    }

    @Override
    public void forward() {
        last = model.layer(operation);
        switch (prepared) {
            case PreparedTraining training -> training.forward(last, input, output);
            case PreparedForward forward -> forward.run(last, input, output);
            default -> throw new IllegalStateException(prepared + " is neither");
        }
    }

    @Override
    public void backward(Tensor outputGradient, @Nullable Tensor[] inputGradients) {
        ((PreparedTraining) prepared).backward(last, input, outputGradient, inputGradients[0], gradients);
    }

    /** The gradients that {@link #backward} writes, under the names and in the shapes of the operation's parameters. */
    Map<String, Tensor> gradients() {
        Map<String, Tensor> named = new LinkedHashMap<>();
        operation
                .parameterShapes()
                .forEach((name, shape) -> named.put(name, gradients.get(name).reshape(shape)));
        return named;
    }

    /** The attention of the last forward pass, {@code [N, K]}, a copy; fetched from the device now. */
    Tensor attention() {
        return prepared.attention();
    }

    @Override
    public void close() {
        prepared.close();
    }
}
