package io.github.dyconv.benchmarks.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.dyconv.Tensor;
import io.github.dyconv.benchmarks.Contender;
import io.github.dyconv.examples.LayerCase;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** A model in ONNX Runtime: one session, whose input and output stay where they are. */
final class OnnxContender implements Contender {
    /** The model's input. */
    static final String INPUT = "x";
    /** The model's output. */
    static final String OUTPUT = "y";

    private final String algorithm;
    private final Tensor output;
    private final OrtSession session;
    private final Map<String, OnnxTensor> inputs;
    private final Map<String, OnnxTensor> outputs;

    OnnxContender(String algorithm, byte[] model, LayerCase timed, Tensor input, int threads) {
        this.algorithm = algorithm;
        output = Tensor.zeros(timed.outputShape());
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (var options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(threads);
            options.setInterOpNumThreads(1);
            session = environment.createSession(model, options);
            inputs = Map.of(INPUT, view(environment, input));
            outputs = Map.of(OUTPUT, view(environment, output));
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    private static OnnxTensor view(OrtEnvironment environment, Tensor tensor) throws OrtException {
        return OnnxTensor.createTensor(
                environment,
                tensor.segment().asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer(),
                Arrays.stream(tensor.shape()).asLongStream().toArray());
    }

    @Override
    public void run() {
        try (OrtSession.Result result = session.run(inputs, outputs)) {
            assert result.size() == 1;
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Optional<Tensor> output() {
        return Optional.of(output);
    }

    @Override
    public String algorithm() {
        return algorithm;
    }

    @Override
    public void close() {
        inputs.values().forEach(OnnxTensor::close);
        outputs.values().forEach(OnnxTensor::close);
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
