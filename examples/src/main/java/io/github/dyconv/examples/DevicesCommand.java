package io.github.dyconv.examples;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dyconv.DeviceCandidate;
import io.github.dyconv.Devices;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What can run here. */
@Command(
        name = "devices",
        description = "List what can run here, in the order of preference, and why the rest can't.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  dyconv devices",
            "  dyconv devices --json devices.json",
            "%nThe file holds {\"devices\": [{\"name\", \"available\", \"reason\"}]}: what the device is, or why it"
                    + " can't run."
        })
final class DevicesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--json", paramLabel = "FILE", description = "Write the list to this file too.")
    private Optional<Path> json = Optional.empty();

    /** For picocli. */
    DevicesCommand() {}

    @Override
    public Integer call() throws IOException {
        json.ifPresent(FileErrors::requireWritable);
        List<DeviceCandidate> candidates = Devices.list();
        if (json.isPresent()) {
            JsonFiles.write(json.get(), json(candidates));
        }
        print(candidates, spec.commandLine().getOut());
        return 0;
    }

    private static void print(List<DeviceCandidate> candidates, PrintWriter out) {
        int width = candidates.stream()
                .mapToInt(candidate -> candidate.name().length())
                .max()
                .orElse(0);
        for (DeviceCandidate candidate : candidates) {
            out.println(candidate.name()
                    + " ".repeat(width - candidate.name().length())
                    + (candidate.device().isPresent() ? "  available    " : "  unavailable  ")
                    + candidate.reason());
        }
    }

    private static ObjectNode json(List<DeviceCandidate> candidates) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ArrayNode devices = root.putArray("devices");
        for (DeviceCandidate candidate : candidates) {
            devices.addObject()
                    .put("name", candidate.name())
                    .put("available", candidate.device().isPresent())
                    .put("reason", candidate.reason());
        }
        return root;
    }
}
