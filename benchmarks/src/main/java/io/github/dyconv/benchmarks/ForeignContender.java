package io.github.dyconv.benchmarks;

import io.github.dyconv.Tensor;
import io.github.dyconv.benchmarks.ContenderProvider.Loaded;
import io.github.dyconv.io.Npz;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A contender in a process that is no JVM. When it is ready it tells what it is; then it times its own runs, as often as it
 * is asked to, and saves what the last one computed. build-tools/time-with-pytorch.py is such a program.
 */
final class ForeignContender implements Contender {
    /** The output's name among the results. */
    private static final String OUTPUT = "y";

    private final Dialogue dialogue;
    private final String algorithm;

    private ForeignContender(Dialogue dialogue, String algorithm) {
        this.dialogue = dialogue;
        this.algorithm = algorithm;
    }

    /** What it first tells of itself. */
    private record Greeting(String version, String algorithm) {}

    /**
     * Starts the process and waits until it is ready.
     *
     * @param name the contender's
     * @throws IOException if there is no such program
     * @throws IllegalStateException if the program fails, with what it printed
     */
    static Loaded start(String name, List<String> command) throws IOException {
        var dialogue = new Dialogue(name, new ProcessBuilder(command));
        Greeting greeting = Json.parse(dialogue.hear(), Greeting.class);
        return new Loaded(greeting.version(), () -> new ForeignContender(dialogue, greeting.algorithm()));
    }

    @Override
    public void run() {
        turn(0);
    }

    @Override
    public long[] turn(int counted) {
        try {
            return Json.parse(ask("run " + counted), long[].class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String ask(String request) throws IOException {
        dialogue.say(request);
        return dialogue.hear();
    }

    @Override
    public Optional<Tensor> output() {
        return Optional.ofNullable(results().get(OUTPUT));
    }

    @Override
    public List<Tensor> gradients() {
        Map<String, Tensor> gradients = new LinkedHashMap<>(results());
        gradients.remove(OUTPUT);
        return List.copyOf(gradients.values());
    }

    private Map<String, Tensor> results() {
        try (var folder = new TemporaryFolder()) {
            Path file = folder.file("results.npz");
            ask("save " + file);
            return Npz.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String algorithm() {
        return algorithm;
    }

    @Override
    public ProcessHandle process() {
        return dialogue.process();
    }

    @Override
    public void close() {
        dialogue.close();
    }
}
