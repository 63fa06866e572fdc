package io.github.dyconv.benchmarks;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.examples.LayerCase;
import io.github.dyconv.io.Npy;
import io.github.dyconv.io.ParameterFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The article's own PyTorch module in a Python of the user's.
 *
 * @param name the contender's
 * @param role a dynamic convolution, or a training step of it
 */
record PyTorch(String name, Role role) implements ContenderProvider {
    /** The property that names the Python. */
    static final String PYTHON = "dyconv.python";
    /** The property that names the file of the article's text. */
    static final String ARTICLE = "dyconv.article";

    /** The program, and what it imports. */
    private static final String PROGRAM = "time-with-pytorch.py";

    private static final List<String> SCRIPTS = List.of(PROGRAM, "article.py");

    @Override
    public Optional<String> missing() {
        return Stream.of(PYTHON, ARTICLE).anyMatch(property -> System.getProperty(property) == null)
                ? Optional.of("needs -D" + PYTHON + "=PYTHON, a Python with torch, safetensors and numpy, and -D"
                        + ARTICLE + "=FILE, the article's text")
                : Optional.empty();
    }

    @Override
    public Map<String, String> environment() {
        return GlibcMalloc.KEEPING_MEMORY;
    }

    @Override
    public Loaded load(LayerCase timed, int threads) {
        try (var folder = new TemporaryFolder();
                DYConv2d layer = timed.build()) {
            for (String script : SCRIPTS) {
                try (InputStream in = Objects.requireNonNull(PyTorch.class.getResourceAsStream(script), script)) {
                    Files.copy(in, folder.file(script));
                }
            }
            Path parameters = folder.file("layer.safetensors");
            ParameterFile.write(parameters, layer.parameters());
            Path input = folder.file("x.npy");
            Npy.write(input, timed.input());
            List<String> command = new ArrayList<>(List.of(
                    System.getProperty(PYTHON, "python3"),
                    folder.file(PROGRAM).toString(),
                    System.getProperty(ARTICLE, ""),
                    threads + "",
                    parameters.toString(),
                    input.toString()));
            if (role == Role.TRAINING) {
                Path gradient = folder.file("gradient.npy");
                Npy.write(gradient, TrainingStep.outputGradient(timed));
                command.addAll(List.of(gradient.toString(), TrainingStep.LEARNING_RATE + ""));
            }
            return ForeignContender.start(name, command);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
