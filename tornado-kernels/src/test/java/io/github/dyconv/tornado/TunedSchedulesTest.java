package io.github.dyconv.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.dyconv.DYConv2d;
import io.github.dyconv.Device;
import io.github.dyconv.DeviceException;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.ForwardPlan;
import io.github.dyconv.Precision;
import io.github.dyconv.TrainingPlan;
import io.github.dyconv.spi.ForwardProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The choice of a schedule by a file of measured ones, and that file. */
class TunedSchedulesTest {
    private static final TornadoVmDevice DEVICE = TestDevices.all().getFirst();
    private static final int[] SHAPE = {1, 16, 6, 5};

    @TempDir
    Path folder;

    private final DYConv2d layer = DYConv2d.builder(16, 16, 3).padding(1).build();
    private final List<String> warnings = new ArrayList<>();
    private final Logger logger = Logger.getLogger(TunedSchedules.class.getName());
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord message) {
            warnings.add(message.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private Path file;
    private TunedSchedules tuned;
    private String byRule;
    private String other;

    @BeforeEach
    void chooseFile() {
        file = folder.resolve("caches").resolve("schedules.properties");
        tuned = TunedSchedules.in(file);
        logger.addHandler(handler);
        byRule = algorithm(DEVICE);
        other = byRule.equals("parallel") ? "vector" : "parallel";
    }

    @AfterEach
    void removeHandler() {
        logger.removeHandler(handler);
        layer.close();
    }

    private static ForwardProblem problem(DYConv2d layer, int... shape) {
        return new ForwardProblem(layer.config(), shape[0], shape[2], shape[3], ForwardOptions.DEFAULT, true);
    }

    private void keep(String schedule) throws IOException {
        tuned.keep(DEVICE, problem(layer, SHAPE), schedule, 1.25, 2.5);
    }

    private String algorithm(Device device, int... shape) {
        try (ForwardPlan plan = layer.plan(device, ForwardOptions.DEFAULT, shape.length == 0 ? SHAPE : shape)) {
            return plan.algorithm();
        }
    }

    private void change(UnaryOperator<String> change) throws IOException {
        Files.writeString(file, change.apply(Files.readString(file)));
    }

    private void assertByRule(int warned) {
        Device device = tuned.usedBy(DEVICE);
        assertThat(algorithm(device)).isEqualTo(byRule);
        assertThat(algorithm(device)).isEqualTo(byRule);
        assertThat(warnings).hasSize(warned);
        assertThat(warnings).allSatisfy(warning -> assertThat(warning).contains(file.toString()));
    }

    @Test
    void whatWasMeasuredRunsAndSaysWhy() throws IOException {
        keep(other);

        try (ForwardPlan plan = layer.plan(tuned.usedBy(DEVICE), ForwardOptions.DEFAULT, SHAPE)) {
            assertThat(plan.algorithm()).isEqualTo(other);
            assertThat(plan.reason()).isEqualTo("tuned: measured 1.250 ms against 2.500 ms by rule");
            assertThat(plan.algorithms())
                    .filteredOn(choice -> choice.name().equals(byRule))
                    .singleElement()
                    .satisfies(choice -> {
                        assertThat(choice.chosen()).isFalse();
                        assertThat(choice.reason()).isEqualTo("chosen by rule, but measured slower: 2.500 ms");
                    });
        }
        TornadoLayer tasks = TornadoLayer.of("tuned", layer, tuned.usedBy(DEVICE), 1, 6, 5);
        assertThat(tasks.schedules().getFirst().name()).isEqualTo(other);
        assertThat(warnings).isEmpty();
    }

    @Test
    void theChoiceByRuleMayBeTheBest() throws IOException {
        keep(byRule);

        try (ForwardPlan plan = layer.plan(tuned.usedBy(DEVICE), ForwardOptions.DEFAULT, SHAPE)) {
            assertThat(plan.algorithm()).isEqualTo(byRule);
            assertThat(plan.reason()).startsWith("tuned: ");
        }
    }

    @Test
    void aTileIsPartOfTheChoice() throws IOException {
        String name = "vector:7x144x4";
        keep(name);

        assertThat(algorithm(tuned.usedBy(DEVICE))).isEqualTo(name);
    }

    @Test
    void nothingIsKnownOfOtherLayersShapesAndPrecisions() throws IOException {
        keep(other);

        Device device = tuned.usedBy(DEVICE);
        assertThat(algorithm(device, 2, 16, 6, 5)).isEqualTo(byRule);
        assertThat(algorithm(device, 1, 16, 5, 6)).isEqualTo(byRule);
        ForwardProblem half =
                new ForwardProblem(layer.config(), 1, 6, 5, ForwardOptions.DEFAULT.withPrecision(Precision.HALF), true);
        assertThat(ScheduleKey.of(DEVICE, half)).isNotEqualTo(ScheduleKey.of(DEVICE, problem(layer, SHAPE)));
        try (DYConv2d strided = DYConv2d.builder(16, 16, 3).padding(1).stride(2).build();
                ForwardPlan plan = strided.plan(device, ForwardOptions.DEFAULT, SHAPE)) {
            assertThat(plan.algorithm()).isEqualTo(byRule);
        }
        assertThat(warnings).isEmpty();
    }

    @Test
    void strictAndDefaultPrecisionShareWhatWasMeasured() throws IOException {
        keep(other);

        try (ForwardPlan plan =
                layer.plan(tuned.usedBy(DEVICE), ForwardOptions.DEFAULT.withPrecision(Precision.STRICT), SHAPE)) {
            assertThat(plan.algorithm()).isEqualTo(other);
        }
    }

    /** A new driver, device or version of TornadoVM makes another key. */
    @ParameterizedTest
    @ValueSource(strings = {"TornadoVM", "back end", "device", "driver version", "compute units"})
    void whatIsStaleIsNotFound(String part) throws IOException {
        keep(other);
        change(text -> {
            String stale = text.replace(part.replace(" ", "\\ ") + "\\ ", part.replace(" ", "\\ ") + "\\ old\\ ");
            assertThat(stale).isNotEqualTo(text);
            return stale;
        });

        assertByRule(0);
    }

    @Test
    void aForcedScheduleAndTrainingAreNotTuned() throws IOException {
        keep(other);

        TornadoVmDevice forced = (TornadoVmDevice) DEVICE.withAlgorithm(byRule);
        assertThat(algorithm(new TornadoVmDevice(forced.name(), forced.tornado(), forced.forced(), Optional.of(tuned))))
                .isEqualTo(byRule);
        try (TrainingPlan plan = layer.trainingPlan(tuned.usedBy(DEVICE), ForwardOptions.DEFAULT, SHAPE)) {
            assertThat(plan.algorithm()).isEqualTo(byRule);
        }
    }

    /** Cut anywhere, even before its last line. */
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.5, 0.9})
    void aPartOfAFileIsIgnoredWithOneWarning(double part) throws IOException {
        keep(other);
        change(text -> text.substring(0, (int) (part * text.length())));

        assertByRule(1);
    }

    @Test
    void missingEntriesAreNoticed() throws IOException {
        keep(other);
        change(text -> text.replaceFirst("(?m)^TornadoVM.*\\R", ""));

        assertByRule(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"format=2\nentries=0\n", "\\u00zz=1\n", "{\"format\": 1}", "format=1\n", "entries=0\n"})
    void anotherFormatIsIgnoredWithOneWarning(String text) throws IOException {
        keep(other);
        change(old -> text);

        assertByRule(1);
    }

    @Test
    void bytesThatAreNoTextAreIgnoredWithOneWarning() throws IOException {
        keep(other);
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});

        assertByRule(1);
    }

    @Test
    void aFolderIsIgnoredWithOneWarning() throws IOException {
        Files.createDirectories(file);

        assertByRule(1);
    }

    @Test
    void noFileIsNoReasonToWarn() {
        assertByRule(0);
    }

    @ParameterizedTest
    @CsvSource({
        "warp, no schedule is written so",
        "tiled:48x64x16, no schedule is written so", // no tile of the kernel's
        "vector:5x288x8, no schedule is written so", // no divisor of 14
        "half, computes with another precision",
    })
    void anEntryThatCanNotRunIsIgnoredWithOneWarning(String schedule, String reason) throws IOException {
        keep(other);
        change(text -> text.replace("=" + other + " ", "=" + schedule + " "));

        assertByRule(1);
        assertThat(warnings.getFirst()).contains(reason);
    }

    @Test
    void anEntryForALayerThatTheScheduleRefusesIsIgnoredWithOneWarning() throws IOException {
        int planes = 66_000;
        try (DYConv2d far = DYConv2d.builder(planes, planes, 1)
                .groups(planes)
                .kernels(1)
                .bias(false)
                .ratio(0)
                .build()) {
            tuned.keep(DEVICE, problem(far, 1, planes, 1, 1), "tiled", 1, 2);
            try (ForwardPlan plan = far.plan(tuned.usedBy(DEVICE), ForwardOptions.DEFAULT, 1, planes, 1, 1)) {
                assertThat(plan.algorithm()).isNotEqualTo("tiled");
            }
        }
        assertThat(warnings).singleElement().asString().contains("batch times groups is 66000");
    }

    @Test
    void entriesAreAddedAndReplaced() throws IOException {
        keep(other);
        tuned.keep(DEVICE, problem(layer, 2, 16, 6, 5), other, 1, 2);
        keep(byRule);

        Device device = tuned.usedBy(DEVICE);
        assertThat(algorithm(device)).isEqualTo(byRule);
        assertThat(algorithm(device, 2, 16, 6, 5)).isEqualTo(other);
        assertThat(Files.readString(file)).contains("entries=2");
        try (var left = Files.list(file.getParent())) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void aBrokenFileIsWrittenAnew() throws IOException {
        keep(other);
        change(text -> "broken");
        keep(other);

        assertThat(algorithm(tuned.usedBy(DEVICE))).isEqualTo(other);
        assertThat(warnings).hasSize(1);
    }

    @Test
    void whatCanNotBeReplacedStays() throws IOException {
        Files.createDirectories(file);
        Path inside = Files.writeString(file.resolve("inside"), "old");

        assertThatThrownBy(() -> keep(other)).isInstanceOf(IOException.class);

        assertThat(inside).hasContent("old");
        try (var left = Files.list(file.getParent())) {
            assertThat(left).containsExactly(file);
        }
    }

    @Test
    void thePropertyNamesTheFile() throws IOException {
        keep(other);
        String before = System.getProperty(TunedSchedules.PROPERTY);
        try {
            System.setProperty(TunedSchedules.PROPERTY, file.toString());
            assertThat(algorithm(DEVICE)).isEqualTo(other);
            System.setProperty(TunedSchedules.PROPERTY, "");
            assertThat(algorithm(DEVICE)).isEqualTo(byRule);
            System.clearProperty(TunedSchedules.PROPERTY);
            assertThat(TunedSchedules.ofUser().orElseThrow().path())
                    .endsWithRaw(Path.of("dyconv", "schedules.properties"));
        } finally {
            System.setProperty(TunedSchedules.PROPERTY, before);
        }
    }

    @Test
    void otherDevicesHaveNoSchedules() {
        Device jvm = Devices.select("jvm");
        assertThatThrownBy(() -> tuned.usedBy(jvm)).isInstanceOf(DeviceException.class);
        assertThatThrownBy(() -> TunedSchedules.candidates(jvm, problem(layer, SHAPE)))
                .isInstanceOf(DeviceException.class);
        Device forced = DEVICE.withAlgorithm("parallel");
        assertThatThrownBy(() -> tuned.usedBy(forced)).hasMessageContaining("nothing to choose from");
        assertThatThrownBy(() -> TunedSchedules.candidates(forced, problem(layer, SHAPE)))
                .hasMessageContaining("nothing to choose from");
    }

    @Test
    void nvidiasDriverTellsItsVersion() throws IOException {
        Path version = folder.resolve("version");
        Files.writeString(version, """
                NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  560.35.03  Release Build
                GCC version:  gcc version 12.2.0
                """);
        assertThat(DriverVersions.nvidia(version)).hasValue("560.35.03");
        Files.writeString(version, "no driver\n");
        assertThat(DriverVersions.nvidia(version)).isEmpty();
        assertThat(DriverVersions.nvidia(folder.resolve("none"))).isEmpty();
    }
}
