package io.github.dyconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.Parameters;
import io.github.dyconv.Size2D;
import io.github.dyconv.Tensor;
import io.github.dyconv.io.LayerQuery;
import io.github.dyconv.io.Npz;
import io.github.dyconv.io.ParameterFile;
import io.github.dyconv.testing.Errors;
import io.github.dyconv.testing.GoldenCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConvertCommandTest {
    @TempDir
    Path folder;

    /** A layer with what no tensor's shape tells, in a .safetensors of ours. */
    private GoldenCase golden = GoldenCase.named("g31_axes");

    private Path safetensors = Path.of("");

    @BeforeEach
    void writeLayer() throws IOException {
        safetensors = folder.resolve("layer.safetensors");
        ParameterFile.write(safetensors, golden.parameters());
    }

    private CommandRun convert(Path in, String out, String... options) {
        return CommandRun.of(Stream.concat(
                        Stream.of("convert", in.toString(), folder.resolve(out).toString()), Stream.of(options))
                .toArray(String[]::new));
    }

    private static void requireSuccess(CommandRun run) {
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().lines()).hasSize(1);
    }

    private void requireRefusal(CommandRun run, String... told) throws IOException {
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err().lines()).hasSize(1);
        assertThat(run.err()).contains(told);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(safetensors);
        }
    }

    @Test
    void takesTheParametersAlongAndTheTemperatureThatIsGiven() throws IOException {
        requireSuccess(convert(golden.npz(), "out.npz", "--temperature", "31"));
        Map<String, Tensor> written = Npz.read(folder.resolve("out.npz"));
        assertThat(written.get("temperature").toArray()).containsExactly(31);
        assertThat(written.get("weight").toArray())
                .isEqualTo(golden.parameters().weight().toArray());
        assertThat(written).doesNotContainKey("x");
    }

    @Test
    void safetensorsKeepsAllHyperparameters() throws IOException {
        Parameters back = ParameterFile.read(safetensors, LayerQuery.ANY);
        assertThat(back.config()).isEqualTo(golden.config());
        assertThat(back.temperature()).isEqualTo(golden.parameters().temperature());

        requireSuccess(convert(safetensors, "again.SafeTensors"));
        assertThat(folder.resolve("again.SafeTensors")).hasSameBinaryContentAs(safetensors);
    }

    @Test
    void theConfigurationWinsOverTheMetadata() throws IOException {
        Path config = Files.writeString(folder.resolve("c.json"), "{\"stride\": [1, 3], \"temperature\": 0.1}");
        requireSuccess(convert(safetensors, "out.safetensors", "--config", config.toString()));
        Parameters written = ParameterFile.read(folder.resolve("out.safetensors"), LayerQuery.ANY);
        assertThat(written.config().geometry().stride()).isEqualTo(new Size2D(1, 3));
        assertThat(written.config().geometry().padding())
                .isEqualTo(golden.config().geometry().padding());
        assertThat(written.temperature()).isEqualTo(0.1f);
    }

    @Test
    void outMayBeIn() throws IOException {
        requireSuccess(convert(safetensors, "layer.safetensors", "--temperature", "2"));
        assertThat(ParameterFile.read(safetensors, LayerQuery.ANY).temperature())
                .isEqualTo(2);
    }

    @Test
    void forwardNeedsNoConfigurationBesideOurSafetensors() throws IOException {
        CommandRun run = CommandRun.of(
                "forward",
                "--params",
                safetensors.toString(),
                "--input",
                golden.npz().toString(),
                "--output",
                folder.resolve("y.npz").toString(),
                "--precision",
                "strict",
                "--device",
                "jvm");
        requireSuccess(run);
        assertThat(Errors.relativeL2(
                        golden.y64(), Npz.read(folder.resolve("y.npz")).get("y")))
                .isLessThanOrEqualTo(2e-6);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        out.npz         | temperature: is neither given (--temperature) nor in the file
        out.safetensors | does not tell the layer's stride, padding, dilation: give them in a configuration (--config)
        out.pt          | out.pt: can't be written: its name must end in .npz or .safetensors
        out             | out: can't be written: its name must end in .npz or .safetensors
        no/out.npz      | no/out.npz: can't be written: there is no folder
        """)
    void whatIsMissingIsAskedFor(String out, String told) throws IOException {
        requireRefusal(convert(golden.npz(), out), told);
    }

    @Test
    void wrongOptionsAreExplained() throws IOException {
        requireRefusal(convert(safetensors, "o.npz", "--temperature", "0"), "--temperature", "positive finite");
        requireRefusal(convert(safetensors, "o.npz", "--temperature", "NaN"), "--temperature", "positive finite");
        requireRefusal(
                convert(safetensors, "o.npz", "--prefix", "conv"), "no layer with the prefix 'conv'; there are ''");
        requireRefusal(convert(safetensors, "o.npz", "--config", "no.json"), "no.json: no such file");
        requireRefusal(convert(folder.resolve("no.pt"), "o.npz"), "no.pt: no such file");
        requireRefusal(convert(folder, "o.npz"), "is a folder");
        requireRefusal(CommandRun.of("convert", safetensors.toString()), "OUT");
    }

    @Test
    void aConfigurationThatDoesNotFitTheTensorsIsRefused() throws IOException {
        Path config = folder.resolve("c.json");
        Files.writeString(config, "{\"K\": 5}");
        CommandRun run = convert(safetensors, "o.npz", "--config", config.toString());
        Files.delete(config);
        requireRefusal(run, "layer.safetensors: weight: expected [5, ");
    }
}
