package io.github.dyconv.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.dyconv.Devices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelsCommandTest {
    private static final Path SOURCES = Path.of("..", "tornado-kernels", "src", "main", "java");
    private static final Pattern LINES = Pattern.compile("(.*):([0-9]+)-([0-9]+)");

    @TempDir
    Path folder;

    @Test
    void tellsMethodLinesCodeGeometryAndTimesOfEachTask() throws IOException {
        Path out = folder.resolve("kernels");
        String device = TaskGraphExamples.device().name();

        CommandRun done =
                CommandRun.of("kernels", "--layer", "P:1", "--device", device, "--out", out.toString(), "--runs", "1");

        assertThat(done.err()).isEmpty();
        assertThat(done.exitCode()).isZero();
        JsonNode report =
                new ObjectMapper().readTree(out.resolve("kernels.json").toFile());
        assertThat(report.at("/copy_in_bytes").asLong()).isBetween(96L * 56 * 56 * 4, 96L * 56 * 56 * 4 + 64);
        assertThat(report.at("/tasks").size()).isGreaterThanOrEqualTo(3);
        String page = Files.readString(out.resolve("index.html"));
        for (JsonNode task : report.at("/tasks")) {
            String method = task.path("method").asText();
            assertThat(done.out()).contains(task.path("name").asText() + "  " + method);
            assertThat(declaration(task.path("source").asText())).contains(method.replaceFirst(".*\\.", "") + "(");
            assertThat(task.path("global").asText()).matches("\\[[1-9].*\\]");
            assertThat(task.path("kernel_micros").asDouble()).isPositive();
            if (device.startsWith("tornado")) {
                String code = task.path("code").asText();
                assertThat(page).contains("<a href=\"" + code + "\">");
                assertThat(Files.readString(out.resolve(code)))
                        .containsOnlyOnce("__kernel void " + method.replaceFirst(".*\\.", "") + "(");
                assertThat(task.path("driver_micros").asDouble()).isPositive();
            } else {
                assertThat(task.path("code").isNull()).isTrue();
            }
        }
        assertThat(page).contains("profile-first.json", "profile.json", "kernels.json", "P:1 on ");
        JsonNode first = new ObjectMapper()
                .readTree(out.resolve("profile-first.json").toFile())
                .path("forward");
        JsonNode last = new ObjectMapper()
                .readTree(out.resolve("profile.json").toFile())
                .path("forward");
        assertThat(first.size()).isGreaterThanOrEqualTo(last.size());
        // The first execution makes the device's buffers; the last one brings the input alone.
        assertThat(first.path("TOTAL_COPY_IN_SIZE_BYTES").asLong())
                .isGreaterThan(last.path("TOTAL_COPY_IN_SIZE_BYTES").asLong());
    }

    @Test
    void halfPrecisionHasKernelsOfItsOwn() throws IOException {
        assumeTrue(
                Devices.list().stream().anyMatch(VerifyCommandTest::isSimulator), "needs the simulator's tensor cores");
        Path out = folder.resolve("half");

        CommandRun done = CommandRun.of(
                "kernels",
                "--layer",
                "P:1",
                "--device",
                "simulator",
                "--precision",
                "half",
                "--out",
                out.toString(),
                "--runs",
                "1");

        assertThat(done.err()).isEmpty();
        assertThat(done.out().lines()).first().asString().endsWith(", precision half");
        JsonNode report =
                new ObjectMapper().readTree(out.resolve("kernels.json").toFile());
        assertThat(report.path("precision").asText()).isEqualTo("half");
        assertThat(report.path("tasks"))
                .extracting(task -> task.path("method").asText())
                .anyMatch(method -> method.contains("HalfKernels."));
        assertThat(Files.readString(out.resolve("index.html"))).contains(", precision half");
    }

    /** The few lines above the first line with code, and that one. */
    private static String declaration(String place) throws IOException {
        Matcher lines = LINES.matcher(place);
        assertThat(lines.matches()).as(place).isTrue();
        List<String> source = Files.readAllLines(SOURCES.resolve(lines.group(1)));
        int first = Integer.parseInt(lines.group(2));
        assertThat(Integer.parseInt(lines.group(3))).isGreaterThan(first);
        return String.join("\n", source.subList(Math.max(0, first - 20), first));
    }

    @Test
    void wrongUseGivesOneLine() {
        for (Map.Entry<List<String>, String> wrong : Map.of(
                        List.of("--layer", "R9:1"), "no layer is named 'R9'",
                        List.of("--device", "jvm"), "jvm",
                        List.of("--precision", "double"), "expected default, strict, half, got 'double'",
                        List.of("--runs", "0"), "--runs")
                .entrySet()) {
            List<String> line = new ArrayList<>(List.of("kernels", "--out", folder.toString()));
            if (!wrong.getKey().contains("--device")) {
                line.addAll(List.of("--device", TaskGraphExamples.device().name()));
            }
            line.addAll(wrong.getKey());
            CommandRun done = CommandRun.of(line.toArray(String[]::new));
            assertThat(done.exitCode()).as(done.err()).isEqualTo(2);
            assertThat(done.err().lines()).hasSize(1);
            assertThat(done.err()).startsWith("dyconv: ").contains(wrong.getValue());
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void launchesComeWithTheCodeBeforeThem() {
        String printed = """
                kernel one
                of two lines

                Task info: g.a
                \tBackend           : OPENCL
                \tGlobal work size  : [4, 1]

                kernel two
                Task info: g.b
                \tBackend           : OPENCL

                Task info: g.a
                \tBackend           : OPENCL

                """;

        assertThat(LaunchLog.parse(printed))
                .containsExactly(
                        new LaunchLog.Launch(
                                "g.a",
                                Map.of("Backend", "OPENCL", "Global work size", "[4, 1]"),
                                "kernel one\nof two lines\n"),
                        new LaunchLog.Launch("g.b", Map.of("Backend", "OPENCL"), "kernel two\n"),
                        new LaunchLog.Launch("g.a", Map.of("Backend", "OPENCL"), ""));
    }
}
