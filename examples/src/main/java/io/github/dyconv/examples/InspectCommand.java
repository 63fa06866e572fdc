package io.github.dyconv.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a file of tensors holds. */
@Command(
        name = "inspect",
        description = "Show what a file holds: tensors, and the dynamic convolutions among them.",
        sortOptions = false,
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyconv inspect model.pt",
            "  dyconv inspect layer.safetensors --json layer.json",
            "%nNothing in the file is run. Minimum, maximum, mean and standard deviation are those of the finite elements;"
                    + " other types than floats are listed without. Of each dynamic convolution: its prefix, the"
                    + " hyper-parameters that the file tells, those it does not, and the attention where no hidden unit is"
                    + " active, which is the softmax of fc2's bias."
        })
final class InspectCommand implements Callable<Integer> {
    private static final int MAX_NAME = 120;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @CommandLine.Parameters(
            paramLabel = "FILE",
            description = "A .safetensors, a PyTorch checkpoint (.pt, .pth, .bin), an .npz, or an .onnx.")
    private Path file = Path.of("");

    @Option(names = "--json", paramLabel = "FILE", description = "Write it to this file too.")
    private Optional<Path> json = Optional.empty();

    /** For picocli. */
    InspectCommand() {}

    @Override
    public Integer call() throws IOException {
        json.ifPresent(FileErrors::requireWritable);
        FileInspection inspection = FileInspection.of(file);
        if (json.isPresent()) {
            JsonFiles.write(json.get(), json(inspection));
        }
        print(inspection, spec.commandLine().getOut());
        return 0;
    }

    private void print(FileInspection inspection, PrintWriter out) {
        out.println(
                file + ": " + inspection.format() + ", " + inspection.tensors().size() + " tensors");
        List<List<String>> rows =
                inspection.tensors().stream().map(InspectCommand::row).toList();
        if (!rows.isEmpty()) {
            printTable(rows, out);
        }
        inspection.metadata().forEach((key, text) -> out.println("metadata " + shown(key) + ": " + shown(text)));
        for (FileInspection.Layer layer : inspection.layers()) {
            String unknown = String.join(", ", layer.told().unknown());
            out.println("layer " + shown(layer.stored().toString()) + ": " + layer.told()
                    + (unknown.isEmpty() ? "" : "; not told: " + unknown));
            out.println("  attention: hidden " + layer.hidden() + "; where no hidden unit is active, "
                    + (layer.restingAttention().isEmpty()
                            ? "it depends on the temperature"
                            : layer.restingAttention().stream()
                                    .map(InspectCommand::number)
                                    .collect(Collectors.joining(", ", "[", "]"))));
        }
    }

    private static void printTable(List<List<String>> rows, PrintWriter out) {
        List<String> head = List.of("name", "type", "shape", "min", "max", "mean", "std", "NaN", "infinite");
        int[] widths = new int[head.size()];
        for (int column = 0; column < widths.length; column++) {
            int at = column;
            widths[column] = Math.max(
                    head.get(column).length(),
                    rows.stream().mapToInt(row -> row.get(at).length()).max().orElse(0));
        }
        printRow(head, widths, out);
        rows.forEach(row -> printRow(row, widths, out));
    }

    private static void printRow(List<String> row, int[] widths, PrintWriter out) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String padding = " ".repeat(widths[column] - row.get(column).length());
            boolean number = column >= 3;
            line.append(number ? padding + row.get(column) : row.get(column) + padding)
                    .append("  ");
        }
        out.println(line.toString().stripTrailing());
    }

    private static List<String> row(FileInspection.NamedTensor tensor) {
        String name = shown(tensor.name());
        String type = shown(tensor.info().dtype());
        String shape = tensor.info().shape().toString();
        return tensor.statistics()
                .map(of -> List.of(
                        name,
                        type,
                        shape,
                        number(of.min()),
                        number(of.max()),
                        number(of.mean()),
                        number(of.std()),
                        Long.toString(of.nan()),
                        Long.toString(of.infinite())))
                .orElseGet(() -> List.of(name, type, shape, "", "", "", "", "", ""));
    }

    private static String number(double value) {
        return Double.isNaN(value) ? "" : String.format(Locale.ROOT, "%.4g", value);
    }

    /** Names come from files that anyone may have made. */
    private static String shown(String name) {
        String line = CommandExecution.oneLine(name);
        return line.length() <= MAX_NAME ? line : line.substring(0, MAX_NAME) + "...";
    }

    private ObjectNode json(FileInspection inspection) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("file", file.toString()).put("format", inspection.format());
        ObjectNode metadata = root.putObject("metadata");
        inspection.metadata().forEach(metadata::put);
        ArrayNode tensors = root.putArray("tensors");
        inspection.tensors().forEach(tensor -> tensors.add(json(tensor)));
        ArrayNode layers = root.putArray("layers");
        inspection.layers().forEach(layer -> layers.add(json(layer)));
        return root;
    }

    private static ObjectNode json(FileInspection.NamedTensor tensor) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("name", tensor.name()).put("dtype", tensor.info().dtype());
        ArrayNode shape = node.putArray("shape");
        tensor.info().shape().forEach(shape::add);
        tensor.statistics().ifPresent(of -> {
            node.set("min", json(of.min()));
            node.set("max", json(of.max()));
            node.set("mean", json(of.mean()));
            node.set("std", json(of.std()));
            node.put("nan", of.nan()).put("infinite", of.infinite());
        });
        return node;
    }

    /** JSON knows no NaN. */
    private static JsonNode json(double value) {
        return Double.isNaN(value) ? JsonNodeFactory.instance.nullNode() : JsonNodeFactory.instance.numberNode(value);
    }

    private static ObjectNode json(FileInspection.Layer layer) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("prefix", layer.stored().prefix());
        node.set("hyperparameters", JsonFiles.parse(layer.told().toString()));
        ArrayNode unknown = node.putArray("not_told");
        layer.told().unknown().forEach(unknown::add);
        node.put("hidden", layer.hidden());
        ArrayNode attention = node.putArray("resting_attention");
        layer.restingAttention().forEach(weight -> attention.add(json(weight)));
        return node;
    }
}
