package io.github.dyconv.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.github.dyconv.Tensor;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Map;

/** A model in ONNX Runtime. */
final class OnnxRuntime implements AutoCloseable {
    private final OrtSession session;

    OnnxRuntime(byte[] model) throws OrtException {
        try (var options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            session = OrtEnvironment.getEnvironment().createSession(model, options);
        }
    }

    /** The model's output for an input. */
    Tensor run(Tensor x) throws OrtException {
        FloatBuffer elements =
                x.segment().asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
        long[] shape = Arrays.stream(x.shape()).asLongStream().toArray();
        try (OnnxTensor input = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), elements, shape);
                OrtSession.Result result = session.run(Map.of("x", input))) {
            OnnxTensor y = (OnnxTensor) result.get(0);
            FloatBuffer values = y.getFloatBuffer();
            float[] copy = new float[values.remaining()];
            values.get(copy);
            return Tensor.of(
                    copy,
                    Arrays.stream(y.getInfo().getShape())
                            .mapToInt(Math::toIntExact)
                            .toArray());
        }
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
