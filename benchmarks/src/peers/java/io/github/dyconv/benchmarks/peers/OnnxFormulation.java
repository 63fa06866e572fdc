package io.github.dyconv.benchmarks.peers;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Parameters;
import io.github.dyconv.examples.LayerCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Ways to write the dynamic layer in ONNX. Which one ONNX Runtime is fastest with depends on the layer. A third, a plain
 * convolution with each kernel of the bank and then their weighted sum, took about two to eight times as long on all
 * layers that were tried.
 */
enum OnnxFormulation {
    /** As the article's module: one convolution whose groups are those of all samples. */
    GROUPED {
        @Override
        String convolve(OnnxModel model, OnnxLayer layer, String x, String attention) {
            Conv2dGeometry geometry = layer.geometry();
            int batch = layer.timed().batch();
            int size = layer.timed().layer().size();
            String weight = model.reshape(layer.aggregate(model, attention), layer.kernelShape(batch));
            String bias = model.reshape(layer.aggregateBias(model, attention), -1);
            String folded = model.reshape(x, 1, -1, size, size);
            String y = model.convolution(geometry, (long) geometry.groups() * batch, List.of(folded, weight, bias));
            int[] shape = layer.timed().outputShape();
            return model.reshape(y, shape[0], shape[1], shape[2], shape[3]);
        }
    },
    /** One convolution per sample. */
    PER_SAMPLE {
        @Override
        String convolve(OnnxModel model, OnnxLayer layer, String x, String attention) {
            int batch = layer.timed().batch();
            List<String> samples = model.split(x, 0, batch);
            List<String> weights = model.split(layer.aggregate(model, attention), 0, batch);
            List<String> biases = model.split(layer.aggregateBias(model, attention), 0, batch);
            List<String> outputs = new ArrayList<>();
            for (int n = 0; n < batch; n++) {
                String weight = model.reshape(weights.get(n), layer.kernelShape(1));
                String bias = model.reshape(biases.get(n), -1);
                outputs.add(model.convolution(
                        layer.geometry(), layer.geometry().groups(), List.of(samples.get(n), weight, bias)));
            }
            return model.add("Concat", outputs, OnnxModel.integer("axis", 0));
        }
    };

    /** Adds the convolution and returns its output. */
    abstract String convolve(OnnxModel model, OnnxLayer layer, String x, String attention);

    /** The model of a layer, from {@code x} to {@code y}. */
    byte[] model(LayerCase timed, Parameters parameters) {
        OnnxModel model = new OnnxModel();
        var layer = new OnnxLayer(timed, parameters);
        String x = model.input(OnnxContender.INPUT, timed.input().shape());
        model.output(convolve(model, layer, x, layer.attention(model, x)), OnnxContender.OUTPUT, timed.outputShape());
        return model.bytes();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
