package io.github.dyconv.testing;

import io.github.dyconv.Conv2dGeometry;
import io.github.dyconv.DYConv2dConfig;
import io.github.dyconv.Parameters;
import io.github.dyconv.Size2D;
import io.github.dyconv.Tensor;
import io.github.dyconv.io.Npz;
import io.github.dyconv.io.ParameterFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A layer, its input and PyTorch's results. See the README beside the data.
 *
 * @param name the files' name without extension
 * @param config the layer
 * @param parameters with the temperature
 * @param x the input
 * @param npz the file, for whatever else is in it
 */
public record GoldenCase(String name, DYConv2dConfig config, Parameters parameters, Tensor x, Path npz) {
    /** A folder of cases of the same form, instead of those on the class path. */
    public static final String FOLDER_PROPERTY = "dyconv.golden";

    private static final Pattern MEMBER = Pattern.compile(
            "\"(?<key>\\w+)\"\\s*:\\s*(?<value>true|false|-?[\\d.]+|\\[\\s*(?<h>\\d+)\\s*,\\s*(?<w>\\d+)\\s*\\])");

    /**
     * PyTorch's output in float64.
     *
     * @return {@code [N, O, H', W']}
     */
    public double[] y64() {
        return array("y64");
    }

    /**
     * PyTorch's attention in float64.
     *
     * @return {@code [N, K]}
     */
    public double[] attention64() {
        return array("attention64");
    }

    /**
     * Any array of the case, such as {@code grad64.weight}.
     *
     * @param array its name
     * @return its elements
     */
    public double[] array(String array) {
        try {
            return Float64Npz.read(npz, array);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    /**
     * All cases, by name.
     *
     * @return those in the folder {@code -Ddyconv.golden}, else those on the class path
     */
    public static List<GoldenCase> all() {
        try (Stream<Path> files = Files.list(folder())) {
            List<GoldenCase> cases = files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .map(GoldenCase::read)
                    .toList();
            if (cases.isEmpty()) {
                throw new IllegalStateException("no golden cases in " + folder());
            }
            return cases;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * One case.
     *
     * @param name for example {@code g01_article}
     * @return the case
     */
    public static GoldenCase named(String name) {
        return read(folder().resolve(name + ".json"));
    }

    /**
     * The folder of the cases.
     *
     * @return a folder on the default file system; out of a jar, it is a copy
     */
    public static Path folder() {
        String given = System.getProperty(FOLDER_PROPERTY, "");
        return given.isEmpty() ? OnClassPath.FOLDER : Path.of(given);
    }

    private static GoldenCase read(Path json) {
        String file = json.getFileName().toString();
        String name = file.substring(0, file.length() - ".json".length());
        try {
            Map<String, Matcher> members = members(Files.readString(json));
            DYConv2dConfig config = new DYConv2dConfig(
                    new Conv2dGeometry(
                            number(members, "in_planes").intValue(),
                            number(members, "out_planes").intValue(),
                            pair(members, "kernel_size"),
                            pair(members, "stride"),
                            pair(members, "padding"),
                            pair(members, "dilation"),
                            number(members, "groups").intValue(),
                            Boolean.parseBoolean(member(members, "bias").group("value"))),
                    number(members, "ratio"),
                    number(members, "K").intValue());
            Path npz = json.resolveSibling(name + ".npz");
            Parameters parameters = ParameterFile.read(npz, config, OptionalDouble.of(number(members, "temperature")));
            Tensor x = Objects.requireNonNull(Npz.read(npz, "x"::equals).get("x"), npz + " lacks x");
            return new GoldenCase(name, config, parameters, x.asReadOnly(), npz);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Matcher> members(String json) {
        Map<String, Matcher> members = new LinkedHashMap<>();
        Matcher matcher = MEMBER.matcher(json);
        for (int at = 0; matcher.find(at); at = matcher.end()) {
            Matcher member = MEMBER.matcher(json);
            member.find(at);
            members.put(member.group("key"), member);
        }
        return members;
    }

    private static Matcher member(Map<String, Matcher> members, String key) {
        Matcher member = members.get(key);
        if (member == null) {
            throw new IllegalArgumentException(key + ": missing, there are " + members.keySet());
        }
        return member;
    }

    private static Double number(Map<String, Matcher> members, String key) {
        return Double.valueOf(member(members, key).group("value"));
    }

    private static Size2D pair(Map<String, Matcher> members, String key) {
        Matcher member = member(members, key);
        return member.group("h") == null
                ? Size2D.of(Integer.parseInt(member.group("value")))
                : new Size2D(Integer.parseInt(member.group("h")), Integer.parseInt(member.group("w")));
    }

    /** The library's readers and the command want real files, so those in a jar are copied out once. */
    private static final class OnClassPath {
        static final Path FOLDER = find();

        private static Path find() {
            URL anchor = Objects.requireNonNull(GoldenCase.class.getResource("/golden/README.md"), "no golden cases");
            try {
                URI uri = anchor.toURI();
                if (uri.getScheme().equals("file")) {
                    return Path.of(uri).resolveSibling("");
                }
                try (FileSystem jar = FileSystems.newFileSystem(uri, Map.of());
                        Stream<Path> files = Files.list(jar.getPath("/golden"))) {
                    Path copy = Files.createTempDirectory("dyconv-golden");
                    copy.toFile().deleteOnExit();
                    for (Path file : files.toList()) {
                        Path target = copy.resolve(file.getFileName().toString());
                        Files.copy(file, target);
                        target.toFile().deleteOnExit();
                    }
                    return copy;
                }
            } catch (IOException | URISyntaxException e) {
                throw new IllegalStateException("the golden cases can't be read", e);
            }
        }
    }
}
