package io.github.dyconv.onnx;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import io.github.dyconv.DYConv2d;
import io.github.dyconv.Devices;
import io.github.dyconv.ForwardOptions;
import io.github.dyconv.Parameters;
import io.github.dyconv.Tensor;
import io.github.dyconv.io.FormatException;
import io.github.dyconv.io.Place;
import io.github.dyconv.io.ReadLimits;
import io.github.dyconv.testing.Errors;
import io.github.dyconv.testing.LayerCase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever a file holds, reading it ends in a layer or in a FormatException of one line that begins with its name; and a
 * layer is only what ONNX Runtime takes the model for.
 */
@Timeout(value = 120, unit = SECONDS)
class MutatedModelsTest {
    private static final int DAMAGED = 20_000;
    private static final int CHANGED = 6_000;
    private static final double TOLERANCE = 1e-5;
    private static final int HEIGHT = 6;
    private static final int WIDTH = 5;

    private static List<byte[]> sources = List.of();

    @BeforeAll
    static void readSources() throws IOException {
        sources = MutatedModels.sources();
    }

    @Test
    void noDamageGivesAnUnexpectedException() {
        int read = 0;
        for (int seed = 0; seed < DAMAGED; seed++) {
            read += readDamaged(sources, seed) ? 1 : 0;
            read += readChanged(sources, seed) ? 1 : 0;
        }
        // Parameters and names may change freely, so both ends must occur.
        assertThat(read).isBetween(DAMAGED / 50, DAMAGED);
    }

    static boolean readDamaged(List<byte[]> sources, long seed) {
        Random random = random(seed);
        byte[] source = sources.get(random.nextInt(sources.size()));
        return layer(new MutatedModels(random).damaged(source), seed).isPresent();
    }

    @Test
    void changedGraphsAreRefusedOrMeanWhatOnnxRuntimeComputes() {
        int compared = 0;
        for (int seed = 0; seed < CHANGED; seed++) {
            compared += compareChanged(sources, seed) ? 1 : 0;
        }
        assertThat(compared).isBetween(CHANGED / 100, CHANGED / 2);
    }

    static boolean readChanged(List<byte[]> sources, long seed) {
        Random random = random(seed);
        byte[] source = sources.get(random.nextInt(sources.size()));
        return layer(new MutatedModels(random, MutatedModels.ANY).changed(source), seed)
                .isPresent();
    }

    /** Whether both take the model; then they must agree. */
    static boolean compareChanged(List<byte[]> sources, long seed) {
        Random random = random(seed);
        byte[] source = sources.get(random.nextInt(sources.size()));
        byte[] model = new MutatedModels(random, MutatedModels.SMALL).changed(source);
        Optional<OnnxLayer> layer = layer(model, seed);
        return layer.isPresent() && agrees(model, layer.get(), seed);
    }

    private static boolean agrees(byte[] model, OnnxLayer layer, long seed) {
        Parameters parameters = layer.parameters();
        LayerCase input = new LayerCase(
                "seed " + seed,
                parameters.config(),
                parameters.temperature(),
                layer.batch().orElse(2),
                HEIGHT,
                WIDTH,
                seed);
        Tensor expected;
        try (var runtime = new OnnxRuntime(model)) {
            expected = runtime.run(input.x());
        } catch (OrtException refused) { // or made for another input
            return false;
        }
        try (var dynamic = DYConv2d.of(parameters);
                var plan = dynamic.plan(
                        Devices.select("jvm"), ForwardOptions.DEFAULT, input.x().shape())) {
            Tensor actual = plan.forward(input.x());
            assertThat(actual.shape()).as("seed %d", seed).isEqualTo(expected.shape());
            assertThat(Errors.relativeL2(PyTorchModelsTest.doubles(expected), actual))
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(TOLERANCE);
            return true;
        }
    }

    /** Neighbouring seeds would begin with nearly equal draws. */
    private static Random random(long seed) {
        return new Random(seed * 0x9E3779B97F4A7C15L);
    }

    private static Optional<OnnxLayer> layer(byte[] model, long seed) {
        try {
            return Optional.of(OnnxFile.read(Place.of(Path.of("mutated.onnx")), model, ReadLimits.DEFAULT));
        } catch (FormatException e) {
            assertThat(e.getMessage()).as("seed %d", seed).startsWith("mutated.onnx: ");
            assertThat(e.getMessage().codePoints().noneMatch(Character::isISOControl))
                    .as("seed %d: %s", seed, e.getMessage())
                    .isTrue();
            return Optional.empty();
        } catch (Throwable e) {
            throw new AssertionError("seed " + seed, e);
        }
    }
}
