package io.github.dyconv.benchmarks.peers;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.Parameters;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * The forward pass of the article's PyTorch module, operator by operator: the bank as a matrix times the attention gives one
 * kernel per sample, and one grouped convolution over all samples' channels applies them.
 */
final class ArticleModule {
    private static final long[] ONE = {1, 1};
    private static final long[] ZERO = {0, 0};

    private final Conv2dGeometry geometry;
    private final Tensor fc1Weight;
    private final Tensor fc2Weight;
    private final Tensor fc2Bias;
    private final Scalar temperature;
    private final Tensor weight;
    private final Tensor bias;
    private final int kernels;

    ArticleModule(Parameters parameters) {
        geometry = parameters.config().geometry();
        kernels = parameters.config().kernels();
        fc1Weight = Torch.tensor(parameters.fc1Weight());
        fc2Weight = Torch.tensor(parameters.fc2Weight());
        fc2Bias = Torch.tensor(parameters.fc2Bias());
        temperature = new Scalar(parameters.temperature());
        weight = Torch.tensor(parameters.weight());
        bias = Torch.tensor(parameters.bias().orElseThrow());
    }

    /** All parameters, in the order of the state_dict. */
    List<Tensor> parameters() {
        return List.of(weight, bias, fc1Weight, fc2Weight, fc2Bias);
    }

    private Tensor attention(Tensor x) {
        Tensor pooled = torch.adaptive_avg_pool2d(x, 1, 1);
        Tensor hidden = torch.relu(torch.conv2d(pooled, fc1Weight));
        Tensor logits = torch.conv2d(hidden, fc2Weight, new TensorOptional(fc2Bias), ONE, ZERO, ONE, 1)
                .view(x.size(0), -1);
        return torch.softmax(logits.div(temperature), 1);
    }

    Tensor forward(Tensor x) {
        Tensor attention = attention(x);
        long batch = x.size(0);
        Tensor folded = x.view(1, -1, x.size(2), x.size(3));
        Tensor aggregateWeight = torch.mm(attention, weight.view(kernels, -1))
                .view(
                        batch * geometry.outPlanes(),
                        geometry.inPlanesPerGroup(),
                        geometry.kernelSize().height(),
                        geometry.kernelSize().width());
        Tensor aggregateBias = torch.mm(attention, bias).view(-1);
        Tensor output = torch.conv2d(
                folded,
                aggregateWeight,
                new TensorOptional(aggregateBias),
                Torch.pair(geometry.stride()),
                Torch.pair(geometry.padding()),
                Torch.pair(geometry.dilation()),
                geometry.groups() * batch);
        return output.view(batch, geometry.outPlanes(), output.size(-2), output.size(-1));
    }
}
