package io.github.dyconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.dyconv.Tensor;
import io.github.dyconv.io.Npy;
import io.github.dyconv.tornado.TunedSchedules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** On TornadoVM's device on an SDK, else in the simulator, whose times tell nothing. */
class TuneCommandTest {
    private static final String DEVICE = TaskGraphExamples.device().name();

    @TempDir
    Path folder;

    private Scene scene;
    private Path cache;
    private String size;

    @BeforeEach
    void makeLayer() throws IOException {
        scene = new Scene(folder);
        cache = folder.resolve("caches").resolve("s.properties");
        Tensor x = Npy.read(scene.file("x.npy"));
        size = x.dim(0) + "x" + x.dim(2) + "x" + x.dim(3);
    }

    private CommandRun tune(String... more) {
        List<String> line = new ArrayList<>(List.of("tune", "--runs", "1", "--seconds", "0.001"));
        for (Map.Entry<String, String> option : Map.of(
                        "--device",
                        DEVICE,
                        "--cache",
                        cache.toString(),
                        "--config",
                        scene.file("l.json").toString(),
                        "--size",
                        size)
                .entrySet()) {
            if (!Arrays.asList(more).contains(option.getKey())) {
                line.addAll(List.of(option.getKey(), option.getValue()));
            }
        }
        line.addAll(List.of(more));
        return CommandRun.of(line.toArray(String[]::new));
    }

    private static List<String> names(JsonNode object) {
        Iterable<String> names = object::fieldNames;
        return StreamSupport.stream(names.spliterator(), false).toList();
    }

    @Test
    void keepsTheBestForLaterPlans() throws IOException {
        Path json = folder.resolve("t.json");

        CommandRun done = tune("--json", json.toString());

        assertThat(done.err()).isEmpty();
        assertThat(done.exitCode()).isZero();
        JsonNode root = JsonMapper.builder().build().readTree(json.toFile());
        assertThat(names(root)).containsExactly("device", "cache", "precision", "results");
        assertThat(root.get("device").textValue()).isEqualTo(DEVICE);
        assertThat(root.get("cache").textValue()).isEqualTo(cache.toString());
        JsonNode result = root.get("results").get(0);
        assertThat(names(result)).containsExactly("layer", "batch", "height", "width", "rule", "kept", "schedules");
        assertThat(result.get("layer").textValue()).isEqualTo("l.json");
        assertThat(result.get("schedules"))
                .hasSizeGreaterThanOrEqualTo(3)
                .allSatisfy(schedule -> assertThat(names(schedule))
                        .containsExactly("schedule", "median_ms", "p10_ms", "p90_ms", "note"))
                .anySatisfy(schedule -> assertThat(schedule.get("schedule").textValue())
                        .isEqualTo(result.get("kept").textValue()));
        assertThat(result.get("schedules").get(0).get("schedule")).isEqualTo(result.get("rule"));
        assertThat(done.out().lines().filter(line -> line.matches(".* kept(,.*)?")))
                .singleElement()
                .asString()
                .contains(" " + result.get("kept").textValue() + " ");
        assertThat(done.out()).contains("chosen by rule", "kept in " + cache);

        CommandRun forward = CommandRun.of(scene.forward("--device", DEVICE, "--cache", cache.toString()));
        assertThat(forward.err()).isEmpty();
        assertThat(forward.out()).contains("(" + result.get("kept").textValue() + "; tuned: measured ", " ms by rule)");
    }

    @Test
    void addsToWhatIsThere() throws IOException {
        assertThat(tune().exitCode()).isZero();
        assertThat(tune("--size", "1x5x5").exitCode()).isZero();

        assertThat(Files.readString(cache)).contains("entries=2");
        assertThat(CommandRun.of(scene.forward("--device", DEVICE, "--cache", cache.toString()))
                        .out())
                .contains("; tuned: ");
    }

    @Test
    void aBrokenFileIsIgnoredWithOneWarning() throws IOException {
        Files.createDirectories(cache.getParent());
        Files.writeString(cache, "{}");

        CommandRun done = CommandRun.of(scene.forward("--device", DEVICE, "--cache", cache.toString()));

        assertThat(done.exitCode()).isZero();
        assertThat(done.err().lines())
                .singleElement()
                .asString()
                .startsWith("dyconv: warning: ")
                .contains(cache.toString());
        assertThat(done.out()).contains("by rule");
        CommandRun again = CommandRun.of(scene.forward("--device", DEVICE, "--cache", cache.toString()));
        assertThat(again.err()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "--device, jvm, jvm",
        "--device, DEVICE:parallel, nothing to choose from",
        "--size, 8x56, NxHxW",
        "--size, 0x5x5, NxHxW",
        "--size, 999999999x9x9, l.json",
        "--config, none.json, none.json",
        "--layers, R1:8, --layers",
        "--layers, R9:1, no layer is named",
        "--cache, FOLDER, folder",
        "--json, FOLDER, folder",
        "--runs, 0, --runs",
        "--seconds, -1, --seconds",
        "--precision, double, --precision",
        "--threads, 2, --threads",
    })
    void wrongUseGivesOneLine(String option, String value, String told) throws IOException {
        Map<String, Integer> before = scene.snapshot();

        CommandRun done = tune(option, value.replace("DEVICE", DEVICE).replace("FOLDER", folder.toString()));

        assertThat(done.exitCode()).as(done.err()).isEqualTo(2);
        assertThat(done.err().lines()).hasSize(1);
        assertThat(done.err()).startsWith("dyconv: ").contains(told);
        assertThat(scene.snapshot()).isEqualTo(before);
    }

    @Test
    void aLayerOfOnesOwnNeedsAnInput() {
        CommandRun done = CommandRun.of(
                "tune",
                "--device",
                DEVICE,
                "--cache",
                cache.toString(),
                "--config",
                scene.file("l.json").toString());

        assertThat(done.exitCode()).isEqualTo(2);
        assertThat(done.err()).isEqualTo("dyconv: --config, --size: a layer of your own needs both\n");
    }

    @Test
    void needsAFile() {
        assertThat(System.getProperty(TunedSchedules.PROPERTY)).isEmpty();

        CommandRun done = CommandRun.of("tune", "--device", DEVICE, "--layers", "P:1");

        assertThat(done.exitCode()).isEqualTo(2);
        assertThat(done.err()).startsWith("dyconv: --cache: needed").hasLineCount(1);
    }
}
