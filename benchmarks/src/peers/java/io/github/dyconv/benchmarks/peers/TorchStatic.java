package io.github.dyconv.benchmarks.peers;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Parameters;
import io.github.dyconv.benchmarks.ContenderProvider;
import io.github.dyconv.examples.LayerCase;
import io.github.dyconv.examples.PlainConvolution;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** PyTorch's plain {@code conv2d}. */
public final class TorchStatic implements ContenderProvider {
    /** For {@link java.util.ServiceLoader}. */
    public TorchStatic() {}

    @Override
    public String name() {
        return "libtorch-static";
    }

    @Override
    public Role role() {
        return Role.STATIC;
    }

    @Override
    public Map<String, String> environment() {
        return Torch.ENVIRONMENT;
    }

    @Override
    public Loaded load(LayerCase timed, int threads) {
        String version = Torch.load(threads);
        Conv2dGeometry geometry = timed.layer().config().geometry();
        Parameters parameters = PlainConvolution.parameters(timed);
        Tensor weight = Torch.tensor(parameters.weight()).squeeze(0);
        TensorOptional bias =
                new TensorOptional(Torch.tensor(parameters.bias().orElseThrow()).view(-1));
        Tensor input = Torch.tensor(timed.input());
        return new Loaded(
                version,
                () -> new TorchContender(
                        "conv2d",
                        x -> torch.conv2d(
                                x,
                                weight,
                                bias,
                                Torch.pair(geometry.stride()),
                                Torch.pair(geometry.padding()),
                                Torch.pair(geometry.dilation()),
                                geometry.groups()),
                        input));
    }
}
