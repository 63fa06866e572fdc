package io.github.dyconv.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dyconv.Tensor;
import io.github.dyconv.benchmarks.ContenderProvider.Loaded;
import io.github.dyconv.io.Npz;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The protocol, with a program that computes nothing. */
class ForeignContenderTest {
    private static final String PYTHON = "python3";

    @TempDir
    Path folder;

    @BeforeAll
    static void needsPython() throws Exception {
        boolean present;
        try {
            present = new ProcessBuilder(PYTHON, "--version").start().waitFor() == 0;
        } catch (IOException e) {
            present = false;
        }
        assumeTrue(present, "there is no " + PYTHON + " here");
    }

    @Test
    void tellsWhatItIs() throws Exception {
        Loaded loaded = start(folder.resolve("none.npz"));

        assertThat(loaded.version()).isEqualTo("1.0");
        try (Contender contender = loaded.prepare().get()) {
            assertThat(contender.algorithm()).isEqualTo("none");
        }
    }

    @Test
    void aTurnsTimesAreItsOwn() throws Exception {
        try (Contender contender = start(folder.resolve("none.npz")).prepare().get()) {
            contender.run();

            assertThat(contender.turn(3)).containsExactly(1, 2, 3);
            assertThat(contender.turn(0)).isEmpty();
        }
    }

    @Test
    void whatIsNoOutputIsAGradientInTheFilesOrder() throws Exception {
        Map<String, Tensor> results = new LinkedHashMap<>();
        results.put("x", Tensor.of(new float[] {1}, 1));
        results.put("y", Tensor.of(new float[] {2, 3}, 2));
        results.put("weight", Tensor.of(new float[] {4}, 1));
        results.put("bias", Tensor.of(new float[] {5}, 1));
        Path file = folder.resolve("results.npz");
        Npz.write(file, results);

        try (Contender contender = start(file).prepare().get()) {
            assertThat(contender.output().orElseThrow().toArray()).containsExactly(2, 3);
            assertThat(contender.gradients())
                    .extracting(gradient -> gradient.get(0))
                    .containsExactly(1f, 4f, 5f);
        }
    }

    @Test
    void aFailureTellsWhatTheProgramPrinted() throws Exception {
        try (Contender contender = start(folder.resolve("none.npz")).prepare().get()) {
            assertThatThrownBy(contender::output)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("foreign ended without a reply; it printed:\na library greets\nTraceback")
                    .hasMessageContaining("No such file or directory")
                    .hasMessageContaining("none.npz");
        }
    }

    @Test
    void isAProcessOfItsOwnThatEndsWhenClosed() throws Exception {
        Contender contender = start(folder.resolve("none.npz")).prepare().get();
        ProcessHandle process = contender.process();
        assertThat(process).isNotEqualTo(ProcessHandle.current());
        assertThat(process.isAlive()).isTrue();

        contender.close();

        assertThat(process.onExit().get().isAlive()).isFalse();
    }

    private static Loaded start(Path results) throws Exception {
        Path script = Path.of(Objects.requireNonNull(ForeignContenderTest.class.getResource("foreign.py"))
                .toURI());
        return ForeignContender.start("foreign", List.of(PYTHON, script.toString(), results.toString()));
    }
}
