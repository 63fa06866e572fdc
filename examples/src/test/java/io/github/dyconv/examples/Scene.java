package io.github.dyconv.examples;

import io.github.dyconv.Tensor;
import io.github.dyconv.io.Npy;
import io.github.dyconv.io.Npz;
import io.github.dyconv.testing.GoldenCase;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;

/** A folder with a valid layer (8 to 8 channels, 3x3, padding 1, K = 4), parameters and input, for tests to spoil. */
final class Scene {
    private final Path folder;
    private final Map<String, String> config = new LinkedHashMap<>();
    private final Map<String, Tensor> arrays;

    Scene(Path folder) throws IOException {
        this.folder = folder;
        GoldenCase golden = GoldenCase.named("g03_basic");
        this.arrays = new LinkedHashMap<>(golden.parameters().stateDict());
        config.put("in_planes", "8");
        config.put("out_planes", "8");
        config.put("kernel_size", "3");
        config.put("padding", "1");
        config.put("temperature", "34");
        Npy.write(file("x.npy"), golden.x());
        text("l.json", configText());
        Npz.write(file("p.npz"), arrays);
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    Scene text(String name, String content) throws IOException {
        Files.writeString(file(name), content);
        return this;
    }

    Scene bytes(String name, byte[] content) throws IOException {
        Files.write(file(name), content);
        return this;
    }

    /** Sets one key of the configuration to JSON text. */
    Scene config(String key, String json) throws IOException {
        config.put(key, json);
        return text("l.json", configText());
    }

    Scene without(String key) throws IOException {
        config.remove(key);
        return text("l.json", configText());
    }

    private String configText() {
        return config.entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\": " + entry.getValue())
                .collect(Collectors.joining(", ", "{", "}"));
    }

    /** Replaces an array of the parameters. */
    Scene array(String name, Tensor value) throws IOException {
        arrays.put(name, value);
        Npz.write(file("p.npz"), arrays);
        return this;
    }

    Scene withoutArray(String name) throws IOException {
        arrays.remove(name);
        Npz.write(file("p.npz"), arrays);
        return this;
    }

    Scene tensor(String name, int... shape) throws IOException {
        Npy.write(file(name), Tensor.zeros(shape));
        return this;
    }

    Scene npz(String name, String array, byte[] npy) throws IOException {
        try (var zip = new ZipOutputStream(Files.newOutputStream(file(name)))) {
            zip.putNextEntry(new ZipEntry(array + ".npy"));
            zip.write(npy);
        }
        return this;
    }

    Scene picture(String name, String format, BufferedImage image) throws IOException {
        if (!ImageIO.write(image, format, file(name).toFile())) {
            throw new IllegalStateException("no writer for " + format);
        }
        return this;
    }

    Scene truncate(String name, int bytes) throws IOException {
        return bytes(name, Arrays.copyOf(Files.readAllBytes(file(name)), bytes));
    }

    /** An NPY file of any type, of a shape that need not be the data's. */
    static byte[] npy(String type, String shape, int dataBytes) {
        String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
        String padded = header + " ".repeat(Math.floorMod(-(10 + header.length() + 1), 64)) + "\n";
        var npy = new ByteArrayOutputStream();
        npy.writeBytes("\u0093NUMPY\u0001\u0000".getBytes(StandardCharsets.ISO_8859_1));
        npy.write(padded.length() & 0xff);
        npy.write(padded.length() >> 8);
        npy.writeBytes(padded.getBytes(StandardCharsets.ISO_8859_1));
        npy.writeBytes(new byte[dataBytes]);
        return npy.toByteArray();
    }

    /** The arguments of a forward pass through the scene's files; more may follow, or replace the values of these. */
    String[] forward(String... more) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("--config", file("l.json").toString());
        options.put("--params", file("p.npz").toString());
        options.put("--input", file("x.npy").toString());
        options.put("--output", file("y.npz").toString());
        for (int i = 0; i < more.length; i += 2) {
            options.put(more[i], more[i + 1]);
        }
        return Stream.concat(
                        Stream.of("forward"),
                        options.entrySet().stream().flatMap(option -> Stream.of(option.getKey(), option.getValue())))
                .toArray(String[]::new);
    }

    /** Every file and folder below the scene's, each with a hash of its content. */
    Map<String, Integer> snapshot() throws IOException {
        Map<String, Integer> snapshot = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                snapshot.put(
                        file.toString(), Files.isRegularFile(file) ? Arrays.hashCode(Files.readAllBytes(file)) : 0);
            }
        }
        return snapshot;
    }
}
