package io.github.dyconv.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.dyconv.Tensor;
import io.github.dyconv.benchmarks.ContenderProvider.Role;
import io.github.dyconv.examples.LayerCase;
import io.github.dyconv.examples.UsageException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PyTorchTest {
    private final PyTorch pytorch = new PyTorch("pytorch", Role.DYNAMIC);

    @ParameterizedTest
    @ValueSource(strings = {PyTorch.PYTHON, PyTorch.ARTICLE})
    void tellsWhatItLacks(String property) {
        String before = System.clearProperty(property);
        try {
            assertThat(pytorch.missing())
                    .hasValueSatisfying(reason -> assertThat(reason)
                            .contains(
                                    "-Ddyconv.python=PYTHON", "torch, safetensors and numpy", "-Ddyconv.article=FILE"));
            assertThatThrownBy(() -> Contenders.named("pytorch"))
                    .isInstanceOf(UsageException.class)
                    .hasMessageStartingWith("pytorch needs -Ddyconv.python=PYTHON");
        } finally {
            if (before != null) {
                System.setProperty(property, before);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-training"})
    void agreesWithUs(String suffix) {
        assumeTrue(
                pytorch.missing().isEmpty(),
                () -> "PyTorch " + pytorch.missing().orElseThrow());

        List<Tensor> ours = results("jvm" + suffix);
        List<Tensor> theirs = results("pytorch" + suffix);

        assertThat(theirs).hasSameSizeAs(ours);
        for (int i = 0; i < ours.size(); i++) {
            assertThat(theirs.get(i).shape()).isEqualTo(ours.get(i).shape());
            assertThat(difference(theirs.get(i), ours.get(i))).as("result " + i).isLessThan(1e-5);
        }
    }

    /** The output, and the gradients if it trains. */
    private static List<Tensor> results(String name) {
        try (Contender contender =
                Contenders.named(name).load(LayerCase.parse("D:1"), 2).prepare().get()) {
            contender.run();
            // Copies: the memory of a plan goes with it.
            return Stream.concat(contender.output().stream(), contender.gradients().stream())
                    .map(Tensor::copy)
                    .toList();
        }
    }

    /** Relative L2. */
    private static double difference(Tensor actual, Tensor expected) {
        float[] values = expected.toArray();
        float[] others = actual.toArray();
        double squares = 0;
        double norm = 0;
        for (int i = 0; i < values.length; i++) {
            squares += Math.pow(others[i] - values[i], 2);
            norm += Math.pow(values[i], 2);
        }
        return Math.sqrt(squares / norm);
    }
}
