package io.github.dyconv.benchmarks.peers;

import ai.onnxruntime.OrtEnvironment;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.benchmarks.ContenderProvider;
import io.github.dyconv.examples.LayerCase;
import io.github.dyconv.examples.PlainConvolution;
import java.util.Arrays;
import java.util.List;

/** A plain convolution in ONNX Runtime, whose weights it lays out beforehand. */
public final class OnnxStatic implements ContenderProvider {
    /** For {@link java.util.ServiceLoader}. */
    public OnnxStatic() {}

    @Override
    public String name() {
        return "onnxruntime-static";
    }

    @Override
    public Role role() {
        return Role.STATIC;
    }

    @Override
    public Loaded load(LayerCase timed, int threads) {
        Parameters parameters = PlainConvolution.parameters(timed);
        Tensor input = timed.input();
        byte[] model = model(timed, parameters);
        return new Loaded(version(), () -> new OnnxContender("Conv", model, timed, input, threads));
    }

    static String version() {
        return "ONNX Runtime " + OrtEnvironment.getEnvironment().getVersion();
    }

    private static byte[] model(LayerCase timed, Parameters parameters) {
        var geometry = parameters.config().geometry();
        OnnxModel model = new OnnxModel();
        String x = model.input(OnnxContender.INPUT, timed.input().shape());
        int[] bank = parameters.weight().shape();
        String weight = model.constant(
                parameters.weight(),
                Arrays.stream(bank, 1, bank.length).asLongStream().toArray());
        String bias = model.constant(parameters.bias().orElseThrow(), geometry.outPlanes());
        String y = model.convolution(geometry, geometry.groups(), List.of(x, weight, bias));
        model.output(y, OnnxContender.OUTPUT, timed.outputShape());
        return model.bytes();
    }
}
