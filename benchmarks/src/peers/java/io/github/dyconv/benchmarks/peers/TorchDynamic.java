package io.github.dyconv.benchmarks.peers;

import io.github.dyconv.benchmarks.ContenderProvider;
import io.github.dyconv.examples.LayerCase;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** The article's PyTorch module. */
public final class TorchDynamic implements ContenderProvider {
    /** For {@link java.util.ServiceLoader}. */
    public TorchDynamic() {}

    @Override
    public String name() {
        return "libtorch";
    }

    @Override
    public Role role() {
        return Role.DYNAMIC;
    }

    @Override
    public Map<String, String> environment() {
        return Torch.ENVIRONMENT;
    }

    @Override
    public Loaded load(LayerCase timed, int threads) {
        String version = Torch.load(threads);
        Tensor input = Torch.tensor(timed.input());
        try (var layer = timed.build()) {
            ArticleModule module = new ArticleModule(layer.parameters());
            return new Loaded(
                    version, () -> new TorchContender("eager, batch folded into groups", module::forward, input));
        }
    }
}
