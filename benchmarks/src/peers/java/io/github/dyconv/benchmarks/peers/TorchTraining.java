package io.github.dyconv.benchmarks.peers;

import io.github.dyconv.benchmarks.Contender;
import io.github.dyconv.benchmarks.ContenderProvider;
import io.github.dyconv.benchmarks.TrainingStep;
import io.github.dyconv.examples.LayerCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorArrayRefOptional;
import org.jspecify.annotations.Nullable;

/** A training step of the article's PyTorch module: autograd, and descent as {@code torch.optim.SGD} does it without momentum. */
public final class TorchTraining implements ContenderProvider {
    /** For {@link java.util.ServiceLoader}. */
    public TorchTraining() {}

    @Override
    public String name() {
        return "libtorch-training";
    }

    @Override
    public Role role() {
        return Role.TRAINING;
    }

    @Override
    public Map<String, String> environment() {
        return Torch.ENVIRONMENT;
    }

    @Override
    public Loaded load(LayerCase timed, int threads) {
        String version = Torch.load(threads);
        Tensor input = Torch.tensor(timed.input());
        Tensor outputGradient = Torch.tensor(TrainingStep.outputGradient(timed));
        try (var layer = timed.build()) {
            ArticleModule module = new ArticleModule(layer.parameters());
            return new Loaded(version, () -> new Step(module, input, outputGradient));
        }
    }

    private static final class Step implements Contender {
        private final ArticleModule module;
        private final Tensor input;
        private final Tensor outputGradient;
        private final List<Tensor> leaves = new ArrayList<>();
        private final Scalar rate = new Scalar(-TrainingStep.LEARNING_RATE);
        private @Nullable Tensor output;

        Step(ArticleModule module, Tensor input, Tensor outputGradient) {
            this.module = module;
            this.input = input;
            this.outputGradient = outputGradient;
            leaves.add(input);
            leaves.addAll(module.parameters());
            leaves.forEach(leaf -> leaf.requires_grad_(true));
        }

        @Override
        public void run() {
            Tensor before = output;
            if (before != null) {
                before.close();
            }
            // The scope frees intermediate tensors, as Python does.
            try (PointerScope _ = new PointerScope()) {
                leaves.forEach(leaf -> leaf.mutable_grad().reset()); // zero_grad(set_to_none=True), PyTorch's default
                Tensor result = module.forward(input);
                result.backward(outputGradient, new BoolOptional(), false, new TensorArrayRefOptional());
                try (var _ = new NoGradGuard()) {
                    module.parameters().forEach(parameter -> parameter.add_(parameter.grad(), rate));
                }
                output = result.detach().retainReference();
            }
        }

        @Override
        public Optional<io.github.dyconv.Tensor> output() {
            return Optional.ofNullable(output).map(TorchContender::copy);
        }

        @Override
        public List<io.github.dyconv.Tensor> gradients() {
            return leaves.stream().map(leaf -> TorchContender.copy(leaf.grad())).toList();
        }

        @Override
        public String algorithm() {
            return "autograd, batch folded into groups";
        }

        @Override
        public void close() {
            if (output != null) {
                output.close();
            }
        }
    }
}
