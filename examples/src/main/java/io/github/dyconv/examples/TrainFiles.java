package io.github.dyconv.examples;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.dyconv.Device;
import io.github.dyconv.io.AtomicFiles;
import io.github.dyconv.io.FormatException;
import io.github.dyconv.nn.Checkpoint;
import io.github.dyconv.nn.EpochRecord;
import io.github.dyconv.nn.ModelFile;
import io.github.dyconv.nn.Trainer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The files of a run of training, in one folder. */
final class TrainFiles {
    private final Path folder;

    TrainFiles(Path folder) {
        this.folder = folder;
    }

    Path checkpoint() {
        return folder.resolve("checkpoint.safetensors");
    }

    private Path previous() {
        return folder.resolve("checkpoint-previous.safetensors");
    }

    /** The newest checkpoint that is there. */
    Optional<Path> latestCheckpoint() {
        return List.of(checkpoint(), previous()).stream().filter(Files::exists).findFirst();
    }

    /** Reads a checkpoint; if it is damaged, and there is an older one, that is told too. */
    Checkpoint read(Path file) throws IOException {
        try {
            return Checkpoint.read(file);
        } catch (FormatException e) {
            if (file.equals(checkpoint()) && Files.exists(previous())) {
                throw new UsageException(
                        e.getMessage() + "; the one before it is kept: delete this file to go on from that", e);
            }
            throw e;
        }
    }

    /** Writes a checkpoint; the last one becomes the previous one, so that there is one at any moment. */
    void save(Checkpoint checkpoint) throws IOException {
        Files.createDirectories(folder);
        if (Files.exists(checkpoint())) {
            Files.move(checkpoint(), previous(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        checkpoint.write(checkpoint());
    }

    /** Writes the log of the epochs that are done, as a table, as JSON and as a picture. */
    void writeLog(Trainer trainer, Device device) throws IOException {
        StringBuilder csv = new StringBuilder(EpochRecord.CSV_HEADING).append('\n');
        trainer.history().forEach(epoch -> csv.append(epoch.csv()).append('\n'));
        AtomicFiles.write(
                folder.resolve("log.csv"), out -> out.write(csv.toString().getBytes(StandardCharsets.UTF_8)));
        JsonFiles.write(folder.resolve("log.json"), json(trainer, device));
        TrainingPlot.write(folder.resolve("curves.png"), trainer.history());
    }

    private static ObjectNode json(Trainer trainer, Device device) {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("device", device.name());
        root.put("jdk", Runtime.version().toString());
        root.set("settings", JsonFiles.tree(trainer.settings()));
        root.put("parameters", trainer.model().network().parameterCount());
        root.put("multiply_adds", trainer.model().network().multiplyAdds());
        ArrayNode epochs = root.putArray("epochs");
        for (EpochRecord epoch : trainer.history()) {
            epochs.addObject()
                    .put("epoch", epoch.epoch())
                    .put("temperature", epoch.temperature())
                    .put("learning_rate", epoch.learningRate())
                    .put("train_loss", epoch.train().meanLoss())
                    .put("train_accuracy", epoch.train().accuracy())
                    .put("validation_loss", epoch.validation().meanLoss())
                    .put("validation_accuracy", epoch.validation().accuracy())
                    .put("seconds", epoch.seconds());
        }
        return root;
    }

    /** Writes the trained model, with what is needed to feed it. */
    Path writeModel(Trainer trainer) throws IOException {
        Map<String, String> notes = new LinkedHashMap<>();
        notes.put("settings", JsonFiles.tree(trainer.settings()).toString());
        notes.put("mean", Arrays.toString(trainer.normalization().mean()));
        notes.put("std", Arrays.toString(trainer.normalization().deviation()));
        Path file = folder.resolve("model.safetensors");
        ModelFile.write(file, trainer.model(), notes);
        return file;
    }
}
