package io.github.dyconv.examples;

import io.github.dyconv.Parameters;
import io.github.dyconv.io.Hyperparameters;
import io.github.dyconv.io.LayerQuery;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Takes a layer from a file of one type into one of another. */
@Command(
        name = "convert",
        description = "Convert a trained layer from one file type to another.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyconv convert layer.pt layer.npz --temperature 1",
            "  dyconv convert model.pth layer.safetensors --prefix features.3 --config layer.json --temperature 1",
            "  dyconv convert layer.safetensors layer.onnx --batch 8 --input-size 56,56",
            "%nThe type of OUT is told by its ending. The layer's names are those of PyTorch's state_dict, below any prefix;"
                    + " dyconv inspect shows what IN holds."
        })
final class ConvertCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @CommandLine.Parameters(
            index = "0",
            paramLabel = "IN",
            description = "The file to read: .safetensors, a PyTorch checkpoint (.pt, .pth, .bin), .npz, or .onnx.")
    private Path in = Path.of("");

    @CommandLine.Parameters(
            index = "1",
            paramLabel = "OUT",
            description = "The file to write: .safetensors, .npz or .onnx; replaced if it exists.")
    private Path out = Path.of("");

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = {
                "Hyper-parameters that the tensors' shapes don't tell, as JSON: {\"stride\": 2, \"padding\": 1,"
                        + " \"dilation\": 1}. Those absent have PyTorch's defaults; others may be there, and must agree"
                        + " with the tensors. Needed unless IN tells them or OUT keeps none (.npz)."
            })
    private Optional<Path> config = Optional.empty();

    @Mixin
    private LayerOptions layer = new LayerOptions();

    @Mixin
    private OnnxOptions onnx = new OnnxOptions();

    /** For picocli. */
    ConvertCommand() {}

    @Override
    public Integer call() throws IOException {
        Problems problems = new Problems();
        Optional<LayerFileType> type = problems.attempt(() -> LayerFileType.writtenTo(out));
        Optional<LayerFileType.Writer> writer = type.flatMap(known -> problems.attempt(() -> onnx.writer(known)));
        problems.check(() -> FileErrors.requireWritable(out));
        Optional<Parameters> parameters = problems.attempt(
                () -> read(type.map(LayerFileType::keepsConfiguration).orElse(false)));
        problems.throwIfAny();
        writer.orElseThrow().write(out, parameters.orElseThrow());
        spec.commandLine().getOut().printf("%s -> %s: %s%n", in, out, Hyperparameters.of(parameters.get()));
        return 0;
    }

    private Parameters read(boolean wholly) throws IOException {
        Optional<Hyperparameters> given =
                config.isPresent() ? Optional.of(Hyperparameters.read(config.get())) : Optional.empty();
        // What is not kept need not be known: the defaults serve.
        Optional<Hyperparameters> sufficient = wholly ? given : given.or(() -> Optional.of(Hyperparameters.NONE));
        return LayerFileType.readerFor(in).read(in, new LayerQuery(layer.prefix(), sufficient, layer.temperature()));
    }
}
