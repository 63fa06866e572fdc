package io.github.dyconv.testing;

import io.github.dyconv.Device;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Gradients;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.spi.AlgorithmChoice;
import io.github.dyconv.spi.ForwardProblem;
import io.github.dyconv.spi.PreparedTraining;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * One forward and one backward pass.
 *
 * @param y the output
 * @param gradients by {@link Float64Gradients#X} and the parameters' state_dict names
 * @param algorithms what computed them
 */
public record TrainingRun(Tensor y, Map<String, Tensor> gradients, List<AlgorithmChoice> algorithms) {
    private static final float SENTINEL = -12345.5f;

    /** Runs a layer, or, if not dynamic, the plain convolution with its only kernel; everything that is to be written is filled with numbers before. */
    static TrainingRun of(
            Device device, ForwardOptions options, Parameters parameters, Tensor x, Tensor yGradient, boolean dynamic) {
        ForwardProblem problem =
                new ForwardProblem(parameters.config(), x.dim(0), x.dim(2), x.dim(3), options, dynamic);
        Tensor y = filled(yGradient.shape());
        Tensor xGradient = filled(x.shape());
        Gradients gradients = new Gradients(parameters.config());
        gradients.tensors().values().forEach(TrainingRun::fill);
        try (PreparedTraining training = device.prepareTraining(problem)) {
            training.forward(parameters, x, y);
            training.backward(parameters, x, yGradient, xGradient, gradients);
            Map<String, Tensor> all = new LinkedHashMap<>(gradients.tensors());
            all.put(Float64Gradients.X, xGradient);
            return new TrainingRun(y, all, training.algorithms());
        }
    }

    private static Tensor filled(int... shape) {
        Tensor tensor = Tensor.zeros(shape);
        fill(tensor);
        return tensor;
    }

    private static void fill(Tensor tensor) {
        Tensor flat = tensor.reshape(tensor.size());
        for (int i = 0; i < flat.size(); i++) {
            flat.set(SENTINEL, i);
        }
    }

    /**
     * Standard normal, for a layer's output.
     *
     * @param layer whose seed decides the values
     * @return the same at every call
     */
    public static Tensor outputGradient(LayerCase layer) {
        var geometry = layer.config().geometry();
        Tensor gradient = Tensor.zeros(
                layer.batch(),
                geometry.outPlanes(),
                geometry.outHeight(layer.height()),
                geometry.outWidth(layer.width()));
        Tensor flat = gradient.reshape(gradient.size());
        Random random = new Random(layer.seed() + 1);
        for (int i = 0; i < flat.size(); i++) {
            flat.set((float) random.nextGaussian(), i);
        }
        return gradient;
    }
}
