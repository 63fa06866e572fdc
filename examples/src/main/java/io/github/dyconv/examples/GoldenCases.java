package io.github.dyconv.examples;

import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.io.Hyperparameters;
import io.github.dyconv.io.Npz;
import io.github.dyconv.io.ParameterFile;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;

/** The golden cases that come with the command: layers and inputs with what PyTorch makes of them in float64. */
final class GoldenCases {
    private static final String ANCHOR = "g01_article.json";
    private static final Set<String> RESULTS = Set.of("x", "y64", "attention64");

    private GoldenCases() {}

    /** What is done in the folder of the cases. */
    private interface Use<T> {
        T in(Path folder) throws IOException;
    }

    /** All names in order. */
    static List<String> names() throws IOException {
        return use(folder -> {
            try (Stream<Path> files = Files.list(folder)) {
                return files.map(file -> file.getFileName().toString())
                        .filter(file -> file.endsWith(".json"))
                        .map(file -> file.substring(0, file.length() - ".json".length()))
                        .sorted()
                        .toList();
            }
        });
    }

    static VerifyCase named(String name) {
        return new VerifyCase(name, () -> use(folder -> load(folder, name)));
    }

    private static <T> T use(Use<T> use) throws IOException {
        URL anchor = Objects.requireNonNull(GoldenCases.class.getResource("/golden/" + ANCHOR), "no golden cases");
        try {
            if (anchor.openConnection() instanceof JarURLConnection inJar) {
                URI jar = inJar.getJarFileURL().toURI();
                try (FileSystem files = FileSystems.newFileSystem(Path.of(jar))) {
                    return use.in(files.getPath("/golden"));
                }
            }
            return use.in(Path.of(anchor.toURI()).resolveSibling(""));
        } catch (URISyntaxException e) {
            throw new IOException(anchor + ": " + e.getMessage(), e);
        }
    }

    private static VerifyCase.Loaded load(Path folder, String name) throws IOException {
        Hyperparameters known = Hyperparameters.readComplete(folder.resolve(name + ".json"));
        Path copy = Files.createTempFile("dyconv", ".npz"); // an archive in a jar can't be read in place
        try {
            Files.copy(folder.resolve(name + ".npz"), copy, StandardCopyOption.REPLACE_EXISTING);
            Parameters parameters = ParameterFile.read(
                    copy, known.config(), OptionalDouble.of(known.temperature().orElseThrow()));
            Map<String, Tensor> results = Npz.read(copy, RESULTS::contains);
            float[] y = array(results, "y64").toArray();
            float[] attention = array(results, "attention64").toArray();
            return new VerifyCase.Loaded(
                    parameters,
                    array(results, "x").asReadOnly(),
                    (actual, weights) -> Math.max(relativeL2(y, actual), largest(attention, weights)));
        } finally {
            Files.delete(copy);
        }
    }

    private static Tensor array(Map<String, Tensor> arrays, String name) {
        return Objects.requireNonNull(arrays.get(name), name);
    }

    private static double relativeL2(float[] expected, Tensor actual) {
        float[] values = actual.toArray();
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            double off = (double) values[i] - expected[i];
            difference += off * off;
            norm += (double) expected[i] * expected[i];
        }
        return Math.sqrt(difference / norm);
    }

    private static double largest(float[] expected, Tensor actual) {
        float[] values = actual.toArray();
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs((double) values[i] - expected[i]));
        }
        return largest;
    }
}
