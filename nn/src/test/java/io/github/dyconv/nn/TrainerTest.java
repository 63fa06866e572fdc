package io.github.dyconv.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Tensor;
import io.github.dyconv.io.FormatException;
import io.github.dyconv.io.Safetensors;
import io.github.dyconv.nn.data.ImageFiles;
import io.github.dyconv.testing.DamagedBytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {
    private static final ImageFiles PICTURES = TinyPictures.of(40, 20);

    @TempDir
    Path folder;

    /** A ResNet-10 of four channels on eight pictures a step. */
    private static TrainingSettings settings(boolean dynamic, String optimizer, double rate, int epochs, int crop) {
        return new TrainingSettings(
                "resnet10",
                4,
                dynamic,
                3,
                0.25,
                "linear:30:1:2",
                true,
                epochs,
                8,
                optimizer,
                rate,
                "cosine",
                0.5,
                0.9,
                1e-4,
                0.1,
                5,
                crop,
                crop > 0,
                3,
                0,
                0);
    }

    private static Trainer trainer(TrainingSettings settings) {
        return new Trainer(settings, PICTURES, Devices.select("jvm"), ForwardOptions.DEFAULT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void learnsAFewPicturesByHeart(boolean dynamic) {
        try (Trainer trainer = trainer(settings(dynamic, "sgd", 0.1, 12, 0))) {
            while (!trainer.isFinished()) {
                trainer.run();
            }
            EpochRecord last = trainer.history().getLast();
            assertThat(trainer.history()).hasSize(12);
            assertThat(last.train().accuracy()).isGreaterThan(0.97);
            assertThat(last.validation().accuracy()).isGreaterThan(0.9);
            assertThat(last.validation().samples()).isEqualTo(20);
            assertThat(last.temperature()).isEqualTo(1);
            assertThat(trainer.history().getFirst().temperature()).isEqualTo(15.5);
            assertThatIllegalStateException().isThrownBy(trainer::run);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sgd", "nesterov", "adam", "adamw"})
    void goesOnFromACheckpointBitForBitOnAnyNumberOfThreads(String optimizer) throws IOException {
        TrainingSettings settings = settings(true, optimizer, 0.01, 2, 2);
        Path file = folder.resolve("c.safetensors");
        try (Trainer straight = trainer(settings)) {
            for (int step = 0; step < 7; step++) { // of 5 in an epoch
                straight.run();
            }
            straight.checkpoint().write(file);
            Checkpoint checkpoint = Checkpoint.read(file);
            ForwardOptions otherwise = ForwardOptions.DEFAULT.withThreads(3);
            try (Trainer resumed = Trainer.resumed(checkpoint, PICTURES, Devices.select("jvm"), otherwise)) {
                while (!straight.isFinished()) {
                    assertThat(resumed.run()).isEqualTo(straight.run());
                }
                assertThat(resumed.isFinished()).isTrue();
                straight.model()
                        .stateDict()
                        .forEach((name, tensor) -> assertThat(
                                        resumed.model().stateDict().get(name).toArray())
                                .as(name)
                                .isEqualTo(tensor.toArray()));
                for (int epoch = 0; epoch < 2; epoch++) {
                    EpochRecord expected = straight.history().get(epoch);
                    EpochRecord actual = resumed.history().get(epoch);
                    assertThat(actual.train()).isEqualTo(expected.train());
                    assertThat(actual.validation()).isEqualTo(expected.validation());
                }
            }
        }
    }

    private Path checkpoint(TrainingSettings settings) throws IOException {
        Path file = folder.resolve("c.safetensors");
        try (Trainer trainer = trainer(settings)) {
            trainer.run();
            trainer.checkpoint().write(file);
        }
        return file;
    }

    private static void assertRefused(Path file, String told) {
        assertThatExceptionOfType(FormatException.class)
                .isThrownBy(() -> Checkpoint.read(file))
                .withMessageStartingWith(file + ": ")
                .withMessageContaining(told);
    }

    @Test
    void checkpointsThatAreNotWholeAreRefused() throws IOException {
        Path file = checkpoint(settings(true, "sgd", 0.01, 2, 0));
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        assertRefused(file, "damaged");
        byte[] flipped = whole.clone();
        flipped[whole.length - 5] ^= 1;
        Files.write(file, flipped);
        assertRefused(file, "damaged: its checksum is not that of its content");
        Files.write(file, new byte[] {1, 2, 3});
        assertRefused(file, "is neither a safetensors file");
        Files.write(file, whole);
        Checkpoint good = Checkpoint.read(file);
        Safetensors.write(file, good.tensors(), Map.of("dyconv.checkpoint", "2"));
        assertRefused(file, "is a checkpoint of version 2; this program reads version 1");
        Safetensors.write(file, good.tensors(), Map.of());
        assertRefused(file, "is no checkpoint of training");
        Files.write(file, whole);
        for (int seed = 0; seed < 500; seed++) {
            byte[] mutated = DamagedBytes.of(whole, new Random(seed), 30, (byte) '"', (byte) '{', (byte) 0, (byte) '9');
            Files.write(file, mutated);
            try {
                Checkpoint.read(file);
                assertThat(mutated).as("seed " + seed).isEqualTo(whole);
            } catch (IOException e) {
                assertThat(e.getMessage())
                        .as("seed " + seed)
                        .startsWith(file.toString())
                        .doesNotContain("\n");
            }
        }
    }

    @Test
    void whatDoesNotFitTheCheckpointIsRefused() throws IOException {
        Checkpoint good = Checkpoint.read(checkpoint(settings(true, "sgd", 0.01, 2, 0)));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        Trainer.resumed(good, TinyPictures.of(44, 20), Devices.select("jvm"), ForwardOptions.DEFAULT))
                .withMessage("pictures: not those that the run began with");
        Map<String, Tensor> tensors = new LinkedHashMap<>(good.tensors());
        tensors.remove("fc.bias");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Trainer.resumed(
                        new Checkpoint(good.settings(), good.progress(), good.history(), tensors),
                        PICTURES,
                        Devices.select("jvm"),
                        ForwardOptions.DEFAULT))
                .withMessageStartingWith("fc.bias: expected [4]");
        Checkpoint.Progress late =
                new Checkpoint.Progress(good.progress().pictures(), 6, 1, CrossEntropy.Score.NONE, 0);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Trainer.resumed(
                        new Checkpoint(good.settings(), late, good.history(), good.tensors()),
                        PICTURES,
                        Devices.select("jvm"),
                        ForwardOptions.DEFAULT))
                .withMessage("step: 6 of 10 does not go with 0 finished epochs");
    }

    @Test
    void divergenceIsTold() {
        try (Trainer trainer = trainer(new TrainingSettings(
                "resnet10",
                4,
                false,
                1,
                0.25,
                "1",
                true,
                50,
                8,
                "sgd",
                1e6,
                "constant",
                0,
                0.99,
                0.9,
                0,
                0,
                0,
                false,
                3,
                0,
                0))) {
            assertThatExceptionOfType(ArithmeticException.class)
                    .isThrownBy(() -> {
                        while (!trainer.isFinished()) {
                            trainer.run();
                        }
                    })
                    .withMessageContaining("training diverged; take a smaller learning rate");
        }
    }

    @Test
    void settingsOutOfRangeAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(true, "lamb", 0.1, 1, 0))
                .withMessage("optimizer: must be one of [sgd, nesterov, adam, adamw], got 'lamb'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(true, "sgd", -1, 1, 0))
                .withMessageStartingWith("learningRate: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(true, "sgd", 0.1, 0, 0))
                .withMessageStartingWith("epochs: ");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings(true, "sgd", 0.1, 1, 65))
                .withMessageStartingWith("crop: ");
    }
}
