package io.github.dyconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Wrong use and bad input: exit code 2, one line on standard error that names the culprit, nothing else happens. */
class BadInputTest {
    @TempDir
    Path folder;

    /** Spoils a scene and gives the command line. */
    interface Spoil {
        String[] args(Scene scene) throws IOException;
    }

    /** A way to go wrong, and what the message must name. */
    record Case(String name, List<String> told, Spoil spoil) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Case bad(String name, String told, Spoil spoil) {
        return new Case(name, List.of(told), spoil);
    }

    /** A configuration with one key replaced; the message names the file and the key. */
    private static Case config(String key, String json) {
        String shown = json.length() > 24 ? json.substring(0, 24) + "..." : json;
        return new Case(
                "config " + key + " " + shown,
                List.of("l.json", key),
                scene -> scene.config(key, json).forward());
    }

    private static Case line(String told, String... args) {
        return bad("dyconv " + String.join(" ", args), told, scene -> args);
    }

    static Stream<Case> configs() {
        return Stream.of(
                config("in_planes", "3.0"),
                config("in_planes", "\"8\""),
                config("in_planes", "null"),
                config("in_planes", "0"),
                config("in_planes", "-8"),
                config("in_planes", "2147483648"),
                config("in_planes", "[8, 8]"),
                config("out_planes", "0"),
                config("out_planes", "1e1"),
                config("kernel_size", "0"),
                config("kernel_size", "3.5"),
                config("kernel_size", "[3]"),
                config("kernel_size", "[3, 3, 3]"),
                config("kernel_size", "[3, 3.0]"),
                config("kernel_size", "[3, -3]"),
                config("stride", "0"),
                config("stride", "-1"),
                config("padding", "-1"),
                config("padding", "true"),
                config("dilation", "0"),
                config("dilation", "2147483647"),
                config("groups", "0"),
                config("groups", "3"),
                config("bias", "1"),
                config("bias", "\"true\""),
                config("K", "0"),
                config("K", "2.0"),
                config("ratio", "-0.25"),
                config("ratio", "\"0.25\""),
                config("ratio", "1e300"),
                config("ratio", "1e999"),
                config("temperature", "0"),
                config("temperature", "-34"),
                config("temperature", "NaN"),
                config("temperature", "1e999"),
                config("temperature", "1e39"),
                config("temperature", "1e-60"),
                config("temperature", "[34]"),
                config("Temperature", "34"),
                config("stride", "\"" + "9".repeat(100_000) + "\""),
                config("stride", "[".repeat(5_000)));
    }

    static Stream<Case> configFiles() {
        return Stream.of(
                tooMany("in_planes", "2147483647"),
                tooMany("kernel_size", "2147483647"),
                tooMany("K", "2000000000"),
                bad(
                        "key of control characters",
                        "k??",
                        scene -> scene.config("k\\u0001\\n", "4").forward()),
                bad(
                        "config without in_planes",
                        "in_planes",
                        scene -> scene.without("in_planes").forward()),
                bad(
                        "config without out_planes",
                        "out_planes",
                        scene -> scene.without("out_planes").forward()),
                bad(
                        "config without kernel_size",
                        "kernel_size",
                        scene -> scene.without("kernel_size").forward()),
                new Case(
                        "two bad keys in one line",
                        List.of("in_planes", "stride", "bias"),
                        scene -> scene.without("in_planes")
                                .config("stride", "1.5")
                                .config("bias", "0")
                                .forward()),
                bad(
                        "duplicate key",
                        "stride",
                        scene -> scene.text(
                                        "l.json",
                                        "{\"in_planes\": 8, \"out_planes\": 8, \"kernel_size\": 3, \"stride\": 1,"
                                                + " \"stride\": 2}")
                                .forward()),
                bad(
                        "config is empty",
                        "l.json",
                        scene -> scene.text("l.json", "").forward()),
                bad(
                        "config is a list",
                        "l.json",
                        scene -> scene.text("l.json", "[]").forward()),
                bad(
                        "config is a number",
                        "l.json",
                        scene -> scene.text("l.json", "1").forward()),
                bad(
                        "config is cut off",
                        "l.json",
                        scene -> scene.text("l.json", "{\"in_planes\": ").forward()),
                bad(
                        "config has more behind",
                        "l.json",
                        scene -> scene.text("l.json", "{\"in_planes\": 8, \"out_planes\": 8, \"kernel_size\": 3} {}")
                                .forward()),
                bad(
                        "config is too large",
                        "l.json",
                        scene ->
                                scene.text("l.json", " ".repeat(1 << 20) + "{}").forward()),
                bad(
                        "config is not UTF-8",
                        "l.json",
                        scene -> scene.bytes("l.json", new byte[] {'{', '"', -1, -2})
                                .forward()),
                bad(
                        "config is not there",
                        "no.json",
                        scene -> scene.forward("--config", scene.file("no.json").toString())),
                bad("config is a folder", "folder", scene -> scene.forward("--config", folder(scene))),
                bad(
                        "temperature nowhere",
                        "temperature",
                        scene -> scene.without("temperature")
                                .withoutArray("temperature")
                                .forward()));
    }

