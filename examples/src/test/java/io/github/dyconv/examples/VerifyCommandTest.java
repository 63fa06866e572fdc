package io.github.dyconv.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.dyconv.Device;
import io.github.dyconv.DeviceCandidate;
import io.github.dyconv.Devices;
import io.github.dyconv.Tensor;
import io.github.dyconv.testing.Errors;
import io.github.dyconv.testing.GoldenCase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VerifyCommandTest {
    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("verify.json");
    }

    private JsonNode json() throws IOException {
        return JsonMapper.builder().build().readTree(file().toFile());
    }

    private CommandRun verify(String device, String golden, String layers) {
        return CommandRun.of(
                "verify", "--device", device, "--golden", golden, "--layers", layers, "--json", file().toString());
    }

    @Test
    void theJvmPassesAndTheFileTellsWhatRan() throws IOException {
        CommandRun run = verify("jvm", "g01_article,g12_depthwise", "P:1");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines())
                .anyMatch(line -> line.startsWith("g01_article     jvm               "))
                .anyMatch(line -> line.startsWith("P:1 "))
                .last()
                .isEqualTo("3 ok, 0 failed, 0 skipped");
        JsonNode root = json();
        assertThat(root.fieldNames())
                .toIterable()
                .containsExactly(
                        "dyconv",
                        "date",
                        "os",
                        "arch",
                        "processors",
                        "jdk",
                        "tornado_recover_bailout",
                        "precision",
                        "devices",
                        "ok",
                        "failed",
                        "skipped",
                        "results");
        assertThat(root.get("devices")).hasSameSizeAs(Devices.list());
        assertThat(root.get("results")).hasSize(3).allSatisfy(result -> {
            assertThat(result.get("result").textValue()).isEqualTo("ok");
            assertThat(result.get("limit").doubleValue()).isEqualTo(2e-6);
            assertThat(result.get("error").doubleValue()).isBetween(1e-9, 2e-6);
            assertThat(result.get("wall_ms").doubleValue()).isPositive();
            assertThat(result.has("kernel_ms")).as("the JVM has no kernels").isFalse();
        });
    }

    @Test
    void aTornadoVmDeviceRunsWithEachScheduleAndIsMeasured() throws IOException {
        String device = TaskGraphExamples.device().name();

        CommandRun run = verify(device, "g01_article,g28_exact_fit", "none");

        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).contains(device + ":tiled: ", device + ":direct: ", device + ":parallel: ");
        assertThat(json().get("results"))
                .extracting(result -> result.get("algorithm").textValue())
                .containsExactly("tiled", "tiled", "direct", "direct", "vector", "vector", "parallel", "parallel");
        assertThat(json().get("results")).allSatisfy(result -> {
            assertThat(result.get("kernel_ms").doubleValue()).isPositive();
            assertThat(result.get("transfer_ms").doubleValue()).isPositive();
            assertThat(result.get("bytes_in").longValue()).isPositive();
            assertThat(result.get("bytes_out").longValue()).isPositive();
        });
        assertThat(json().get("devices"))
                .filteredOn(entry -> entry.get("name").textValue().equals(device))
                .singleElement()
                .satisfies(entry ->
                        assertThat(entry.get("details").has("platform")).isTrue());
    }

    @Test
    void everyFailureIsToldAndCounts() throws IOException {
        CommandRun run = verify("faulty,jvm", "g03_basic", "none");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.err())
                .isEqualToIgnoringNewLines(
                        "dyconv: 2 of 4 checks failed; please report them, with the file that --json writes");
        assertThat(run.out())
                .containsPattern("g03_basic +faulty +wrong +FAILED +[0-9.]+e-0[0-4]")
                .containsPattern("g03_basic +faulty +crashing +FAILED +lost the device\n")
                .containsPattern("g03_basic +faulty +refusing +skipped +this device takes nothing\n")
                .containsPattern("g03_basic +jvm +\\w+ +ok ")
                .contains("1 ok, 2 failed, 1 skipped");
        assertThat(json().get("failed").intValue()).isEqualTo(2);
        assertThat(json().get("results"))
                .extracting(result -> result.get("reason").textValue())
                .containsExactly("the result is wrong", "lost the device", "this device takes nothing", "");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    jvm | no_such | P:1  | --golden: no case is named 'no_such'; there are g01_article, g02
                    jvm | none    | none | --golden, --layers: both are none, so there is nothing to verify
                    jvm | none    | Q:1  | no layer is named 'Q'
                    abc | none    | P:1  | device 'abc' is not there
                    """)
    void wrongUseIsOneLine(String device, String golden, String layers, String message) {
        CommandRun run = verify(device, golden, layers);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err().lines()).singleElement().asString().contains(message);
        assertThat(file()).doesNotExist();
    }

    @Test
    void halfPrecisionRunsTheScheduleForIt() throws IOException {
        assumeTrue(
                Devices.list().stream().anyMatch(VerifyCommandTest::isSimulator), "needs the simulator's tensor cores");
        CommandRun run = CommandRun.of(
                "verify",
                "--device",
                "simulator",
                "--precision",
                "half",
                "--golden",
                "g01_article,g12_depthwise",
                "--layers",
                "none",
                "--json",
                file().toString());

        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines()).last().isEqualTo("1 ok, 0 failed, 1 skipped");
        JsonNode results = json().get("results");
        assertThat(results.get(0).get("algorithm").textValue()).isEqualTo("half");
        assertThat(results.get(0).get("error").doubleValue()).isBetween(1e-5, 2e-3);
        assertThat(results.get(1).get("reason").textValue())
                .startsWith("precision half: needs at least 8 output channels per group, the layer has ");
    }

    static boolean isSimulator(DeviceCandidate candidate) {
        return candidate
                .device()
                .filter(device -> device.name().equals("simulator"))
                .isPresent();
    }

    @Test
    void nothingVerifiedIsNoSuccess() {
        CommandRun run = CommandRun.of("verify", "--device", "jvm", "--precision", "half", "--golden", "g01_article");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("nothing was verified, every case was skipped: precision half: jvm computes");
    }

    @Test
    void theSimulatorRunsOnlyWhenNamed() {
        List<Device> devices = VerifyCommand.byDefault(Devices.list());

        assertThat(devices).extracting(Device::name).contains("jvm").doesNotContain("simulator");
        assertThat(VerifyCommand.byDefault(List.of(DeviceCandidate.unavailable("tornado", "not here"))))
                .isEmpty();
    }

    @Test
    void everyGoldenCaseIsThereAndHoldsPyTorchsResult() throws IOException {
        List<GoldenCase> expected = GoldenCase.all();
        assertThat(GoldenCases.names())
                .isEqualTo(expected.stream().map(GoldenCase::name).toList());
        for (GoldenCase golden : expected) {
            VerifyCase.Loaded loaded = GoldenCases.named(golden.name()).loader().load();
            Tensor y = rounded(golden.y64());
            Tensor attention = rounded(golden.attention64());
            assertThat(loaded.parameters().config()).isEqualTo(golden.config());
            assertThat(loaded.check().error(y, attention)).as(golden.name()).isZero();

            y.set(y.get(0) + 1, 0);
            assertThat(loaded.check().error(y, attention))
                    .isCloseTo(Errors.relativeL2(golden.y64(), y), Percentage.withPercentage(1));
            y.set(Float.NaN, 0);
            assertThat(loaded.check().error(y, attention)).isNaN();
        }
    }

    private static Tensor rounded(double[] values) {
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return Tensor.of(floats, floats.length);
    }
}
