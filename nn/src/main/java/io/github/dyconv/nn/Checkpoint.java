package io.github.dyconv.nn;

import io.github.dyconv.Tensor;
import io.github.dyconv.io.FormatException;
import io.github.dyconv.io.Place;
import io.github.dyconv.io.Safetensors;
import io.github.dyconv.io.TensorFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that training needs to go on as if it had never stopped. As a file it is a safetensors file: the network's tensors under
 * their state_dict names, the optimizer's behind {@code optimizer.}, and in the metadata the settings, the progress and a
 * checksum of all of it. The random numbers of a step follow from the seed and the step's number.
 *
 * @param settings of the run
 * @param progress how far it is
 * @param history of the epochs that are done
 * @param tensors of the network and the optimizer
 */
public record Checkpoint(
        TrainingSettings settings, Progress progress, List<EpochRecord> history, Map<String, Tensor> tensors) {
    /** What precedes the names of the optimizer's tensors. */
    static final String OPTIMIZER = "optimizer.";

    private static final String VERSION_KEY = "dyconv.checkpoint";
    private static final int VERSION = 1;
    private static final String CHECKSUM = "checksum";
    private static final String SETTINGS = "settings.";
    private static final String PROGRESS = "progress.";
    private static final String EPOCH = "epoch.";

    /**
     * How far a run is.
     *
     * @param pictures a checksum of its training and validation pictures
     * @param step steps made
     * @param temperature of the dynamic convolutions
     * @param epochScore of the steps of the epoch under way
     * @param epochSeconds that these took
     */
    public record Progress(
            String pictures, long step, double temperature, CrossEntropy.Score epochScore, double epochSeconds) {}

    /**
     * Writes the file wholly or not at all: an older one stays until the new one is safely on the disk.
     *
     * @param file replaced if it exists
     * @throws IOException if that fails; one line that begins with the file's name
     */
    public void write(Path file) throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", "pt");
        metadata.put(VERSION_KEY, Integer.toString(VERSION));
        metadata.putAll(RecordText.texts(SETTINGS, settings));
        metadata.putAll(RecordText.texts(PROGRESS, progress));
        for (EpochRecord epoch : history) {
            metadata.putAll(RecordText.texts(EPOCH + epoch.epoch() + ".", epoch));
        }
        metadata.put(CHECKSUM, checksum(metadata, tensors));
        Safetensors.write(file, tensors, metadata);
    }

    /**
     * Reads a file, and checks that it is whole.
     *
     * @param file what {@link #write} left
     * @return the checkpoint
     * @throws FormatException if it is damaged, no checkpoint, or one of a newer version
     * @throws IOException if it can't be read
     */
    public static Checkpoint read(Path file) throws IOException {
        try (TensorFile opened = TensorFile.open(file)) {
            Map<String, String> metadata = opened.metadata();
            String version = metadata.get(VERSION_KEY);
            if (version == null) {
                throw new FormatException(file, "is no checkpoint of training: its metadata lacks " + VERSION_KEY);
            }
            if (!version.equals(Integer.toString(VERSION))) {
                throw new FormatException(
                        file,
                        "is a checkpoint of version " + version + "; this program reads version " + VERSION
                                + ": continue with the program that wrote it");
            }
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (String name : opened.names()) {
                tensors.put(name, opened.read(name));
            }
            Map<String, String> summed = new LinkedHashMap<>(metadata);
            if (!checksum(summed, tensors).equals(summed.get(CHECKSUM))) {
                throw new FormatException(file, "damaged: its checksum is not that of its content");
            }
            return of(file, metadata, tensors);
        }
    }

    private static Checkpoint of(Path file, Map<String, String> metadata, Map<String, Tensor> tensors)
            throws FormatException {
        try {
            List<EpochRecord> history = new ArrayList<>();
            while (metadata.containsKey(EPOCH + (history.size() + 1) + ".epoch")) {
                String prefix = EPOCH + (history.size() + 1) + ".";
                history.add(RecordText.record(EpochRecord.class, prefix, metadata));
            }
            return new Checkpoint(
                    RecordText.record(TrainingSettings.class, SETTINGS, metadata),
                    RecordText.record(Progress.class, PROGRESS, metadata),
                    history,
                    tensors);
        } catch (IllegalArgumentException e) {
            throw Place.of(file).problem(String.valueOf(e.getMessage()), e);
        }
    }

    private static String checksum(Map<String, String> metadata, Map<String, Tensor> tensors) {
        MessageDigest digest = sha256();
        new TreeMap<>(metadata).forEach((key, value) -> {
            if (!key.equals(CHECKSUM)) {
                add(digest, key);
                add(digest, value);
            }
        });
        tensors.forEach((name, tensor) -> {
            add(digest, name);
            add(digest, Arrays.toString(tensor.shape()));
            digest.update(tensor.segment().asByteBuffer());
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