    private static Case tooMany(String key, String value) {
        return new Case(
                "config " + key + " " + value,
                List.of("l.json", "weight", value),
                scene -> scene.config(key, value).forward());
    }

    private static String folder(Scene scene) throws IOException {
        return Files.createDirectories(scene.file("folder")).toString();
    }

    static Stream<Case> parameters() {
        return Stream.of(
                bad(
                        "missing weight",
                        "weight",
                        scene -> scene.withoutArray("weight").forward()),
                bad("missing bias", "bias", scene -> scene.withoutArray("bias").forward()),
                bad(
                        "missing fc2.bias",
                        "attention.fc2.bias",
                        scene -> scene.withoutArray("attention.fc2.bias").forward()),
                bad(
                        "misshapen weight",
                        "weight",
                        scene -> scene.array("weight", Tensor.zeros(4, 8, 8, 5, 3))
                                .forward()),
                bad(
                        "misshapen fc1",
                        "attention.fc1.weight",
                        scene -> scene.array("attention.fc1.weight", Tensor.zeros(3, 8))
                                .forward()),
                bad(
                        "parameters of another ratio",
                        "attention.fc1.weight",
                        scene -> scene.config("ratio", "0.5").forward()),
                bad(
                        "integer weight",
                        "weight",
                        scene -> scene.npz("p.npz", "weight", Scene.npy("<i4", "(4, 8, 8, 3, 3)", 4 * 8 * 8 * 9 * 4))
                                .forward()),
                bad(
                        "weight cut off",
                        "weight",
                        scene -> scene.npz("p.npz", "weight", Scene.npy("<f4", "(4, 8, 8, 3, 3)", 100))
                                .forward()),
                bad(
                        "archive cut off",
                        "p.npz",
                        scene -> scene.truncate("p.npz", 1_000).forward()),
                bad(
                        "parameters are text",
                        "p.npz",
                        scene -> scene.text("p.npz", "weight").forward()),
                bad(
                        "parameters are empty",
                        "p.npz",
                        scene -> scene.text("p.npz", "").forward()),
                bad(
                        "parameters are not there",
                        "no.npz",
                        scene -> scene.forward("--params", scene.file("no.npz").toString())),
                bad("parameters are a folder", "folder", scene -> scene.forward("--params", folder(scene))),
                temperature(0),
                temperature(-1),
                temperature(Float.NaN),
                temperature(Float.POSITIVE_INFINITY),
                bad(
                        "two temperatures",
                        "temperature",
                        scene -> scene.without("temperature")
                                .array("temperature", Tensor.of(new float[] {1, 2}, 2))
                                .forward()));
    }

    private static Case temperature(float value) {
        return bad(
                "temperature array " + value,
                "temperature",
                scene -> scene.without("temperature")
                        .array("temperature", Tensor.of(new float[] {value}, 1))
                        .forward());
    }

    private static Case npy(String name, byte[] content) {
        return bad(name, "x.npy", scene -> scene.bytes("x.npy", content).forward());
    }

    private static Case shape(int... shape) {
        return bad(
                "input of shape " + Arrays.toString(shape),
                "x.npy",
                scene -> scene.tensor("x.npy", shape).forward());
    }

