package io.github.dyconv.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.benchmarks.ComparisonResults.Measurement;
import io.github.dyconv.benchmarks.ContenderProvider.Role;
import io.github.dyconv.examples.JsonFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command, as scripts see it. */
class ComparisonTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void writesWhatItMeasured() throws IOException {
        Path json = folder.resolve("c.json");
        Path markdown = folder.resolve("c.md");

        assertThat(run(
                        "--layers",
                        "D:1",
                        "--threads",
                        "2",
                        "--contenders",
                        "fake-right",
                        "--rounds",
                        "1",
                        "--warm-up",
                        "0.001",
                        "--json",
                        json.toString(),
                        "--markdown",
                        markdown.toString()))
                .as(text(err))
                .isZero();

        ComparisonResults results = Json.read(json, ComparisonResults.class);
        assertThat(results.results()).extracting(Measurement::contender).containsExactly("fake-right");
        assertThat(results.threads()).containsExactly(2);
        assertThat(results.settings().rounds()).isEqualTo(1);
        assertThat(Files.readString(json)).contains("\"median_ms\"", "\"p10_ms\"", "\"scratch_bytes\" : 12");
        assertThat(Files.readString(markdown)).isEqualTo(new MarkdownReport(results).text());
        assertThat(text(out)).contains("D:1, threads 2: fake-right ");
    }

    @Test
    void leavesOutWhoRefusesALayer() throws IOException {
        Path json = folder.resolve("c.json");

        assertThat(run(
                        "--layers",
                        "D:1",
                        "--threads",
                        "2",
                        "--contenders",
                        "fake-unwilling,fake-right",
                        "--rounds",
                        "1",
                        "--warm-up",
                        "0.001",
                        "--json",
                        json.toString()))
                .as(text(err))
                .isZero();

        assertThat(text(out)).contains("D:1, threads 2: without fake-unwilling: not with 2 threads");
        assertThat(Json.read(json, ComparisonResults.class).results())
                .extracting(Measurement::contender)
                .containsExactly("fake-right");
    }

    @Test
    void anUnknownContenderIsWrongUse() {
        assertThat(run("--contenders", "jvm,libtroch")).isEqualTo(2);
        assertThat(text(err)).contains("no contender is named 'libtroch'; there are jvm, jvm-strict, ");
    }

    @Test
    void aPlotNeedsItsUnitAndAFormat() {
        assertThat(run("--contenders", "jvm", "--plot", folder + "/c.svg")).isEqualTo(2);
        assertThat(text(err)).contains("--plot: its unit is libtorch");
        assertThat(run("--contenders", "jvm", "--plot", folder + "/c.gif")).isEqualTo(2);
        assertThat(text(err)).contains("ends with .svg or .png");
    }

    @Test
    void drawsBothFormats() throws IOException {
        Path svg = folder.resolve("c.svg");
        Path png = folder.resolve("c.png");

        SpeedPlot.write(svg, Fixtures.results());
        SpeedPlot.write(png, Fixtures.results());

        assertThat(Files.readString(svg)).contains("<svg", "<path");
        assertThat(Files.readAllBytes(png)).startsWith(0x89, 'P', 'N', 'G');
    }

    @Test
    void sameSpeedRelativeToTheYardstickPasses() throws IOException {
        // A machine of twice the speed.
        Path faster = write("new.json", row("jvm", Role.DYNAMIC, 4), row("fma-peak", Role.CEILING, 1));

        assertThat(run("compare", old().toString(), faster.toString())).isZero();
        assertThat(text(out)).contains("ok         jvm on R1:8, threads 1: 4.000 -> 4.000 times fma-peak (+0.0 %)");
    }

    @Test
    void slowerBeyondTheToleranceFails() throws IOException {
        Path slower = write("new.json", row("jvm", Role.DYNAMIC, 8.9), row("fma-peak", Role.CEILING, 2));

        assertThat(run("compare", old().toString(), slower.toString())).isEqualTo(1);
        assertThat(text(out))
                .contains("SLOWER     jvm on R1:8, threads 1: 4.000 -> 4.450 times fma-peak (+11.3 %)")
                .contains("1 of 1 slower by more than 10 %, relative to fma-peak");
        assertThat(run("compare", old().toString(), slower.toString(), "--tolerance", "0.2"))
                .isZero();
    }

    @Test
    void filesThatCantBeComparedAreWrongUse() throws IOException {
        Path other = write("new.json", row("jvm", Role.DYNAMIC, 4));
        Path noJson = Files.writeString(folder.resolve("x.json"), "{\"results\": 3}");

        assertThat(run("compare", old().toString(), other.toString())).isEqualTo(2);
        assertThat(text(err)).contains("nothing that both hold beside fma-peak");
        assertThat(run("compare", old().toString(), noJson.toString())).isEqualTo(2);
        assertThat(text(err)).contains("x.json: not the results of a comparison");
    }

    private Path old() throws IOException {
        return write("old.json", row("jvm", Role.DYNAMIC, 8), row("fma-peak", Role.CEILING, 2));
    }

    private static Measurement row(String contender, Role role, double millis) {
        return Fixtures.row(1, "R1:8", contender, role, millis);
    }

    private Path write(String name, Measurement... rows) throws IOException {
        Path file = folder.resolve(name);
        JsonFiles.write(file, Json.tree(Fixtures.of(rows)));
        return file;
    }

    private int run(String... args) {
        return Comparison.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                args);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
