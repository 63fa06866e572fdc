package io.github.dyconv.examples;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.DeviceSelection;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Tensor;
import io.github.dyconv.io.Hyperparameters;
import io.github.dyconv.io.LayerQuery;
import io.github.dyconv.io.Npz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a layer on an input. */
@Command(
        name = "forward",
        description = "Run one layer on one input.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyconv forward --config layer.json --params layer.npz --input x.npy --output y.npz",
            "  dyconv forward --config l.json --params l.npz --input cat.jpg --output y.npz --precision strict",
            "%nA configuration, with all its keys; only the first three must be there:",
            "  {\"in_planes\": 3, \"out_planes\": 16, \"kernel_size\": 3, \"ratio\": 0.25, \"stride\": 1,",
            "   \"padding\": [1, 1], \"dilation\": 1, \"groups\": 1, \"bias\": true, \"K\": 4, \"temperature\": 34}",
            "The temperature may be in the parameter file instead (an array 'temperature', or the metadata of a"
                    + " .safetensors of ours); the configuration's wins."
        })
final class ForwardCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "The layer's hyper-parameters, as JSON. Needed unless --params tells all (.safetensors of ours).")
    private Optional<Path> config = Optional.empty();

    @Option(
            names = "--params",
            required = true,
            paramLabel = "FILE",
            description = {
                "Its parameters: .safetensors, a PyTorch checkpoint (.pt, .pth, .bin), or .npz, with the names weight,"
                        + " bias, attention.fc1.weight, attention.fc2.weight, attention.fc2.bias, as PyTorch's"
                        + " state_dict has them. Other tensors are ignored.",
            })
    private Path params = Path.of("");

    @Option(
            names = "--input",
            required = true,
            paramLabel = "FILE",
            description = {
                "The input [N, C, H, W]: an .npz (its array x), an .npy, or else a picture (PNG, JPEG, GIF, BMP), which"
                        + " becomes [1, 3, H, W] with red, green and blue from 0 to 1; gray gives three equal planes,"
                        + " transparency is dropped.",
            })
    private Path input = Path.of("");

    @Option(
            names = "--output",
            required = true,
            paramLabel = "FILE",
            description = "Where the arrays y [N, O, H', W'] and attention [N, K] go, an .npz; replaced if it exists.")
    private Path output = Path.of("");

    @Mixin
    private LayerOptions which = new LayerOptions();

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private PrecisionOption precision = new PrecisionOption();

    @Mixin
    private ThreadsOption threads = new ThreadsOption();

    /** For picocli. */
    ForwardCommand() {}

    @Override
    public Integer call() throws IOException {
        Problems problems = new Problems();
        problems.check(this::checkOutput);
        Optional<DYConv2d> layer = problems.attempt(this::layer);
        Optional<Tensor> x = problems.attempt(() -> InputFile.read(input));
        Optional<DeviceSelection> chosen = problems.attempt(device::select);
        if (layer.isPresent() && x.isPresent()) {
            problems.check(() ->
                    Problems.ofFile(input, () -> layer.get().outputShape(x.get().shape())));
        }
        problems.throwIfAny();
        run(layer.orElseThrow(), x.orElseThrow(), chosen.orElseThrow());
        return 0;
    }

    private void checkOutput() {
        if (!InputFile.hasEnding(output, ".npz")) {
            throw new UsageException("--output: must end in .npz, got '" + output + "'");
        }
        FileErrors.requireWritable(output);
    }

    private DYConv2d layer() throws IOException {
        Optional<Hyperparameters> given = Optional.empty();
        if (config.isPresent()) {
            Hyperparameters read = Hyperparameters.readComplete(config.get());
            given = Optional.of(Problems.ofFile(config.get(), read::withDefaults));
        }
        LayerQuery query = new LayerQuery(which.prefix(), given, which.temperature());
        return DYConv2d.of(LayerFileType.readerFor(params).read(params, query));
    }

    private void run(DYConv2d layer, Tensor x, DeviceSelection chosen) throws IOException {
        ForwardOptions options = new ForwardOptions(precision.precision(), threads.threads(), device.onFailure());
        try (ForwardPlan plan = Problems.ofFile(input, () -> layer.plan(chosen.device(), options, x.shape()))) {
            long start = System.nanoTime();
            Tensor y = plan.forward(x);
            double millis = (System.nanoTime() - start) / 1e6;
            Map<String, Tensor> arrays = new LinkedHashMap<>();
            arrays.put("y", y);
            arrays.put("attention", plan.attention());
            Npz.write(output, arrays);
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%s -> %s in %s ms on %s (%s; %s), written to %s%n",
                            Arrays.toString(x.shape()),
                            Arrays.toString(y.shape()),
                            Numbers.millis(millis),
                            plan.device().name(),
                            plan.algorithm(),
                            plan.reason(),
                            output);
        }
    }
}