    static Stream<Case> inputs() {
        return Stream.of(
                shape(8),
                shape(8, 5, 5),
                shape(1, 8, 5, 5, 1),
                shape(1, 3, 5, 5),
                new Case(
                        "kernel larger than the padded input",
                        List.of("kernel_size", "x.npy"),
                        scene -> scene.config("dilation", "20").forward()),
                new Case(
                        "output that fits no tensor",
                        List.of("output"),
                        scene -> scene.config("padding", "40000").forward()),
                npy("zero batch", Scene.npy("<f4", "(0, 8, 5, 5)", 0)),
                npy("negative size", Scene.npy("<f4", "(-1, 8, 5, 5)", 0)),
                npy("integers", Scene.npy("<i8", "(1, 8, 5, 5)", 1600)),
                npy("objects", Scene.npy("|O", "(1, 8, 5, 5)", 1600)),
                npy("less data than promised", Scene.npy("<f4", "(1, 8, 50000, 5000)", 100)),
                npy("sizes that overflow", Scene.npy("<f4", "(1, 8, 2000000000, 2000000000)", 100)),
                npy("more data than promised", Scene.npy("<f4", "(1, 8, 5, 5)", 900)),
                npy("no NPY", "x".getBytes(StandardCharsets.UTF_8)),
                npy("empty", new byte[0]),
                bad(
                        "archive without x",
                        "array 'x'",
                        scene -> scene.forward("--input", scene.file("p.npz").toString())),
                bad(
                        "archive with an integer x",
                        "z.npz",
                        scene -> scene.npz("z.npz", "x", Scene.npy("<i4", "(1, 8, 5, 5)", 800))
                                .forward("--input", scene.file("z.npz").toString())),
                bad(
                        "input is not there",
                        "no.npy",
                        scene -> scene.forward("--input", scene.file("no.npy").toString())),
                bad("input is a folder", "folder", scene -> scene.forward("--input", folder(scene))),
                bad(
                        "text as a picture",
                        "x.png",
                        scene -> scene.text("x.png", "no picture")
                                .forward("--input", scene.file("x.png").toString())),
                bad(
                        "picture cut off",
                        "x.png",
                        scene -> scene.picture("x.png", "png", new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB))
                                .truncate("x.png", 60)
                                .forward("--input", scene.file("x.png").toString())),
                bad(
                        "photograph cut off, whose missing rows the JDK makes up",
                        "damaged picture",
                        scene -> scene.picture("x.jpg", "jpg", new BufferedImage(256, 256, BufferedImage.TYPE_INT_RGB))
                                .truncate("x.jpg", 900)
                                .forward("--input", scene.file("x.jpg").toString())),
                bad(
                        "picture that promises a billion pixels",
                        "pixels",
                        scene -> scene.bytes("x.png", hugePng())
                                .forward("--input", scene.file("x.png").toString())),
                bad(
                        "picture for a layer of 8 channels",
                        "x.png",
                        scene -> scene.picture("x.png", "png", new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB))
                                .forward("--input", scene.file("x.png").toString())));
    }

    /** The signature and the header of a PNG of 40000 x 40000 pixels. */
    private static byte[] hugePng() {
        return ByteBuffer.allocate(33)
                .putLong(0x89504E470D0A1A0AL)
                .putInt(13)
                .put("IHDR".getBytes(StandardCharsets.US_ASCII))
                .putInt(40_000)
                .putInt(40_000)
                .put(new byte[] {8, 2, 0, 0, 0})
                .putInt(0x0) // of the checksum, which the reader does not check
                .array();
    }

    static Stream<Case> outputs() {
        return Stream.of(
                bad(
                        "output is no .npz",
                        ".npz",
                        scene -> scene.forward("--output", scene.file("y.npy").toString())),
                bad("output without a name", ".npz", scene -> scene.forward("--output", "")),
                bad("output is a folder", "folder", scene -> {
                    Files.createDirectories(scene.file("y.npz"));
                    return scene.forward();
                }),
                bad(
                        "output's folder is not there",
                        "no folder",
                        scene -> scene.forward(
                                "--output", scene.file("sub/y.npz").toString())),
                bad(
                        "output below a file",
                        "not a folder",
                        scene -> scene.forward(
                                "--output", scene.file("l.json/y.npz").toString())),
                new Case(
                        "everything is wrong",
                        List.of("--output", "no.json", "no.npy", "'tpu'"),
                        scene -> scene.forward(
                                "--output",
                                "y",
                                "--config",
                                scene.file("no.json").toString(),
                                "--input",
                                scene.file("no.npy").toString(),
                                "--device",
                                "tpu")),
                bad("JSON below a file", "not a folder", scene -> new String[] {
                    "devices", "--json", scene.file("l.json/d.json").toString()
                }),
                bad("results into a folder", "folder", scene ->
                        new String[] {"bench", "--layers", "D:1", "--json", folder(scene)}),
                bad("demo into a file", "not a folder", scene ->
                        new String[] {"demo", "--out", scene.file("l.json").toString()}),
                bad("demo below a file", "not a folder", scene -> new String[] {
                    "demo", "--out", scene.file("l.json/sub/sub").toString()
                }),
                bad("demo's picture is a folder", DemoCommand.FILE, scene -> {
                    Files.createDirectories(scene.file("folder").resolve(DemoCommand.FILE));
                    return new String[] {"demo", "--out", folder(scene)};
                }),
                bad("demo of text", "l.json", scene -> new String[] {
                    "demo",
                    "--out",
                    folder(scene),
                    "--input",
                    scene.file("l.json").toString()
                }));
    }

    static Stream<Case> options() {
        return Stream.of(
                option("--device", "tpu", "available"),
                option("--device", "", "available"),
                option("--device", "jvm\nx", "available"),
                option("--device", "tornado:OPENCL:99", "tornado:OPENCL:99"),
                option("--precision", "half", "half"),
                option("--precision", "double", "strict"),
                option("--precision", "", "strict"),
                option("--threads", "0", "1024"),
                option("--threads", "-1", "1024"),
                option("--threads", "99999", "1024"),
                option("--threads", "9999999999", "1024"),
                option("--threads", "two", "1024"),
                option("--thread", "2", "--thread"),
                line("subcommand"),
                line("forwards", "forwards"),
                line("--params", "forward"),
                line("--configg", "forward", "--configg", "l.json"),
                line("--config", "forward", "--config"),
                line("extra", "devices", "extra"),
                line("--json", "devices", "--json"),
                line("only once", "devices", "--json", "a", "--json", "b"),
                line("R9", "bench", "--layers", "R9:1"),
                line("--layers", "bench", "--layers", ""),
                line("--layers", "bench", "--layers", "R1:8,"),
                line("R1", "bench", "--layers", "R1"),
                line("batch", "bench", "--layers", "R1:0"),
                line("R1:-8", "bench", "--layers", "R1:-8"),
                line("batch", "bench", "--layers", "R1:999999999"),
                line("R1:9999999999", "bench", "--layers", "R1:9999999999"),
                line("--threads", "bench", "--threads", "0"),
                line("--runs", "bench", "--runs", "0"),
                line("--seconds", "bench", "--seconds", "0"),
                line("--seconds", "bench", "--seconds", "NaN"),
                line("tpu", "bench", "--device", "tpu"),
                line("half", "bench", "--layers", "D:1", "--device", "jvm", "--precision", "half"),
                line("tpu", "demo", "--device", "tpu"));
    }

    private static Case option(String option, String value, String told) {
        return bad("forward " + option + " " + value.strip(), told, scene -> scene.forward(option, value));
    }

    @ParameterizedTest
    @MethodSource({"configs", "configFiles", "parameters", "inputs", "outputs", "options"})
    void isToldInOneLine(Case wrong) throws IOException {
        Scene scene = new Scene(folder);
        String[] args = wrong.spoil().args(scene);
        Map<String, Integer> before = scene.snapshot();

        CommandRun run = CommandRun.of(args);

        assertThat(run.err()).startsWith("dyconv: ").endsWith(System.lineSeparator());
        assertThat(run.err().strip().lines()).as("lines of: " + run.err()).hasSize(1);
        assertThat(run.err()).contains(wrong.told()).doesNotContain("internal error", "Exception");
        assertThat(run.err().length()).isLessThan(1_200);
        assertThat(run.out()).isEmpty();
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(scene.snapshot()).isEqualTo(before);
    }
}
