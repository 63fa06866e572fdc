package io.github.dyconv.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.dyconv.Tensor;
import io.github.dyconv.io.Npz;
import io.github.dyconv.testing.GoldenCase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConvertCommandTest {
    @TempDir
    Path folder;

    private CommandRun convert(Path in, String out, String... options) {
        String[] args = new String[3 + options.length];
        args[0] = "convert";
        args[1] = in.toString();
        args[2] = folder.resolve(out).toString();
        System.arraycopy(options, 0, args, 3, options.length);
        return CommandRun.of(args);
    }

    @Test
    void takesTheParametersAlongAndTheTemperatureThatIsGiven() throws IOException {
        GoldenCase golden = GoldenCase.named("g03_basic");
        CommandRun run = convert(golden.npz(), "out.npz", "--temperature", "31");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        Map<String, Tensor> written = Npz.read(folder.resolve("out.npz"));
        assertThat(written.get("temperature").toArray()).containsExactly(31);
        assertThat(written.get("weight").toArray())
                .isEqualTo(golden.parameters().weight().toArray());
        assertThat(written).doesNotContainKey("x");
    }
}
