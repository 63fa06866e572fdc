package io.github.dyconv.benchmarks.peers;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Parameters;
import io.github.dyconv.examples.LayerCase;
import java.util.List;

/**
 * The parts of a layer in ONNX.
 *
 * @param timed the layer and batch
 * @param parameters its parameters
 */
record OnnxLayer(LayerCase timed, Parameters parameters) {
    Conv2dGeometry geometry() {
        return parameters.config().geometry();
    }

    /** The shape of one sample's kernels. */
    long[] kernelShape() {
        return new long[] {
            geometry().outPlanes(),
            geometry().inPlanesPerGroup(),
            geometry().kernelSize().height(),
            geometry().kernelSize().width()
        };
    }

    String bank(OnnxModel model) {
        int kernels = parameters.config().kernels();
        return model.constant(parameters.weight(), kernels, parameters.weight().size() / kernels);
    }

    String biasBank(OnnxModel model) {
        return model.constant(parameters.bias().orElseThrow());
    }

    String aggregate(OnnxModel model, String attention) {
        return model.add("MatMul", List.of(attention, bank(model)));
    }

    String aggregateBias(OnnxModel model, String attention) {
        return model.add("MatMul", List.of(attention, biasBank(model)));
    }

    String attention(OnnxModel model, String x) {
        String pooled = model.add("GlobalAveragePool", List.of(x));
        String hidden =
                model.add("Relu", List.of(model.add("Conv", List.of(pooled, model.constant(parameters.fc1Weight())))));
        String logits = model.add(
                "Conv", List.of(hidden, model.constant(parameters.fc2Weight()), model.constant(parameters.fc2Bias())));
        String cooled = model.add(
                "Div", List.of(model.reshape(logits, timed.batch(), -1), model.constant(parameters.temperature())));
        return model.add("Softmax", List.of(cooled), OnnxModel.integer("axis", 1));
    }
}
