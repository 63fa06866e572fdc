package io.github.dyconv.benchmarks.peers;

import io.github.dyconv.Parameters;
import io.github.dyconv.examples.LayerCase;
import io.github.dyconv.onnx.OnnxExport;
import io.github.dyconv.onnx.OnnxFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Ways to write the dynamic layer in ONNX. Which one ONNX Runtime is fastest with depends on the layer. Another, a plain
 * convolution with each kernel of the bank and then their weighted sum, took about two to eight times as long on all
 * layers that were tried.
 */
enum OnnxFormulation {
    /** As we export it for one batch, and as the article's module: one convolution whose groups are those of all samples. */
    GROUPED {
        @Override
        byte[] model(LayerCase timed, Parameters parameters) {
            return exported(timed, parameters, OnnxExport.grouped(timed.batch()));
        }
    },
    /** As we export it for any batch: a scan over the samples. */
    PORTABLE {
        @Override
        byte[] model(LayerCase timed, Parameters parameters) {
            return exported(timed, parameters, OnnxExport.PORTABLE);
        }
    },
    /** One convolution per sample. */
    PER_SAMPLE {
        @Override
        byte[] model(LayerCase timed, Parameters parameters) {
            OnnxModel model = new OnnxModel();
            var layer = new OnnxLayer(timed, parameters);
            String x = model.input(OnnxContender.INPUT, timed.input().shape());
            String y = convolve(model, layer, x, layer.attention(model, x));
            model.output(y, OnnxContender.OUTPUT, timed.outputShape());
            return model.bytes();
        }

        private String convolve(OnnxModel model, OnnxLayer layer, String x, String attention) {
            int batch = layer.timed().batch();
            List<String> samples = model.split(x, 0, batch);
            List<String> weights = model.split(layer.aggregate(model, attention), 0, batch);
            List<String> biases = model.split(layer.aggregateBias(model, attention), 0, batch);
            List<String> outputs = new ArrayList<>();
            for (int n = 0; n < batch; n++) {
                String weight = model.reshape(weights.get(n), layer.kernelShape());
                String bias = model.reshape(biases.get(n), -1);
                outputs.add(model.convolution(
                        layer.geometry(), layer.geometry().groups(), List.of(samples.get(n), weight, bias)));
            }
            return model.add("Concat", outputs, OnnxModel.integer("axis", 0));
        }
    };

    /** The model of a layer, from {@code x} to {@code y}. */
    abstract byte[] model(LayerCase timed, Parameters parameters);

    private static byte[] exported(LayerCase timed, Parameters parameters, OnnxExport export) {
        int size = timed.layer().size();
        return OnnxFile.bytes(parameters, export.withInputSize(size, size));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
