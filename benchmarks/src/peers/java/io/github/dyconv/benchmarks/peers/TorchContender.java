package io.github.dyconv.benchmarks.peers;

import io.github.dyconv.benchmarks.Contender;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.InferenceMode;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/** Something written with libtorch's operators, run eagerly as PyTorch runs it. */
final class TorchContender implements Contender {
    private final String algorithm;
    private final UnaryOperator<Tensor> module;
    private final Tensor input;
    private @Nullable Tensor output;

    TorchContender(String algorithm, UnaryOperator<Tensor> module, Tensor input) {
        this.algorithm = algorithm;
        this.module = module;
        this.input = input;
    }

    @Override
    public void run() {
        Tensor before = output;
        // The scope frees intermediate tensors when the module returns, as Python does.
        try (PointerScope _ = new PointerScope();
                InferenceMode _ = new InferenceMode()) {
            output = module.apply(input).retainReference();
        }
        if (before != null) {
            before.close();
        }
    }

    @Override
    public Optional<io.github.dyconv.Tensor> output() {
        return Optional.ofNullable(output).map(TorchContender::copy);
    }

    static io.github.dyconv.Tensor copy(Tensor tensor) {
        float[] values = new float[(int) tensor.numel()];
        tensor.data_ptr_float().get(values);
        int[] shape = Arrays.stream(tensor.shape()).mapToInt(Math::toIntExact).toArray();
        return io.github.dyconv.Tensor.of(values, shape);
    }

    @Override
    public String algorithm() {
        return algorithm;
    }

    @Override
    public void close() {
        if (output != null) {
            output.close();
        }
    }
}
